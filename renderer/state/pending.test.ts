import { beforeEach, expect, test } from 'vitest';
import type { Operation, SetProtections, Trip } from '../../shared/model/operation.ts';
import { addPending, discardPending, usePending } from './pending.ts';
import { reasonOf } from './setReview.ts';

const trip: Trip = {
  kind: 'trip',
  connectionId: 'c',
  call: { calleeId: 'c/shop/payment', host: 'payment', caller: null },
  mechanism: { kind: 'refuse', status: 503 },
  forSeconds: 300,
};
const form: SetProtections = {
  kind: 'setProtections',
  connectionId: 'c',
  serviceId: 'c/shop/payment',
  formId: 'limits',
  revision: '1',
  values: { connections: '10' },
};
const restart: Operation = {
  kind: 'changeWorkload',
  connectionId: 'c',
  serviceId: null,
  workload: { kind: 'Deployment', namespace: 'shop', name: 'payment', uid: 'u1' },
  revision: '1',
  action: { verb: 'restart' },
};
const pending = () => usePending.getState().changes;

beforeEach(() => usePending.setState({ changes: [], gathers: false }));

test('a second trip of the same calls takes the place of the first, with its reason', () => {
  addPending(trip, 'Trip calls to payment', 'INC-1');
  addPending({ ...trip, forSeconds: 600 }, 'Trip calls to payment', 'INC-2');
  expect(pending()).toMatchObject([{ operation: { forSeconds: 600 }, reason: 'INC-2' }]);
  const only = { id: 'c/shop/order', namespace: 'shop', name: 'order' };
  addPending({ ...trip, call: { ...trip.call, caller: only } }, 'Trip order → payment');
  expect(pending()).toHaveLength(2);
});

test('fields of one form that are asked for one after the other are put together', () => {
  addPending(form, 'Set limits');
  addPending({ ...form, revision: '2', values: { retries: null } }, 'Set limits');
  addPending({ ...form, formId: 'ejection', values: { errors: '5' } }, 'Set ejection');
  expect(pending().map(({ operation }) => operation)).toMatchObject([
    { formId: 'limits', revision: '2', values: { connections: '10', retries: null } },
    { formId: 'ejection', values: { errors: '5' } },
  ]);
});

test('what can be asked for again and again waits as often as it was asked for', () => {
  addPending(restart, 'Restart payment');
  addPending(restart, 'Restart payment');
  expect(pending()).toHaveLength(2);
  discardPending(pending()[0]?.id ?? '');
  expect(pending()).toHaveLength(1);
});

test('a set begins with the reasons of its changes, each once', () => {
  addPending(trip, 'Trip', 'INC-1');
  addPending(form, 'Set limits');
  addPending(restart, 'Restart', 'INC-1');
  addPending(restart, 'Restart', 'slow');
  expect(reasonOf({ kind: 'plan', items: pending() })).toBe('INC-1; slow');
  expect(reasonOf({ kind: 'undo', setId: 's' })).toBe('');
});
