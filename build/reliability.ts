import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { format } from 'prettier';
import { readCases, tiers, type Case, type Reports } from './reliabilityReports.ts';
import { casesTable, groupsTable, idsNamed, rowsOf } from './reliabilityTables.ts';

const root = join(import.meta.dirname, '..');
const pages = ['docs/proof.md', 'docs/reliability.md'] as const;

/** Puts a table between its markers; a page without them is a mistake to be told, not a page to be guessed at. */
export function between(page: string, name: string, table: string): string {
  const [begin, end] = [`<!-- ${name}: begin -->`, `<!-- ${name}: end -->`];
  const [from, until] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || until < from) throw new Error(`${begin} and ${end} are looked for and not there.`);
  return `${page.slice(0, from + begin.length)}\n\n${table}\n\n${page.slice(until)}`;
}

/** Where the pages and the reports of a run disagree about which cases are proven; empty when they agree. */
export function disagreements(proof: string, page: string, reports: Reports): string[] {
  const rows = rowsOf(page);
  const found: string[] = [];
  for (const tier of ['unit', 'browser', 'desktop'] as const) {
    const report = reports[tier];
    if (report === undefined) continue;
    const ran = readCases({ [tier]: report });
    for (const one of ran) {
      if (one.failed > 0) found.push(`${one.id} failed (${tiers[tier]}).`);
      const row = rows.find(({ id }) => id === one.id);
      const isRun = one.tests[tier] > 0;
      // A machine that has what was missing where the table was made runs more than it says.
      if (row === undefined || (isRun && !row.isNotRun && !row.tiers.has(tier)))
        found.push(
          `${one.id} is the title of a test${isRun ? ' that ran' : ''} (${tiers[tier]}); the table does not say so.`,
        );
    }
    for (const row of rows)
      if (row.tiers.has(tier) && !ran.some((one) => one.id === row.id && one.tests[tier] > 0))
        found.push(`${row.id} is in the table (${tiers[tier]}); no test of that name ran.`);
  }
  const named = idsNamed(proof);
  for (const { id } of rows)
    if (!named.has(id)) found.push(`${id} is in ${pages[1]} and not in ${pages[0]}.`);
  for (const id of named)
    if (!rows.some((row) => row.id === id)) found.push(`${id} is in ${pages[0]} and not in ${pages[1]}.`);
  return found;
}

/** Both pages with their tables anew, laid out as the format check wants them. */
export async function rewritten(
  proof: string,
  page: string,
  cases: readonly Case[],
): Promise<readonly [string, string]> {
  const options = { parser: 'markdown', printWidth: 110, singleQuote: true, trailingComma: 'all' } as const;
  return [
    await format(between(proof, 'reliability', groupsTable(cases)), options),
    await format(between(page, 'reliability', casesTable(cases)), options),
  ];
}

function readReports(folder: string): Reports {
  const read = (name: string): unknown => {
    const path = join(folder, name);
    return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined;
  };
  const [unit, browser, desktop] = [read('unit.json'), read('e2e.json'), read('desktop.json')];
  return { unit, browser, desktop, peers: read('peers.json') };
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      check: { type: 'boolean', default: false },
      reports: { type: 'string', default: join(root, 'test-results') },
    },
  });
  const reports = readReports(values.reports);
  const [proof, page] = pages.map((name) => readFileSync(join(root, name), 'utf8'));
  if (proof === undefined || page === undefined) return;
  if (values.check) {
    const found = disagreements(proof, page, reports);
    if (found.length === 0) return;
    found.push('Run "npm test", then "node build/reliability.ts" to write the table anew.');
    process.stdout.write(`${found.join('\n')}\n`);
    process.exitCode = 1;
    return;
  }
  if (reports.unit === undefined || reports.browser === undefined)
    throw new Error('The table is made from a whole run: unit.json or e2e.json is missing.');
  const made = await rewritten(proof, page, readCases(reports));
  pages.forEach((name, i) => writeFileSync(join(root, name), made[i] ?? ''));
}

if (import.meta.main) await main();
