import { applyPatch } from 'rfc6902';
import { expect, test } from 'vitest';
import type { KubeObject } from '../objects.ts';
import { changeOf, hasMoved, roundedBy, stepsOf } from './change.ts';
import { readBack } from './readBack.ts';

const resource = {
  group: 'networking.istio.io',
  version: 'v1',
  plural: 'virtualservices',
  kind: 'VirtualService',
};
const object = (spec: unknown): KubeObject => ({
  apiVersion: 'networking.istio.io/v1',
  kind: 'VirtualService',
  metadata: { name: 'payment', namespace: 'shop', uid: 'u1', resourceVersion: '7' },
  spec,
});
const before = object({ http: [{ name: 'all', route: [{ weight: 70 }, { weight: 30 }] }] });
const after = object({
  http: [
    { name: 'podium-trip', fault: { abort: { httpStatus: 503 } } },
    { name: 'all', route: [{ weight: 70 }, { weight: 30 }] },
  ],
});
const edit = { action: 'patch', resource, before, after } as const;

test('a patch is fenced by uid and revision, and adds to a list without writing the rest of it', () => {
  const steps = stepsOf(edit);
  expect(steps.slice(0, 2)).toEqual([
    { op: 'test', path: '/metadata/uid', value: 'u1' },
    { op: 'test', path: '/metadata/resourceVersion', value: '7' },
  ]);
  expect(steps.filter(({ op }) => op !== 'test')).toEqual([
    {
      op: 'add',
      path: '/spec/http/0',
      value: { name: 'podium-trip', fault: { abort: { httpStatus: 503 } } },
    },
  ]);
});

test('the inverse of a patch brings the document back, from any later revision', () => {
  const { inverse } = changeOf('c1', { edit, withheld: false }, null);
  const live = structuredClone(after);
  Reflect.set(live.metadata, 'resourceVersion', '9');
  expect(applyPatch(live, inverse as Parameters<typeof applyPatch>[1]).filter((one) => one !== null)).toEqual(
    [],
  );
  expect(live['spec']).toEqual(before['spec']);
});

test('a change that holds a secret keeps neither values nor patch', () => {
  const change = changeOf('c1', { edit, withheld: true }, null);
  expect(change).toMatchObject({ patch: [], inverse: [], before: '', after: '', withheld: true });
});

test('reading back tells before, after and something else, and says when another part differs', () => {
  const change = changeOf('c1', { edit, withheld: false }, null);
  expect(readBack(change, before).state).toBe('before');
  expect(readBack(change, after)).toMatchObject({ state: 'after', detail: 'Read back as written.' });
  const beside = { ...after, spec: { ...(after['spec'] as object), hosts: ['payment'] } };
  expect(readBack(change, beside)).toMatchObject({
    state: 'after',
    detail: 'Read back as written; another part of the document differs.',
  });
  expect(readBack(change, object({ http: [] })).state).toBe('else');
  expect(readBack(change, { ...after, metadata: { ...after.metadata, uid: 'u2' } }).state).toBe('else');
  expect(readBack(change, null).state).toBe('else');
});

test('reading back a document that was made, or taken away', () => {
  const made = changeOf('c1', { edit: { action: 'create', resource, after: before }, withheld: false }, null);
  expect(readBack(made, null).state).toBe('before');
  expect(readBack(made, before).state).toBe('after');
  const gone = changeOf('c1', { edit: { action: 'delete', resource, before }, withheld: false }, null);
  expect(readBack(gone, null).state).toBe('after');
  expect(readBack(gone, before).state).toBe('before');
});

const large = 9_007_199_254_740_992;

test('H11 a number too large for JavaScript does not travel with an edit beside it, and is never written', () => {
  const read = object({ serial: large, http: [] });
  const beside = { ...edit, before: read, after: object({ serial: large, http: [{ name: 'all' }] }) };
  expect(roundedBy(beside)).toBeNull();
  expect(JSON.stringify(stepsOf(beside))).not.toContain(String(large));
  expect(roundedBy({ ...beside, after: object({ serial: large + 2, http: [] }) })).toBe('/spec/serial');
  expect(roundedBy({ ...beside, after: object({ http: [], nested: [{ serial: large }] }) })).toContain(
    'serial',
  );
});

test('the status of a workload moves its revision, not the fence of an edit', () => {
  const apps = { group: 'apps', version: 'v1', plural: 'deployments', kind: 'Deployment' };
  const deployment = (resourceVersion: string, generation: number, replicas: number): KubeObject => ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'payment', namespace: 'shop', uid: 'u1', resourceVersion, generation },
    spec: { replicas },
  });
  const scale = {
    action: 'patch',
    resource: apps,
    before: deployment('7', 3, 2),
    after: deployment('7', 3, 4),
  } as const;
  expect(stepsOf(scale).slice(0, 2)).toEqual([
    { op: 'test', path: '/metadata/uid', value: 'u1' },
    { op: 'test', path: '/metadata/generation', value: 3 },
  ]);
  expect(hasMoved(scale, deployment('9', 3, 2))).toBe(false);
  expect(hasMoved(scale, deployment('9', 4, 3))).toBe(true);
});

test.each(['gateway.networking.k8s.io', 'policy.linkerd.io'])(
  'what controllers write into the status of a route of %s moves no fence either',
  (group) => {
    const route = (resourceVersion: string, generation: number, weight: number): KubeObject => ({
      apiVersion: `${group}/v1`,
      kind: 'HTTPRoute',
      metadata: { name: 'payment', namespace: 'shop', uid: 'u1', resourceVersion, generation },
      spec: { weight },
    });
    const shift = {
      action: 'patch',
      resource: { group, version: 'v1', plural: 'httproutes', kind: 'HTTPRoute' },
      before: route('7', 3, 10),
      after: route('7', 3, 20),
    } as const;
    expect(hasMoved(shift, route('9', 3, 10))).toBe(false);
    expect(hasMoved(shift, route('9', 4, 11))).toBe(true);
  },
);

test('an edit of a pod is fenced by its uid, for its revision moves with its status', () => {
  const pods = { group: '', version: 'v1', plural: 'pods', kind: 'Pod' };
  const pod = (labels: Readonly<Record<string, string>>): KubeObject => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'payment-1', namespace: 'shop', uid: 'u1', resourceVersion: '7', labels },
  });
  const drain = {
    action: 'patch',
    resource: pods,
    before: pod({ app: 'a' }),
    after: pod({ app: 'b' }),
  } as const;
  expect(stepsOf(drain)).toEqual([
    { op: 'test', path: '/metadata/uid', value: 'u1' },
    { op: 'test', path: '/metadata/labels/app', value: 'a' },
    { op: 'replace', path: '/metadata/labels/app', value: 'b' },
  ]);
});

test('a deletion that a finalizer holds up was made all the same, and says what it waits for', () => {
  const gone = changeOf('c1', { edit: { action: 'delete', resource, before }, withheld: false }, null);
  const metadata = {
    ...before.metadata,
    deletionTimestamp: '2026-11-20T10:00:00Z',
    finalizers: ['example.test/keep'],
  };
  expect(readBack(gone, { ...before, metadata })).toMatchObject({
    state: 'after',
    detail: 'It is being deleted, and stays until example.test/keep let it go.',
  });
});

const route = (name: string, weight = 100) => ({ name, route: [{ destination: { host: name }, weight }] });

test.each([
  [
    'routes put in before every other',
    (i: number) => (i % 2 === 0 ? [route(`new${i}`), route(`r${i}`)] : null),
  ],
  ['every third taken away', (i: number) => (i % 3 === 0 ? [] : null)],
  ['every fourth changed', (i: number) => (i % 4 === 0 ? [route(`r${i}`, 1)] : null)],
  [
    'all changed, some taken away and some put in',
    (i: number) => (i % 5 === 0 ? [] : [route(`r${i}`, 2), route('x')]),
  ],
  ['two that changed places', (i: number) => (i === 3 ? [route('r700')] : i === 700 ? [route('r3')] : null)],
  ['repeated ones', (i: number) => (i % 7 === 0 ? [route('r1'), route('r1')] : null)],
])('a long list is compared at once, and its patch is right: %s', (_, made) => {
  const names = Array.from({ length: 1_000 }, (__, i) => i);
  const from = object({ http: names.map((i) => route(`r${i}`)) });
  const to = object({ http: names.flatMap((i) => made(i) ?? [route(`r${i}`)]) });
  // Of work, not on the clock: the machine may have other things to do.
  const began = process.threadCpuUsage();
  const steps = stepsOf({ action: 'patch', resource, before: from, after: to });
  expect(process.threadCpuUsage(began).user / 1000).toBeLessThan(2_000);
  const live = structuredClone(from);
  expect(applyPatch(live, steps as Parameters<typeof applyPatch>[1]).filter((one) => one !== null)).toEqual(
    [],
  );
  expect(live['spec']).toEqual(to['spec']);
});

test('the first annotation of a route is fenced by its revision: that there are none cannot be tested', () => {
  const route = {
    group: 'gateway.networking.k8s.io',
    version: 'v1',
    plural: 'httproutes',
    kind: 'HTTPRoute',
  };
  const bare: KubeObject = { ...before, kind: 'HTTPRoute', metadata: { ...before.metadata, generation: 3 } };
  const noted: KubeObject = { ...bare, metadata: { ...bare.metadata, annotations: { note: 'x' } } };
  const fences = (from: KubeObject, to: KubeObject) =>
    stepsOf({ action: 'patch', resource: route, before: from, after: to }).map(
      ({ op, path }) => `${op} ${path}`,
    );
  expect(fences(bare, noted).slice(0, 2)).toEqual(['test /metadata/uid', 'test /metadata/resourceVersion']);
  expect(fences(noted, bare).slice(0, 3)).toEqual([
    'test /metadata/uid',
    'test /metadata/generation',
    'test /metadata/annotations',
  ]);
});
