/** Of a number nothing is known but what it is; a text may be anybody's; null is an empty cell. */
type CsvCell = string | number | null;

/** What stands above a column, and what it says of a row. */
export type CsvColumn<Row> = readonly [title: string, cellIn: (row: Row) => CsvCell];

/** What makes spreadsheets take a text for a formula, also behind blanks and signs that are not shown, and in full width. */
const formula = /^[\t\r]|^[\s\p{C}]*[=+\-@＝＋－＠]/u;

/**
 * A table as RFC 4180 has it, after a byte order mark, without which Excel does not read UTF-8. A text that a
 * spreadsheet would run as a formula gets an apostrophe before it, as OWASP advises, and is a text again.
 */
export function csvOf<Row>(columns: readonly CsvColumn<Row>[], rows: readonly Row[]): string {
  const lines = [
    columns.map(([title]) => title),
    ...rows.map((row) => columns.map(([, cellIn]) => cellIn(row))),
  ];
  return `\uFEFF${lines.map((line) => `${line.map(cellOf).join(',')}\r\n`).join('')}`;
}

function cellOf(cell: CsvCell): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return Number.isFinite(cell) ? String(cell) : '';
  const text = formula.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
