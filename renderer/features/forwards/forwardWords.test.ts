import { expect, test } from 'vitest';
import { formatBytes, readPort } from './forwardWords.ts';

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1_234, '1.2 kB'],
  [999_600, '1.0 MB'],
  [35_000_000, '35 MB'],
])('%i bytes are written as %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text));

test.each([
  ['8080', 8080],
  [' 443 ', 443],
  ['', 0],
  ['0', null],
  ['65536', null],
  ['80a', null],
  ['-1', null],
  ['1e3', null],
])('as a port, “%s” is %s', (text, port) => expect(readPort(text, 0)).toBe(port));
