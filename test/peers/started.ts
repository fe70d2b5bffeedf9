import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Notes that a suite has one of the peers up that only some suites need: without it, it counts as skipped. */
export function noteStarted(runDir: string, peer: string): void {
  writeFileSync(fileOf(runDir), JSON.stringify([...new Set([...readStarted(runDir), peer])]));
}

/** The peers that suites of a run have started. */
export function readStarted(runDir: string): readonly string[] {
  try {
    return JSON.parse(readFileSync(fileOf(runDir), 'utf8')) as string[];
  } catch {
    // No suite has started one yet.
    return [];
  }
}

const fileOf = (runDir: string): string => join(runDir, 'started.json');
