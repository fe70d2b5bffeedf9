import { describe, expect, test } from 'vitest';
import { parseRanges } from './ranges.ts';

describe('approved ranges', () => {
  test.each([
    ['10.0.0.0/8', '10.9.8.7', 1, true],
    ['10.0.0.0/8', '11.0.0.1', 1, false],
    ['10.1.2.3:8080', '10.1.2.3', 8080, true],
    ['10.1.2.3:8080', '10.1.2.3', 8081, false],
    ['10.1.2.3:8080', '10.1.2.4', 8080, false],
    ['10.0.0.0/8:8080,9000-9010', '10.0.0.1', 9010, true],
    ['10.0.0.0/8:8080,9000-9010', '10.0.0.1', 9011, false],
    ['[fd00::]/8:8080', 'fd12::1', 8080, true],
    ['[fd00::]/8', 'fe80::1', 8080, false],
    ['192.168.0.0/16\n10.0.0.0/8:80', '192.168.1.1', 4711, true],
    ['10.0.0.0/8', 'ten.example.com', 80, false],
    ['', '10.0.0.1', 80, false],
  ])('%j holds %s:%i: %s', (text, address, port, is) => {
    expect(parseRanges(text).allows(address, port)).toBe(is);
  });

  test.each([
    'example.com',
    '10.0.0.0/33',
    '10.0.0',
    '10.0.0.0/8:0',
    '10.0.0.0/8:9-8',
    '10.0.0.0/8:x',
    'fd00::/8',
  ])('%s is refused in words', (text) => {
    expect(() => parseRanges(text)).toThrow(RangeError);
  });
});
