import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PeersCoordinates } from './coordinates.ts';

/** What suites measured in one run: sentences for the table of what was proven on which peer. */
export interface Figure {
  readonly suite: string;
  readonly sentence: string;
}

/** Adds a figure to the run's; the runner prints them all and puts them into its report. */
export function noteFigure({ runDir }: PeersCoordinates, suite: string, sentence: string): void {
  writeFileSync(fileOf(runDir), JSON.stringify([...readFigures(runDir), { suite, sentence }], null, 2));
}

/** All figures of a run, in the order in which they were noted. */
export function readFigures(runDir: string): readonly Figure[] {
  try {
    return JSON.parse(readFileSync(fileOf(runDir), 'utf8')) as Figure[];
  } catch {
    // No suite has noted one yet.
    return [];
  }
}

function fileOf(runDir: string): string {
  return join(runDir, 'figures.json');
}
