/** Of a number nothing is known but what it is; a text may be anybody's; null is an empty cell. */
export type CsvCell = string | number | null;

/** What makes spreadsheets take a text for a formula, also behind blanks and signs that are not shown, and in full width. */
const formula = /^[\t\r]|^[\s\p{C}]*[=+\-@＝＋－＠]/u;

/**
 * A table as RFC 4180 has it, after a byte order mark, without which Excel does not read UTF-8. A text that a
 * spreadsheet would run as a formula gets an apostrophe before it, as OWASP advises, and is a text again.
 */
export function csvOf(head: readonly string[], rows: readonly (readonly CsvCell[])[]): string {
  return `\uFEFF${[head, ...rows].map((row) => `${row.map(cellOf).join(',')}\r\n`).join('')}`;
}

function cellOf(cell: CsvCell): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return Number.isFinite(cell) ? String(cell) : '';
  const text = formula.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
