import { expect, test } from 'vitest';
import { cannotWait, certificateEnd } from './certificateEnd.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const lived = (lifeMs: number, leftMs: number) =>
  certificateEnd({ startsAt: leftMs - lifeMs, endsAt: leftMs }, 0);

test.each([
  ['a year', 365 * dayMs, 31 * dayMs, null],
  ['a year', 365 * dayMs, 29 * dayMs, 'soon'],
  ['a year', 365 * dayMs, 6 * dayMs, 'urgent'],
  ['a year', 365 * dayMs, 0, 'ended'],
  ['two days, as Linkerd’s issuer where cert-manager makes it', 48 * hourMs, 25 * hourMs, null],
  ['two days', 48 * hourMs, 15 * hourMs, 'soon'],
  ['two days', 48 * hourMs, 3 * hourMs, 'urgent'],
  ['an hour, as a login program gives', hourMs, 60_000, null],
  ['an hour', hourMs, -1, 'ended'],
] as const)('of one that lives %s (%d ms), %d ms before its end is %s', (_, lifeMs, leftMs, expected) => {
  expect(lived(lifeMs, leftMs)).toBe(expected);
});

test('where nobody says when it began, the days alone count', () => {
  const endsIn = (days: number) => certificateEnd({ startsAt: null, endsAt: days * dayMs }, 0);
  expect([31, 29, 6].map(endsIn)).toEqual([null, 'soon', 'urgent']);
});

test.each([
  ['meshRoot', 6, true],
  ['meshIssuer', 6, true],
  ['server', 6, true],
  ['secret', 6, false],
  ['user', 6, false],
  ['secret', 0, true],
  ['meshRoot', 29, false],
] as const)('whether one of kind %s, %d days before its end, cannot wait: %s', (kind, days, expected) => {
  expect(cannotWait({ kind, startsAt: null, endsAt: days * dayMs }, 0)).toBe(expected);
});
