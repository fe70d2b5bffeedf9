import type { Case, Tier } from './reliabilityReports.ts';

const groups = [
  ['L', 'pages and programs that reach for the console in the browser'],
  ['H', 'hostile text, names, numbers and documents'],
  ['C', 'credentials and connections'],
  ['W', 'sources that end, stall, repeat, go back or lie'],
  ['M', 'writes, trips, their ends and the journal'],
  ['S', 'figures that prove too little'],
  ['P', 'a start with nothing to reach'],
  ['E', 'the desktop shell'],
] as const;

// A title made from many values shows some; the report has them all.
const shownValues = 4;
const longestValue = 60;

/** One row of the table, as it was written. */
export interface Row {
  readonly id: string;
  readonly tiers: ReadonlySet<Tier>;
  /** Written, and not run where the table was made. */
  readonly isNotRun: boolean;
}

/** The whole table: a row for each case. Its cells differ too much in length to be padded to one. */
export function casesTable(cases: readonly Case[]): string {
  return [
    '<!-- prettier-ignore-start -->\n',
    '| case | what is done to Podium, and what it does then | tests | result |',
    '| --- | --- | --- | --- |',
    ...cases.map(
      (one) =>
        `| ${one.id} | ${titlesOf(one).map(cell).join('.<br>')}. | ${testsOf(one)} | ${resultOf(one)} |`,
    ),
    '\n<!-- prettier-ignore-end -->',
  ].join('\n');
}

/** The short table: a row for each kind of case. */
export function groupsTable(cases: readonly Case[]): string {
  const rows = groups.flatMap(([letter, words]) => {
    const own = cases.filter(({ id }) => id.startsWith(letter));
    if (own.length === 0) return [];
    const failed = own.filter((one) => one.failed > 0).map(({ id }) => id);
    const missing = own.filter(isNotRun).map(({ id }) => id);
    const passed = missing.length === 0 ? 'passed' : `passed; not run: ${missing.join(' ')}`;
    const result = failed.length === 0 ? passed : `failed: ${failed.join(' ')}`;
    return [`| ${words} | ${own.map(({ id }) => id).join(' ')} | ${result} |`];
  });
  return ['| what is done to Podium | cases | result |', '| --- | --- | --- |', ...rows].join('\n');
}

/** The rows of a table that {@link casesTable} made, also after it was laid out anew. */
export function rowsOf(page: string): Row[] {
  return page.split('\n').flatMap((line) => {
    const [, id, , tests] = line.split(/(?<!\\)\|/u).map((one) => one.trim());
    if (id === undefined || tests === undefined || !/^[A-Z]\d\d$/u.test(id)) return [];
    const tiers = new Set<Tier>();
    if (/^\d/u.test(tests)) tiers.add('unit');
    if (tests.includes('in the browser')) tiers.add('browser');
    if (tests.includes('on the desktop')) tiers.add('desktop');
    if (tests.includes('on real servers')) tiers.add('peers');
    return [{ id, tiers, isNotRun: tests === notRun }];
  });
}

/** The ids that the short table of a page names. */
export function idsNamed(page: string): ReadonlySet<string> {
  const [, after = ''] = page.split('<!-- reliability: begin -->');
  const [table = ''] = after.split('<!-- reliability: end -->');
  return new Set(table.match(/\b[CEHLMPSW]\d\d\b/gu) ?? []);
}

function testsOf({ tests }: Case): string {
  const parts = [];
  if (tests.unit > 0) parts.push(String(tests.unit));
  if (tests.browser > 0) parts.push(`in the browser ${tests.browser}`);
  if (tests.desktop > 0) parts.push(`on the desktop ${tests.desktop}`);
  if (tests.peers > 0) parts.push(`on real servers ${tests.peers}`);
  return parts.length === 0 ? notRun : parts.join(', ');
}

const notRun = 'none here';
const isNotRun = ({ tests }: Case): boolean => Object.values(tests).every((count) => count === 0);

function resultOf(one: Case): string {
  if (isNotRun(one)) return 'not run';
  return one.failed === 0 ? 'passed' : `**${one.failed} failed**`;
}

function titlesOf({ titles }: Case): string[] {
  const heads = [...new Set(titles.map(({ head }) => head))];
  return heads.flatMap((head) => {
    const told = folded(titles.filter((one) => one.head === head).map(({ words }) => words));
    return head === '' ? told : [`${head}: ${told.join('; ')}`];
  });
}

/** Titles that differ in one value only become one title with its values. */
export function folded(titles: readonly string[]): string[] {
  const rows: string[][] = [];
  for (const title of titles) {
    const row = rows.at(-1);
    if (row?.[0] !== undefined && isSameBut(row[0], title)) row.push(title);
    else rows.push([title]);
  }
  return rows.map(([first = '', ...rest]) => {
    if (rest.length === 0) return first;
    const all = [first, ...rest].map((one) => one.split(' '));
    const [lead, trail] = shared(all);
    const values = all.map((words) => short(words.slice(lead, words.length - trail).join(' ')));
    const more = values.length - shownValues;
    const shown = [...values.slice(0, shownValues), ...(more > 0 ? [`${more} more`] : [])].join(' / ');
    const words = first.split(' ');
    return [...words.slice(0, lead), `[${shown}]`, ...words.slice(words.length - trail)].join(' ');
  });
}

function isSameBut(a: string, b: string): boolean {
  const [lead, trail] = shared([a.split(' '), b.split(' ')]);
  const longest = Math.max(a.split(' ').length, b.split(' ').length);
  return lead + trail >= 4 && (lead + trail) * 2 >= longest;
}

/** How many words all of them begin with, and end with, one word at least being left between. */
function shared(all: readonly (readonly string[])[]): readonly [number, number] {
  const [first = []] = all;
  const most = Math.min(...all.map((words) => words.length)) - 1;
  let lead = 0;
  while (lead < most && all.every((words) => words[lead] === first[lead])) lead += 1;
  let trail = 0;
  while (trail < most - lead && all.every((words) => words.at(-1 - trail) === first.at(-1 - trail)))
    trail += 1;
  return [lead, trail];
}

const short = (value: string): string =>
  value.length > longestValue ? `${value.slice(0, longestValue)}…` : value;

/** Text in a cell: hostile titles are what some cases are about. */
function cell(text: string): string {
  return text
    .replace(
      /\p{C}/gu,
      (sign) => `U+${(sign.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`,
    )
    .replace(/[\\`*_{}[\]<>|&~$]/gu, '\\$&');
}
