import { expect, test } from 'vitest';
import type { Alert } from '../../shared/model/alert.ts';
import { firingServices } from './alerts.ts';

const alert = (serviceId: string | null, name: string, severity: string | null): Alert => ({
  id: name,
  key: name,
  name,
  phase: 'firing',
  severity,
  since: null,
  labels: { alertname: name },
  cutLabels: [],
  summary: null,
  description: null,
  runbook: null,
  silencedBy: [],
  silences: [],
  connectionId: 'east',
  sourceId: 'east:alertmanager:0',
  source: 'Alertmanager',
  asOf: null,
  silenceable: true,
  serviceId,
  placed: '',
});

test('services of which an alert only tells need no attention, and a warning is no failure', () => {
  expect(
    firingServices([
      alert('payment', 'Down', 'critical'),
      alert('payment', 'Slow', 'warning'),
      alert('order', 'Slow', 'warning'),
      alert('stock', 'InfoInhibitor', 'none'),
      alert(null, 'Watchdog', 'none'),
    ]),
  ).toEqual([
    { serviceId: 'payment', name: 'Down', count: 2, isBad: true },
    { serviceId: 'order', name: 'Slow', count: 1, isBad: false },
  ]);
});
