import { expect, test } from 'vitest';
import type { AwayLine, AwaySummary } from '../../../shared/model/away.ts';
import { formatClock, formatDay } from '../../ui/format.ts';
import { awayFor, problemWords, quietWords, reachWords, timeWords, untimedWords } from './awayWords.ts';

const now = new Date(2026, 10, 22, 18, 0).getTime();
const at = (hour: number, minute: number): number => new Date(2026, 10, 22, hour, minute).getTime();

const summary = (more: Partial<AwaySummary>): AwaySummary => ({
  connectionId: 'c',
  from: at(3, 0),
  to: now,
  lines: [],
  more: 0,
  counted: true,
  untimed: [],
  reaches: [],
  notes: [],
  problems: [],
  ...more,
});

test.each([
  [492, '8 h 12 min'],
  [25, '25 min'],
  [120, '2 h'],
  [51 * 60, '2 d 3 h'],
])('%i minutes are %s', (minutes, words) => {
  expect(awayFor(minutes * 60_000)).toBe(words);
});

test('a time of another day names the day', () => {
  const from = at(3, 12) - 86_400_000;
  expect(timeWords({ from, to: from }, now)).toBe(`${formatDay(from)}, ${formatClock(from)}`);
});

test('what lasted says from when to when, what goes on since when, and what took a moment when', () => {
  const [from, to] = [at(3, 12), at(3, 40)];
  expect(timeWords({ from, to }, now)).toBe(`${formatClock(from)}–${formatClock(to)}`);
  expect(timeWords({ from, to: null }, now)).toBe(`since ${formatClock(from)}`);
  expect(timeWords({ from, to: from }, now)).toBe(formatClock(from));
});

test('nothing that failed is one quiet line; nothing that was counted is not taken for it', () => {
  expect(quietWords(summary({}), now)).toBe(`Nothing failed since ${formatClock(at(3, 0))}.`);
  const reaches = [{ what: 'figures', since: at(12, 50) }];
  expect(quietWords(summary({ reaches }), now)).toBe(`Nothing failed since ${formatClock(at(12, 50))}.`);
  expect(quietWords(summary({ counted: false }), now)).toMatch(/not known/);
  const line = { kind: 'failure' } as AwayLine;
  expect(quietWords(summary({ lines: [line] }), now)).toBeNull();
});

test('calls that were lost nobody knows when are told, and never called a quiet night', () => {
  const lost = (name: string, lostCalls: number) => ({ serviceId: name, name, lostCalls, calls: 90_000 });
  const one = summary({ untimed: [lost('payment', 1412)] });
  expect(quietWords(one, now)).toBeNull();
  expect(untimedWords(one)).toBe('payment lost 1,412 of 90,000 calls; when is not known.');
  const names = ['a', 'b', 'c', 'd', 'e', 'f'];
  expect(untimedWords(summary({ untimed: names.map((name) => lost(name, 2)) }))).toMatch(
    /^a lost 2 of 90,000 calls, .*d lost 2 of 90,000 calls, 2 more services lost some; when is not known\.$/,
  );
  expect(untimedWords(summary({}))).toBeNull();
});

test('figures that could not be read are not taken for none', () => {
  const problems = ['Reading lost calls from Prometheus was given up after 60 s.'];
  expect(quietWords(summary({ counted: false }), now)).toMatch(/nothing counted them/);
  expect(quietWords(summary({ counted: false, problems }), now)).toBe('Whether calls failed is not known.');
});

test('how far back each source reaches is said where it does not reach back all the way', () => {
  expect(reachWords(summary({}), now)).toBeNull();
  const reaches = [
    { what: 'figures', since: at(12, 50) },
    { what: 'Events', since: at(13, 6) },
  ];
  expect(reachWords(summary({ reaches }), now)).toBe(
    `Figures only since ${formatClock(at(12, 50))}, Events only since ${formatClock(at(13, 6))}; before that nothing is known.`,
  );
});

test('of many problems a few are told, and how many more there are', () => {
  expect(problemWords(summary({ problems: ['a', 'b'] }))).toEqual(['a', 'b']);
  expect(problemWords(summary({ problems: [...'abcdef'] }))).toEqual([
    ...'abcd',
    '2 more things could not be read.',
  ]);
});

test('where some calls were not counted, only what was counted is called quiet', () => {
  const notes = ['Of calls to redis only connections were counted: whether any failed is not known.'];
  expect(quietWords(summary({ notes }), now)).toBe(
    `Nothing that was counted failed since ${formatClock(at(3, 0))}.`,
  );
  expect(quietWords(summary({ counted: false, notes }), now)).toBe('Whether calls failed is not known.');
});
