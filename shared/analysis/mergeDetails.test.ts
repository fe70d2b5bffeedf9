import { expect, test } from 'vitest';
import type { CallView, ServiceDetail } from '../model/inspect.ts';
import type { InstanceObservation } from '../model/topology.ts';
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
const systemOf = (id: string): string => (id.startsWith('dc1/') ? 'Consul dc1' : 'Kubernetes east');

const timeout = { kind: 'timeout', text: '2 s', evidence: 'declared', observed: null } as const;
const call = (callerId: string, calleeId: string, more: Partial<CallView> = {}): CallView => ({
  callId: callId(callerId, calleeId),
  otherId: calleeId,
  otherName: 'payment',
  health: 'unknown',
  protections: [],
  missing: [],
  unknown: null,
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
  const { callsOut } = mergeDetails(both, index, systemOf);
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

test('what protects a call is unknown only where no system can tell', () => {
  const unknown = 'not known: the caller has no sidecar';
  expect(merged({ unknown }, {})?.unknown).toBe(unknown);
  expect(merged({ unknown }, { missing: ['no limit'] })).toMatchObject({
    unknown: null,
    missing: ['no limit'],
  });
});

test('a call from a service to its own face is none', () => {
  const details = [detail(order, [call(order, ordered)]), detail(ordered, [])];
  expect(mergeDetails(details, index, systemOf).callsOut).toEqual([]);
});

test('a call of a service to itself is one', () => {
  const details = [detail(order, [call(order, order)]), detail(ordered, [])];
  expect(mergeDetails(details, index, systemOf).callsOut).toHaveLength(1);
});

test('the verdict is that of the system which knows it worst off', () => {
  const failing = detail(ordered, []);
  const verdict = { ...failing.verdict, health: 'failing', causeId: paid } as const;
  const { serviceId, verdict: told } = mergeDetails(
    [detail(order, []), { ...failing, verdict }],
    index,
    systemOf,
  );
  expect([serviceId, told.health, told.causeId]).toEqual([order, 'failing', payment]);
});

test('an instance that two systems list is one, named by both, and ready only where neither says otherwise', () => {
  const instance = (name: string, more: Partial<InstanceObservation>): InstanceObservation => ({
    namespace: 'shop',
    name,
    uid: name,
    workload: 'order',
    version: null,
    ready: true,
    reason: null,
    restarts: null,
    lastRestartAt: null,
    startedAt: null,
    node: null,
    ...more,
  });
  const pods = [
    instance('order-a', { address: '10.1.2.3', restarts: 0, node: 'n1' }),
    instance('order-b', { address: '10.1.2.4' }),
    instance('order-c', {}),
  ];
  const registered = [
    instance('order-a-8080', { address: '10.1.2.3:8080', version: 'v2', node: 'virtual' }),
    instance('order-b-8080', { address: '10.1.2.4:8080', ready: false, reason: 'check “up” is critical' }),
    instance('order-vm-8080', { address: '10.9.9.9:8080' }),
    instance('order-vm-8081', { address: '10.9.9.9:8081' }),
  ];
  const details = [
    { ...detail(order, []), instances: pods },
    { ...detail(ordered, []), instances: registered },
  ];
  const listedBy = ['Kubernetes east', 'Consul dc1'];
  expect(mergeDetails(details, index, systemOf).instances).toEqual([
    { ...pods[0], version: 'v2', listedBy },
    { ...pods[1], ready: false, reason: 'Consul dc1: check “up” is critical', listedBy },
    pods[2],
    registered[2],
    registered[3],
  ]);
});
