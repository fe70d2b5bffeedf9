import { describe, expect, test } from 'vitest';
import { brokenNow, conditionInWords, firstWatch, readingInWords, watchOf } from './watchDraft.ts';

const calm = { errorRatio: 0.003, p99Ms: 121, requestsPerSecond: 60 };

describe('a watch to begin with', () => {
  test('leaves room above what is measured now', () => {
    const draft = firstWatch(calm, 'v2');
    expect(draft.conditions.map(({ text }) => text)).toEqual(['2', '190', '60']);
    expect(watchOf({ ...draft, on: true }, calm)).toEqual({
      request: {
        forSeconds: 600,
        conditions: [
          { kind: 'errors', version: 'v2', aboveRatio: 0.02 },
          { kind: 'latency', version: 'v2', aboveP99Ms: 190 },
        ],
      },
      problem: null,
    });
  });

  test('takes twice the errors where there are some already', () => {
    expect(firstWatch({ ...calm, errorRatio: 0.041 }, null).conditions[0]?.text).toBe('8.2');
  });

  test('proposes no limit for what nobody measures', () => {
    expect(firstWatch({ ...calm, p99Ms: null }, null).conditions[1]).toMatchObject({ on: false, text: '' });
    expect(firstWatch({ ...calm, errorRatio: null }, null).conditions[0]).toMatchObject({
      on: false,
      text: '',
    });
    expect(watchOf({ ...firstWatch(null, null), on: true }, null).problem).toMatch(/^Choose at least one/);
  });
});

test('a condition that holds already is not asked for, and says what is there', () => {
  const draft = { ...firstWatch({ ...calm, p99Ms: null }, null), on: true };
  const failing = { ...calm, errorRatio: 0.129 };
  expect(brokenNow({ kind: 'errors', on: true, text: '2' }, failing)).toBe('broken already: 12.9 % fail now');
  expect(watchOf(draft, failing).problem).toBe('Choose at least one condition to watch for.');
});

test.each(['0.2', 'abc'])('a watch of %s minutes is not understood', (minutes) => {
  expect(watchOf({ ...firstWatch(calm, null), on: true, minutes }, calm).problem).toMatch(
    /^Say for how long/,
  );
});

test('a watch that is off asks for nothing, whatever stands in it', () => {
  expect(watchOf({ ...firstWatch(calm, null), minutes: '' }, calm)).toEqual({ request: null, problem: null });
});

test('conditions and readings are said in their own units', () => {
  expect(conditionInWords({ kind: 'errors', version: 'v2', aboveRatio: 0.02 })).toBe('v2’s errors pass 2 %');
  expect(conditionInWords({ kind: 'latency', version: null, aboveP99Ms: 200 })).toBe('p99 passes 200 ms');
  expect(readingInWords({ kind: 'latency', version: null, aboveP99Ms: 200 }, 44)).toBe('44 ms now');
  expect(readingInWords({ kind: 'noTraffic', version: null, forSeconds: 60 }, null)).toBe('not counted yet');
});
