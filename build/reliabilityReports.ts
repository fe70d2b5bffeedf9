import { z } from 'zod';

/** Where a test runs, in the words of the table. */
export const tiers = {
  unit: 'without a server',
  browser: 'in the browser',
  desktop: 'on the desktop',
  peers: 'on real servers',
} as const;

export type Tier = keyof typeof tiers;

/** The machine-readable reports of one run, as they were read; a tier that did not run is not there. */
export type Reports = Partial<Record<Tier, unknown>>;

/**
 * One fault case: the titles that say what is done to Podium and what it does then, and how its tests came out. One without
 * any is written and could not be run, for want of what it needs.
 */
export interface Case {
  readonly id: string;
  /** What the title reads on from, where a suite of the same id gives it; then the title without the id. */
  readonly titles: readonly { readonly head: string; readonly words: string }[];
  readonly tests: Readonly<Record<Tier, number>>;
  readonly failed: number;
}

interface Ran {
  readonly id: string;
  readonly head: string;
  readonly words: string;
  readonly result: 'passed' | 'failed' | 'not run';
}

const status = z.string();
const unitReport = z.object({
  testResults: z.array(
    z.object({
      assertionResults: z.array(z.object({ ancestorTitles: z.array(z.string()), title: z.string(), status })),
    }),
  ),
});
const peersReport = z.object({
  suites: z.array(
    z.object({ assertionResults: z.array(z.object({ fullName: z.string(), status })).default([]) }),
  ),
});
const spec = z.object({ title: z.string(), tests: z.array(z.object({ status })) });
type Spec = z.infer<typeof spec>;
interface Suite {
  readonly specs?: readonly Spec[] | undefined;
  readonly suites?: readonly Suite[] | undefined;
}
const suite: z.ZodType<Suite> = z.lazy(() =>
  z.object({ specs: z.array(spec).optional(), suites: z.array(suite).optional() }),
);
const browserReport = z.object({ suites: z.array(suite) });

const idFirst = /^([CEHLMPSW]\d\d) (.+)$/su;
// A report of the peers tier joins the suite's name and the test's; an id after a semicolon is only spoken of.
const idWithin = /(?:^|[^;] )([CEHLMPSW]\d\d) (.+)$/su;

/** Every case that a test of these reports is named after, by id. A test that was skipped has proven nothing; what only Electron's own binary can prove is told as not run. */
export function readCases(reports: Reports): Case[] {
  const cases = new Map<string, Case>();
  const skipped = new Map<string, Case>();
  const none = { unit: 0, browser: 0, desktop: 0, peers: 0 };
  const take = (tier: Tier, ran: readonly Ran[]) => {
    for (const { id, head, words, result } of ran) {
      if (result === 'not run') {
        // Only Electron's binary is missing with nothing else to tell of it; a tier without its servers tells itself.
        if (tier === 'desktop')
          skipped.set(id, {
            id,
            titles: [...(skipped.get(id)?.titles ?? []), { head, words }],
            tests: none,
            failed: 0,
          });
        continue;
      }
      const known = cases.get(id) ?? { id, titles: [], tests: none, failed: 0 };
      const isNew = !known.titles.some((one) => one.head === head && one.words === words);
      cases.set(id, {
        id,
        // What runs on real servers runs without them too, mostly under the same title.
        titles:
          isNew && (tier !== 'peers' || known.titles.length === 0)
            ? [...known.titles, { head, words }]
            : known.titles,
        tests: { ...known.tests, [tier]: known.tests[tier] + 1 },
        failed: known.failed + (result === 'failed' ? 1 : 0),
      });
    }
  };
  if (reports.unit !== undefined) take('unit', ranInUnit(reports.unit));
  if (reports.browser !== undefined) take('browser', ranInBrowser(reports.browser));
  if (reports.desktop !== undefined) take('desktop', ranInBrowser(reports.desktop));
  if (reports.peers !== undefined) take('peers', ranOnPeers(reports.peers));
  return [...skipped.entries(), ...cases.entries()]
    .filter(([id, one]) => !cases.has(id) || cases.get(id) === one)
    .map(([, one]) => one)
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}

function ranInUnit(report: unknown): Ran[] {
  return unitReport.parse(report).testResults.flatMap(({ assertionResults }) =>
    assertionResults.flatMap(({ ancestorTitles, title, status }) => {
      const [, id, words] = idFirst.exec(title) ?? [];
      if (id === undefined || words === undefined) return [];
      const head = ancestorTitles.find((one) => one.startsWith(`${id} `))?.slice(id.length + 1) ?? '';
      return [{ id, head, words, result: resultOf(status) }];
    }),
  );
}

function ranInBrowser(report: unknown): Ran[] {
  const specsOf = ({ specs = [], suites = [] }: Suite): Spec[] => [...specs, ...suites.flatMap(specsOf)];
  return browserReport
    .parse(report)
    .suites.flatMap(specsOf)
    .flatMap(({ title, tests }) => {
      const [, id, words] = idFirst.exec(title) ?? [];
      if (id === undefined || words === undefined) return [];
      return tests.map(({ status }) => ({ id, head: '', words, result: resultOf(status) }));
    });
}

function ranOnPeers(report: unknown): Ran[] {
  return peersReport.parse(report).suites.flatMap(({ assertionResults }) =>
    assertionResults.flatMap(({ fullName, status }) => {
      const [, id, words] = idWithin.exec(fullName) ?? [];
      return id === undefined || words === undefined
        ? []
        : [{ id, head: '', words, result: resultOf(status) }];
    }),
  );
}

function resultOf(said: string): Ran['result'] {
  if (said === 'passed' || said === 'expected' || said === 'flaky') return 'passed';
  return said === 'failed' || said === 'unexpected' ? 'failed' : 'not run';
}
