import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { copyFile, cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isOnPath, runCommand } from '../command.ts';
import { type Recipe, cacheRoot } from './cache.ts';
import { installPackages } from './debian.ts';

const minute = 60_000;
const sources = fileURLToPath(new URL('../start/spring/', import.meta.url));

/** The programs of start/spring, each as one archive that java runs. */
export const springPrograms = ['eureka', 'config', 'payment', 'order', 'gateway'] as const;

/** A Eureka, a Config Server, a gateway and two services with breakers, built out of the sources that stand beside. */
export const spring: Recipe = {
  name: 'spring',
  version: `boot4.0.6-cloud2025.1.1-${fingerprint()}`,
  async fill(folder, say) {
    if (!isOnPath('mvn') || !isOnPath('java')) {
      say('installing Maven and Java');
      await installPackages(['maven', 'default-jdk-headless']);
    }
    // Maven writes beside what it builds.
    const work = await mkdtemp(join(tmpdir(), 'podium-spring-'));
    try {
      await cp(sources, work, { recursive: true });
      const repository = `-Dmaven.repo.local=${join(cacheRoot, 'maven-repository')}`;
      const flags = ['-B', '-ntp', '-q', '-DskipTests', repository];
      await runCommand('nice', ['-n', '10', 'mvn', ...flags, 'package'], {
        cwd: work,
        timeLimitMs: 20 * minute,
      });
      for (const program of springPrograms)
        await copyFile(join(work, program, 'target', `${program}.jar`), join(folder, `${program}.jar`));
    } finally {
      await rm(work, { recursive: true, force: true });
    }
  },
};

/** Of everything that is built, so that a changed source is built anew and an unchanged one is not. */
function fingerprint(): string {
  const hash = createHash('sha256');
  const files = readdirSync(sources, { recursive: true, encoding: 'utf8' });
  for (const file of files.filter((name) => /\.(xml|java)$/.test(name)).sort())
    hash.update(file).update(readFileSync(join(sources, file)));
  return hash.digest('hex').slice(0, 12);
}
