import { expect, test } from 'vitest';
import type { CallView, ServiceDetail } from '../model/inspect.ts';
import { callId } from './entityIds.ts';
import type { FaceIndex } from './faces.ts';
import { mergeDetails } from './mergeDetails.ts';

const [order, payment] = ['east/shop/order', 'east/shop/payment'];
const [ordered, paid] = ['dc1/default/order', 'dc1/default/payment'];
const primaries = new Map([
  [ordered, order],
  [paid, payment],
]);
const index: FaceIndex = {
  joinsAny: true,
  primaryOf: (id) => primaries.get(id) ?? id,
  facesOf: (id) => [{ serviceId: primaries.get(id) ?? id, reason: null }],
};

const timeout = { kind: 'timeout', text: '2 s', evidence: 'declared', observed: null } as const;
const call = (callerId: string, calleeId: string, more: Partial<CallView> = {}): CallView => ({
  callId: callId(callerId, calleeId),
  otherId: calleeId,
  otherName: 'payment',
  health: 'unknown',
  protections: [],
  missing: [],
  fallback: null,
  ...more,
});
const detail = (serviceId: string, callsOut: CallView[]): ServiceDetail => ({
  serviceId,
  verdict: { health: 'unknown', headline: '', sentences: [], suggestions: [], causeId: null },
  use: null,
  instances: [],
  callsIn: [],
  callsOut,
  events: [],
  documents: [],
  provenance: [],
  unseen: null,
  protectable: true,
  problems: [],
});

/** The one call that two systems tell of, as the inspector lists it. */
function merged(first: Partial<CallView>, second: Partial<CallView>): CallView | undefined {
  const both = [detail(order, [call(order, payment, first)]), detail(ordered, [call(ordered, paid, second)])];
  const { callsOut } = mergeDetails(both, index);
  expect(callsOut).toHaveLength(1);
  return callsOut[0];
}

test('a call that two systems tell of has the health that one of them knows', () => {
  expect(merged({}, { health: 'failing' })).toMatchObject({
    callId: callId(order, payment),
    otherId: payment,
    health: 'failing',
  });
});

test('a call lacks only what no system that can tell has', () => {
  const lacking = { missing: ['no time-out', 'no limit'] };
  expect(merged(lacking, { protections: [timeout], missing: ['no limit'] })?.missing).toEqual(['no limit']);
  expect(merged({}, lacking)?.missing).toEqual(['no time-out', 'no limit']);
});

test('a call from a service to its own face is none', () => {
  const details = [detail(order, [call(order, ordered)]), detail(ordered, [])];
  expect(mergeDetails(details, index).callsOut).toEqual([]);
});

test('a call of a service to itself is one', () => {
  const details = [detail(order, [call(order, order)]), detail(ordered, [])];
  expect(mergeDetails(details, index).callsOut).toHaveLength(1);
});

test('the verdict is that of the system which knows it worst off', () => {
  const failing = detail(ordered, []);
  const verdict = { ...failing.verdict, health: 'failing', causeId: paid } as const;
  const { serviceId, verdict: told } = mergeDetails([detail(order, []), { ...failing, verdict }], index);
  expect([serviceId, told.health, told.causeId]).toEqual([order, 'failing', payment]);
});
