import { renderToStaticMarkup } from 'react-dom/server';
import { afterEach, expect, test, vi } from 'vitest';
import type { Alert } from '../../../shared/model/alert.ts';
import { tellTimesIn } from '../../ui/format.ts';
import { AlertLine } from './AlertLine.tsx';

afterEach(() => {
  tellTimesIn('');
  vi.useRealTimers();
});

const alert: Alert = {
  id: 'a1',
  key: 'k1',
  connectionId: 'c',
  sourceId: 'c:alertmanager:0',
  source: 'Alertmanager',
  name: 'DiskFills',
  phase: 'silenced',
  severity: null,
  since: Date.UTC(2026, 10, 19, 14, 9),
  labels: {},
  cutLabels: [],
  summary: null,
  description: null,
  runbook: null,
  silencedBy: ['s1'],
  silences: [{ id: 's1', by: 'ines', why: '', until: Date.UTC(2026, 10, 29, 6, 30) }],
  asOf: Date.UTC(2026, 10, 20, 9, 0),
  silenceable: true,
  serviceId: null,
  placed: 'no service',
};

test('an alert, and a silence that ends another day, tell the day', () => {
  tellTimesIn('UTC');
  vi.useFakeTimers({ now: Date.UTC(2026, 10, 22, 18, 0) });
  const text = renderToStaticMarkup(<AlertLine alert={alert} />).replaceAll(/<[^>]*>/g, '');
  expect(text).toContain('since 19 Nov 2026, 14:09');
  expect(text).toContain('as of 20 Nov 2026, 09:00');
  expect(text).toContain('until 29 Nov 2026, 06:30');
});
