import { expect, test } from 'vitest';
import { sayRefused } from './callees.ts';

test('refused calls that not everybody counts are told as a lower bound, never as none', () => {
  expect(sayRefused([3, 4], 0)).toMatch(/^7 calls refused/);
  expect(sayRefused([3, null], 0)).toMatch(/^at least 3 calls refused/);
  expect(sayRefused([3, 4], 1)).toMatch(/^at least 7 calls refused/);
  expect(sayRefused([0, null], 0)).toBe('calls refused: not told by 1 of 2');
  expect(sayRefused([0, 0], 1)).toBeNull();
});
