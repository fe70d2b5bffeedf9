import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { shellQuote } from './copies.ts';

test('a quoted word reaches a program exactly as it is, whatever is in it', () => {
  const asSeen = (words: readonly string[]): string[] =>
    JSON.parse(
      execFileSync(
        'sh',
        [
          '-c',
          `${shellQuote(process.execPath)} -e 'console.log(JSON.stringify(process.argv.slice(1)))' -- ${words.map(shellQuote).join(' ')}`,
        ],
        {
          encoding: 'utf8',
        },
      ),
    ) as string[];
  const traps = [
    "it's",
    '$(touch pwned)',
    '`id`',
    '"',
    '\\',
    '!x',
    '*',
    '',
    ' ',
    'a\nb',
    '-n',
    '{"op":"test"}',
    "''",
  ];
  expect(asSeen(traps)).toEqual(traps);
  fc.assert(
    fc.property(
      fc.array(
        fc.string({ unit: 'binary' }).filter((word) => !word.includes('\0')),
        { minLength: 30, maxLength: 60 },
      ),
      (words) => {
        const clean = words.map((word) => word.toWellFormed());
        expect(asSeen(clean)).toEqual(clean);
      },
    ),
    { numRuns: 2 },
  );
});
