import fc from 'fast-check';
import { expect, test } from 'vitest';
import { csvOf } from './csv.ts';

const bodyOf = (...cells: readonly (string | number | null)[]): string =>
  csvOf(
    cells.map((cell, index) => [`c${index}`, () => cell] as const),
    [null],
  )
    .split('\r\n')
    .slice(1)
    .join('\r\n');

test.each([
  ["=cmd|' /C calc'!A0", `'=cmd|' /C calc'!A0`],
  ['@SUM(1+1)*cmd', `'@SUM(1+1)*cmd`],
  ['+1+cmd', `'+1+cmd`],
  ['-2+3+cmd', `'-2+3+cmd`],
  ['\t=1+1', `'\t=1+1`],
  ['\twords', `'\twords`],
  ['  =HYPERLINK("http://evil")', `"'  =HYPERLINK(""http://evil"")"`],
  ['\u200b=1+1', `'\u200b=1+1`],
  ['＝1+1', `'＝1+1`],
  ['\r=1+1', `"'\r=1+1"`],
])('H12 a text that a spreadsheet would run as a formula is a text there: %j', (text, cell) => {
  expect(bodyOf(text)).toBe(`${cell}\r\n`);
});

test('numbers stay numbers, below zero too; what is not known is empty', () => {
  expect(bodyOf(-5, 0.25, null, Number.NaN, 'a-b', '')).toBe('-5,0.25,,,a-b,\r\n');
});

test('H12 whatever a text holds, it stays in its cell, and no cell begins as a formula does', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary' }), { minLength: 2, maxLength: 5 }), (cells) => {
      const read = parse(bodyOf(...cells));
      expect(read).toHaveLength(1);
      expect(read[0]?.map((cell, index) => (cell === cells[index] ? cell : cell.slice(1)))).toEqual(cells);
      for (const cell of read[0] ?? []) expect(cell).not.toMatch(/^[=+\-@\t\r]/);
    }),
  );
});

/** RFC 4180 the other way round. */
function parse(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  for (let rest = text; rest !== '';) {
    const quoted = /^"((?:[^"]|"")*)"(,|\r\n)/.exec(rest);
    const found = quoted ?? /^([^,\r\n]*)(,|\r\n)/.exec(rest);
    if (found === null) throw new Error(`not a cell: ${JSON.stringify(rest)}`);
    const [whole, cell = '', end] = found;
    row.push(quoted === null ? cell : cell.replaceAll('""', '"'));
    if (end === '\r\n') rows.push(row);
    if (end === '\r\n') row = [];
    rest = rest.slice(whole.length);
  }
  return rows;
}
