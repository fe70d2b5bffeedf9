import { fileURLToPath } from 'node:url';
import type { Recipe } from './cache.ts';
import { buildArchives, fingerprintOf } from './maven.ts';

const sources = fileURLToPath(new URL('../start/sentinel/', import.meta.url));

/** A service with Sentinel and its command centre in it, built out of the sources that stand beside. */
export const sentinel: Recipe = {
  name: 'sentinel',
  version: `1.8.8+${fingerprintOf(sources)}`,
  fill: (folder, say) => buildArchives({ sources, archives: ['target/sentinel.jar'] }, folder, say),
};
