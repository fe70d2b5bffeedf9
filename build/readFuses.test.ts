import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fuses } from './fuses.ts';
import { readFuses } from './readFuses.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'podium-fuses-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function binaryWith(...parts: readonly (string | readonly number[])[]): string {
  const file = join(folder, 'electron');
  writeFileSync(
    file,
    Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from(part)))),
  );
  return file;
}
const sentinel = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';

test('fuses are read from a binary by their order, and are those of the table', () => {
  expect(readFuses(binaryWith('before', sentinel, [1, 9], '010011000', 'after'))).toEqual(fuses);
  expect(readFuses(binaryWith(sentinel, [1, 8], '1r000000'))).toMatchObject({
    runAsNode: true,
    enableCookieEncryption: null,
    onlyLoadAppFromAsar: false,
  });
});

test('a file without fuses, and fuses of another format, are said to be such', () => {
  expect(() => readFuses(binaryWith('nothing'))).toThrow('has no fuses');
  expect(() => readFuses(binaryWith(sentinel, [2, 8], '01001100'))).toThrow('not known');
});
