import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { copyFile, cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { isOnPath, runCommand } from '../command.ts';
import { cacheRoot } from './cache.ts';
import { installPackages } from './debian.ts';

const minute = 60_000;

export interface MavenBuild {
  /** Folder of the pom. */
  readonly sources: string;
  /** What is kept of what it makes: paths below the sources. */
  readonly archives: readonly string[];
}

/** Builds Java programs out of sources that stand beside, and keeps their archives. */
export async function buildArchives(
  { sources, archives }: MavenBuild,
  folder: string,
  say: (text: string) => void,
): Promise<void> {
  if (!isOnPath('mvn') || !isOnPath('java')) {
    say('installing Maven and Java');
    await installPackages(['maven', 'default-jdk-headless']);
  }
  // Maven writes beside what it builds.
  const work = await mkdtemp(join(tmpdir(), 'podium-maven-'));
  try {
    await cp(sources, work, { recursive: true });
    const repository = `-Dmaven.repo.local=${join(cacheRoot, 'maven-repository')}`;
    const flags = ['-B', '-ntp', '-q', '-DskipTests', repository];
    await runCommand('nice', ['-n', '10', 'mvn', ...flags, 'package'], {
      cwd: work,
      timeLimitMs: 20 * minute,
    });
    for (const archive of archives) await copyFile(join(work, archive), join(folder, basename(archive)));
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Of everything that is built, so that a changed source is built anew and an unchanged one is not. */
export function fingerprintOf(sources: string): string {
  const hash = createHash('sha256');
  const files = readdirSync(sources, { recursive: true, encoding: 'utf8' });
  for (const file of files.filter((name) => /\.(xml|java)$/.test(name)).sort())
    hash.update(file).update(readFileSync(join(sources, file)));
  return hash.digest('hex').slice(0, 12);
}
