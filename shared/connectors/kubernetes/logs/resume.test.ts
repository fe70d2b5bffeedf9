import { expect, test } from 'vitest';
import { createResume } from './resume.ts';

const second = '2026-01-31T14:06:00';
const at = Date.parse(`${second}Z`);
const line = (fraction: string): [string, number] => [`${second}${fraction}Z`, at];

test('what stood in the same second before the newest lines that were asked for is not told later', () => {
  const resume = createResume();
  expect(resume.isNew(...line('.5'))).toBe(true);
  expect(resume.since()).toBe(`${second}.000Z`);
  resume.again();
  // The whole second comes again.
  expect([line(''), line('.123456789'), line('.49')].map((one) => resume.isNew(...one))).toEqual([
    false,
    false,
    false,
  ]);
  expect(resume.isNew(...line('.5')), 'told already').toBe(false);
  expect(resume.isNew(...line('.5')), 'another of the same moment').toBe(true);
  expect(resume.isNew(...line('.500000001'))).toBe(true);
});

test('lines of two streams that are a little out of order are told all the same', () => {
  const resume = createResume();
  expect([line('.5'), line('.4')].map((one) => resume.isNew(...one))).toEqual([true, true]);
  resume.again();
  expect([line('.5'), line('.4'), line('.45')].map((one) => resume.isNew(...one))).toEqual([
    false,
    false,
    true,
  ]);
});
