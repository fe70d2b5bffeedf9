import { describe, expect, test } from 'vitest';
import { between, disagreements, rewritten } from './reliability.ts';
import { readCases, type Reports } from './reliabilityReports.ts';
import { folded, rowsOf } from './reliabilityTables.ts';

const unit = (...titles: readonly (readonly [string, string?, string?])[]) => ({
  testResults: [
    {
      assertionResults: titles.map(([title, status = 'passed', ancestor]) => ({
        ancestorTitles: ancestor === undefined ? [] : [ancestor],
        title,
        status,
      })),
    },
  ],
});
const browser = (...titles: readonly string[]) => ({
  suites: [
    {
      title: 'a.spec.ts',
      suites: [{ specs: titles.map((title) => ({ title, tests: [{ status: 'expected' }] })) }],
    },
  ],
});
const peers = (...names: readonly string[]) => ({
  suites: [{ assertionResults: names.map((fullName) => ({ fullName, status: 'passed' })) }, {}],
});
const reports = {
  unit: unit(
    ['W04 no event is lost when the watch is reset'],
    ['W04 no event is lost when the watch ends cleanly'],
    ['W11 whose clock is ahead: told', 'passed', 'W11 a Prometheus that misbehaves'],
    ['M01 of two operators one writes', 'passed', 'writes'],
    ['an honest title'],
    ['M99 what was not run proves nothing', 'skipped'],
  ),
  browser: browser('H01 <b>text</b> is text | everywhere', 'M01 the other sees three versions'),
  peers: peers('writes on a real server M01 of two operators one writes', 'texts; M11 is only spoken of'),
};
const empty = '# Page\n\n<!-- reliability: begin -->\n\n<!-- reliability: end -->\n\nAfter.\n';

test('every test whose title begins with an id is read, with where it ran and what its suite says', () => {
  expect(readCases(reports)).toEqual([
    {
      id: 'H01',
      titles: [{ head: '', words: '<b>text</b> is text | everywhere' }],
      tests: { unit: 0, browser: 1, desktop: 0, peers: 0 },
      failed: 0,
    },
    {
      id: 'M01',
      titles: [
        { head: '', words: 'of two operators one writes' },
        { head: '', words: 'the other sees three versions' },
      ],
      tests: { unit: 1, browser: 1, desktop: 0, peers: 1 },
      failed: 0,
    },
    {
      id: 'W04',
      titles: [
        { head: '', words: 'no event is lost when the watch is reset' },
        { head: '', words: 'no event is lost when the watch ends cleanly' },
      ],
      tests: { unit: 2, browser: 0, desktop: 0, peers: 0 },
      failed: 0,
    },
    {
      id: 'W11',
      titles: [{ head: 'a Prometheus that misbehaves', words: 'whose clock is ahead: told' }],
      tests: { unit: 1, browser: 0, desktop: 0, peers: 0 },
      failed: 0,
    },
  ]);
});

test('titles that differ in one value become one, and others do not', () => {
  expect(
    folded([
      'a clock that is set ahead ends nothing early',
      'a clock that is set an hour back ends nothing early',
    ]),
  ).toEqual(['a clock that is set [ahead / an hour back] ends nothing early']);
  expect(folded([1, 2, 3, 4, 5, 6].map((n) => `what is read at byte ${n}`))).toEqual([
    'what is read at byte [1 / 2 / 3 / 4 / 2 more]',
  ]);
  expect(folded(['a code works once', 'a code dies after a minute'])).toHaveLength(2);
});

describe('the pages', () => {
  const page = async (from: Reports) => rewritten(empty, empty, readCases(from));

  test('hold a row for each case, with hostile titles as text', async () => {
    const [proof, whole] = await page(reports);
    expect(proof).toContain('H01');
    expect(proof).toContain('After.');
    expect(whole).toContain('\\<b\\>text\\</b\\> is text \\| everywhere');
    expect(whole).toContain('a Prometheus that misbehaves: whose clock is ahead: told');
    expect(rowsOf(whole).map(({ id, tiers }) => [id, ...tiers])).toEqual([
      ['H01', 'browser'],
      ['M01', 'unit', 'browser', 'peers'],
      ['W04', 'unit'],
      ['W11', 'unit'],
    ]);
  });

  test('agree with the run they were made from, also where a tier did not run, and are the same made twice', async () => {
    const [proof, whole] = await page(reports);
    expect(disagreements(proof, whole, reports)).toEqual([]);
    expect(disagreements(proof, whole, { unit: reports.unit })).toEqual([]);
    expect(disagreements(proof, whole, {})).toEqual([]);
    expect(await rewritten(proof, whole, readCases(reports))).toEqual([proof, whole]);
  });

  test('are told of a case that they miss, one that nothing proves any more, and one that failed', async () => {
    const [proof, whole] = await page(reports);
    const other = unit(['W04 no event is lost', 'failed'], ['M01 one writes'], ['M20 alarms']);
    expect(disagreements(proof, whole, { unit: other })).toEqual([
      'M20 is the title of a test that ran (without a server); the table does not say so.',
      'W04 failed (without a server).',
      'W11 is in the table (without a server); no test of that name ran.',
    ]);
    expect(disagreements(empty, whole, {})).toContain(
      'H01 is in docs/reliability.md and not in docs/proof.md.',
    );
    expect(disagreements(proof, empty, {})).toContain(
      'H01 is in docs/proof.md and not in docs/reliability.md.',
    );
  });

  test('name what only the desktop’s own binary can prove as not run, and take it where it ran', async () => {
    const skipped = {
      suites: [{ specs: [{ title: 'E05 a byte is changed', tests: [{ status: 'skipped' }] }] }],
    };
    const there = {
      ...reports,
      desktop: { suites: [...browser('E02 it cannot leave').suites, ...skipped.suites] },
    };
    const [proof, whole] = await page(there);
    expect(whole).toContain('| E05 | a byte is changed. | none here | not run |');
    expect(whole).toContain('| E02 | it cannot leave. | on the desktop 1 | passed |');
    expect(proof).toMatch(/E02 E05 +\| passed; not run: E05/);
    expect(disagreements(proof, whole, there)).toEqual([]);
    const ran = browser('E02 it cannot leave', 'E05 a byte is changed');
    expect(disagreements(proof, whole, { desktop: ran })).toEqual([]);
    expect(disagreements(proof, whole, { desktop: skipped })).toEqual([
      'E02 is in the table (on the desktop); no test of that name ran.',
    ]);
    expect(disagreements(empty, empty, { desktop: skipped })).toEqual([
      'E05 is the title of a test (on the desktop); the table does not say so.',
    ]);
  });

  test('say that a case failed', async () => {
    const [proof, whole] = await page({ unit: unit(['M01 one writes', 'failed'], ['M01 two do']) });
    expect(proof).toContain('failed: M01');
    expect(whole).toContain('**1 failed**');
  });
});

test('a page without its markers is refused', () => {
  expect(() => between('# Page\n', 'reliability', '')).toThrow(/looked for and not there/);
});
