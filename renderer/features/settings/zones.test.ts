import { expect, test } from 'vitest';
import { TimeZone } from '../../../shared/model/timeZone.ts';
import { zonesToChoose } from './zones.ts';

test('every zone that is offered can be set, and cities are found by the names they have now', () => {
  const zones = zonesToChoose();
  expect(zones.length).toBeGreaterThan(300);
  expect(zones.filter(({ id }) => !TimeZone.safeParse(id).success)).toEqual([]);
  const titles = zones.map(({ title }) => title);
  expect(titles).toEqual(expect.arrayContaining(['Kathmandu (Asia)', 'Kolkata (Asia)', 'Kyiv (Europe)']));
  expect(titles.filter((title) => /^(Katmandu|Calcutta|Kiev) /.test(title))).toEqual([]);
});

test('what is no zone is refused', () => {
  expect(TimeZone.safeParse('Mars/Olympus').success).toBe(false);
  expect(TimeZone.safeParse('').success).toBe(true);
});
