import { expect, test } from 'vitest';
import { matchersOf, otherLabels, phaseTone, usualMatchers } from './alertWords.ts';

const labels = {
  alertname: 'CallsFail',
  severity: 'critical',
  namespace: 'shop',
  service: 'payment',
  pod: 'payment-v2-abc',
};

test('a silence begins with what the alert is and where, not with what differs from instance to instance', () => {
  const chosen = usualMatchers({ labels });
  expect(chosen).toEqual(['alertname', 'namespace', 'service']);
  expect(matchersOf({ labels }, new Set(chosen))).toEqual(
    chosen.map((name) => ({
      name,
      value: labels[name as keyof typeof labels],
      isRegex: false,
      isEqual: true,
    })),
  );
});

test('where none of the usual labels is there, all of them are conditions', () => {
  expect(usualMatchers({ labels: { instance: 'a', disk: 'sda' } })).toEqual(['instance', 'disk']);
});

test('what is silenced is never drawn as trouble', () => {
  expect(phaseTone({ phase: 'silenced', severity: 'critical' })).toBe('muted');
  expect(phaseTone({ phase: 'firing', severity: 'critical' })).toBe('toneBad');
  expect(phaseTone({ phase: 'firing', severity: 'warning' })).toBe('toneWarn');
});

test('name and severity are not repeated among the labels', () => {
  expect(otherLabels({ labels }).map(([name]) => name)).toEqual(['namespace', 'pod', 'service']);
});
