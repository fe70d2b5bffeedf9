import { fileURLToPath } from 'node:url';
import type { Recipe } from './cache.ts';
import { buildArchives, fingerprintOf } from './maven.ts';

const sources = fileURLToPath(new URL('../start/spring/', import.meta.url));

/** The programs of start/spring, each as one archive that java runs. */
export const springPrograms = ['eureka', 'config', 'payment', 'order', 'gateway'] as const;

/** A Eureka, a Config Server, a gateway and two services with breakers, built out of the sources that stand beside. */
export const spring: Recipe = {
  name: 'spring',
  version: `boot4.0.6-cloud2025.1.1-${fingerprintOf(sources)}`,
  fill: (folder, say) =>
    buildArchives(
      { sources, archives: springPrograms.map((program) => `${program}/target/${program}.jar`) },
      folder,
      say,
    ),
};
