import { expect, test } from 'vitest';
import type { AlertBoard } from '../../../shared/model/alert.ts';
import {
  buttonWords,
  emptyWords,
  matchersOf,
  otherLabels,
  phaseTone,
  reasonIn,
  usualMatchers,
} from './alertWords.ts';

const labels = {
  alertname: 'CallsFail',
  severity: 'critical',
  namespace: 'shop',
  service: 'payment',
  pod: 'payment-v2-abc',
};

test('a silence begins with what the alert is and where, not with what differs from instance to instance', () => {
  const chosen = usualMatchers({ labels, cutLabels: [] });
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
  expect(usualMatchers({ labels: { instance: 'a', disk: 'sda' }, cutLabels: [] })).toEqual([
    'instance',
    'disk',
  ]);
});

test('what is silenced is never drawn as trouble', () => {
  expect(phaseTone({ phase: 'silenced', severity: 'critical' })).toBe('muted');
  expect(phaseTone({ phase: 'firing', severity: 'critical' })).toBe('toneBad');
  expect(phaseTone({ phase: 'firing', severity: 'warning' })).toBe('toneWarn');
});

test('what only tells is drawn calm and is in no count', () => {
  expect(phaseTone({ phase: 'firing', severity: 'none' })).toBe('muted');
  const watchdog = { phase: 'firing', severity: 'none' } as AlertBoard['alerts'][number];
  expect(buttonWords({ ...boardOf('answers'), alerts: [watchdog] }, null)).toBe('Alerts');
});

test('name and severity are not repeated among the labels', () => {
  expect(otherLabels({ labels }).map(([name]) => name)).toEqual(['namespace', 'pod', 'service']);
});

const boardOf = (...states: readonly AlertBoard['sources'][number]['state'][]): AlertBoard => ({
  alerts: [],
  sources: states.map((state, place) => ({ id: `${place}`, title: `Alertmanager ${place}`, state })),
  problems: [],
});

test('only a source that answers says that no alert fires', () => {
  expect(emptyWords(boardOf('answers', 'silent'))).toBe('No alert fires, says Alertmanager 0.');
  expect(emptyWords(boardOf('silent'))).toBe(
    'Whether alerts fire is not known: no answer of Alertmanager 0.',
  );
  expect(emptyWords(boardOf('asked'))).toBeNull();
  expect(emptyWords(boardOf())).toBe('Nothing that is open tells of alerts.');
});

test('the way to the alerts stays while they cannot be read', () => {
  expect(buttonWords(boardOf('answers'), null)).toBeNull();
  expect(buttonWords(boardOf('silent'), null)).toBe('Alerts, not all read');
  expect(buttonWords({ ...boardOf('answers'), problems: ['2 came in another shape'] }, null)).toBe('Alerts');
  expect(buttonWords(null, 'the console is away')).toBe('Alerts, not all read');
});

test('a silence does not begin with a label that it cannot name', () => {
  const odd = { labels: { alertname: 'x', service: 's', 'service.name': 'y' }, cutLabels: ['service'] };
  expect(usualMatchers(odd)).toEqual(['alertname']);
  expect(usualMatchers({ labels: { 'service.name': 'y' }, cutLabels: [] })).toEqual([]);
});

test('a reason is read without the number that Podium finds its silence by', () => {
  expect(reasonIn('known · Podium 66bb75a0-edae-4a9a-bdbe-244df166aa48')).toBe('known · through Podium');
  expect(reasonIn('Podium is upgraded')).toBe('Podium is upgraded');
});
