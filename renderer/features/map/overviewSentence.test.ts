import { expect, test } from 'vitest';
import type { Health, ServiceSignals } from '../../../shared/model/signals.ts';
import { overviewSentence } from './overviewSentence.ts';

const having = (health: Health): ServiceSignals => ({
  requestsPerSecond: 1,
  failedPerSecond: 0,
  errorRatio: 0,
  p50Ms: null,
  p90Ms: null,
  p99Ms: null,
  health,
  reasons: [],
  versions: {},
});

test('the overview counts services, calls and what is not well', () => {
  const signals = new Map([
    ['a', having('failing')],
    ['b', having('degraded')],
    ['c', having('healthy')],
  ]);
  const sentence = overviewSentence({
    shownServices: ['a', 'b', 'c'],
    allServices: 3,
    shownCalls: ['x'],
    signals,
  });
  expect(sentence).toBe('3 services · 1 call · 1 failing, 1 degraded');
});

test('a service without figures is said to be one, never healthy', () => {
  const sentence = overviewSentence({
    shownServices: ['a'],
    allServices: 1,
    shownCalls: [],
    signals: new Map(),
  });
  expect(sentence).toBe('1 service · 0 calls · 1 without figures');
});

test('what a filter hides is counted', () => {
  const signals = new Map([['a', having('healthy')]]);
  const sentence = overviewSentence({ shownServices: ['a'], allServices: 9, shownCalls: [], signals });
  expect(sentence).toBe('1 of 9 services · 0 calls · all healthy');
});
