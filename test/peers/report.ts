import { readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import type { Figure } from './figures.ts';
import { resultsDir } from './namespace.ts';

/** What became of one peer in this run. */
export interface PeerOutcome {
  readonly name: string;
  readonly version: string;
  readonly required: boolean;
  readonly outcome: 'run' | 'skipped';
  /** Why it was skipped; null when it ran. */
  readonly because: string | null;
}

// The shape of vitest's JSON report, as far as it is read here.
const Report = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      message: z.string().optional(),
      status: z.string(),
      assertionResults: z.array(
        z.object({ fullName: z.string(), status: z.string(), duration: z.number().nullish() }),
      ),
    }),
  ),
});

const resultFile = join(resultsDir, '..', 'peers.json');
export const vitestReportFile = join(resultsDir, 'vitest.json');

/**
 * Writes test-results/peers.json, prints what ran of suites and peers and what was measured, then the last line, and
 * gives the exit code. A required peer that was skipped fails the run, and so does a run without a test.
 */
export async function finish(
  peers: readonly PeerOutcome[],
  suitesCode: number,
  figures: readonly Figure[],
): Promise<number> {
  const text = await readFile(vitestReportFile, 'utf8').catch(() => '{"testResults":[]}');
  const suites = Report.parse(JSON.parse(text)).testResults.map((suite) => ({
    ...suite,
    name: basename(suite.name, '.peers.ts'),
    ...countsOf(suite),
  }));
  const absent = peers.filter((peer) => peer.outcome === 'skipped');
  const sum = (key: 'passed' | 'failed' | 'skipped') =>
    suites.reduce((total, suite) => total + suite[key], 0);
  const totals = { passed: sum('passed'), failed: sum('failed'), skipped: sum('skipped') + absent.length };
  const report = { at: new Date().toISOString(), node: process.version, ...totals, peers, suites, figures };
  await writeFile(resultFile, `${JSON.stringify(report, null, 2)}\n`);
  const lines = [
    ...figures.map(({ suite, sentence }) => `figure   ${suite}: ${sentence}`),
    ...suites.map(
      ({ name, seconds, ...counts }) => `suite    ${name} (${seconds.toFixed(1)} s)  ${inWords(counts)}`,
    ),
    ...peers.map(
      ({ name, version, outcome, because }) =>
        `${outcome.padEnd(8)} ${name} ${version}${because === null ? '' : `: ${because}`}`,
    ),
    inWords(totals),
  ];
  console.log(lines.join('\n'));
  const complete = absent.every((peer) => !peer.required);
  return suitesCode === 0 && totals.failed === 0 && totals.passed > 0 && complete ? 0 : 1;
}

function countsOf({ assertionResults, status }: z.infer<typeof Report>['testResults'][number]) {
  const of = (wanted: string) => assertionResults.filter((one) => one.status === wanted).length;
  // A suite that could not be loaded has no tests, and must not pass for that.
  const broken = assertionResults.length === 0 && status === 'failed' ? 1 : 0;
  const [passed, failed] = [of('passed'), of('failed') + broken];
  const seconds = assertionResults.reduce((total, one) => total + (one.duration ?? 0), 0) / 1_000;
  return { passed, failed, skipped: assertionResults.length + broken - passed - failed, seconds };
}

function inWords(counts: Readonly<Record<'passed' | 'failed' | 'skipped', number>>): string {
  return `${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`;
}
