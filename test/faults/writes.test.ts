import { expect, test } from 'vitest';
import { PeerError } from '../../shared/connectors/kit/peerError.ts';
import { openCluster, until } from '../conformance/cluster.ts';
import {
  changeOf,
  guardsOf,
  ready,
  sharesOf,
  shift,
  signal,
  splitOf,
  weightsOf,
} from '../conformance/weights.ts';
import { isWrite, path, scene, split, stored, storedWeights, writes } from './writesHarness.ts';

test('M01 of two operators who planned from the same state one writes, and the other sees all three versions', async () => {
  await using here = await scene();
  await using other = await openCluster(here.cluster.settings);
  const control = weightsOf(here.open.mesh);
  const seen = await split(here);
  const theirs = await weightsOf(other.mesh).plan(
    shift(await splitOf(other.mesh, here.cluster.namespace, ready), [80, 20]),
    signal,
  );
  const ours = await control.plan(shift(seen, [95, 5]), signal);
  await weightsOf(other.mesh).apply(theirs, signal);
  await expect(control.apply(ours, signal)).rejects.toMatchObject({ kind: 'conflict' });
  expect(storedWeights(here)).toEqual([[null], [80, 20]]);
  const again = await control.plan(shift(seen, [95, 5]), signal);
  expect(again.threeWay).toMatchObject({
    seen: [70, 30],
    now: [80, 20],
    wanted: [95, 5],
    titles: ['v1', 'v2'],
  });
  expect(guardsOf(again)).toMatchObject({ changed: 'tick' });
  await control.apply(again, signal);
  expect(storedWeights(here)).toEqual([[null], [95, 5]]);
});

test('M03 an answer that never comes leaves the write unknown, and reading tells that it was made, once', async () => {
  await using here = await scene();
  const control = weightsOf(here.open.mesh);
  const plan = await control.plan(shift(await split(here), [95, 5]), signal);
  here.cluster.server.faults.add({ kind: 'dropAfterApply' }, isWrite);
  await expect(control.apply(plan, signal)).rejects.toMatchObject({ kind: 'unanswered' });
  expect(writes(here)).toBe(1);
  expect(await control.verify(changeOf(plan), signal)).toMatchObject({ state: 'after' });
});

test('M03 a write that got no answer and was not made is read back as before', async () => {
  await using here = await scene();
  const control = weightsOf(here.open.mesh);
  const plan = await control.plan(shift(await split(here), [95, 5]), signal);
  here.cluster.server.faults.add({ kind: 'stall' }, isWrite);
  const giveUp = AbortSignal.timeout(200);
  await expect(control.apply(plan, giveUp)).rejects.toThrow();
  expect(writes(here)).toBe(1);
  expect(await control.verify(changeOf(plan), signal)).toMatchObject({ state: 'before' });
});

test('M04 a route list that was reordered meanwhile is not written by position', async () => {
  await using here = await scene();
  const control = weightsOf(here.open.mesh);
  const seen = await split(here);
  const plan = await control.plan(shift(seen, [95, 5]), signal);
  const document = stored(here);
  const spec = document['spec'] as { readonly http: readonly unknown[] };
  here.cluster.store.put({ ...document, spec: { ...spec, http: spec.http.toReversed() } });
  await expect(control.apply(plan, signal)).rejects.toMatchObject({ kind: 'conflict' });
  expect(storedWeights(here)).toEqual([[70, 30], [null]]);
  // Even without the revision, as in a copied patch: the route itself is tested.
  const bare = changeOf(plan).patch.filter((step) => step.path !== '/metadata/resourceVersion');
  const answer = await fetch(`${here.cluster.server.url}${path(here)}`, {
    method: 'PATCH',
    headers: { authorization: 'Bearer admin', 'content-type': 'application/json-patch+json' },
    body: JSON.stringify(bare),
  });
  expect(answer.status).toBe(422);
  // Planned again, the route is found by its name at its new place.
  const again = await control.plan(shift(seen, [95, 5]), signal);
  expect(guardsOf(again)).toMatchObject({ changed: 'pass' });
  await control.apply(again, signal);
  expect(storedWeights(here)).toEqual([[95, 5], [null]]);
});

test('M04 a route without a name that is another one now is not written', async () => {
  await using here = await scene();
  const document = stored(here);
  const spec = document['spec'] as { readonly http: readonly Readonly<Record<string, unknown>>[] };
  const unnamed = spec.http.map(({ name: _, ...route }) => route);
  here.cluster.store.put({ ...document, spec: { ...spec, http: unnamed } });
  const control = weightsOf(here.open.mesh);
  const isIt = (one: { readonly route: { readonly title: string } }): boolean =>
    one.route.title === 'route 2';
  const splits = await until(
    (stop) => control.watch(stop, () => undefined),
    (all) => all.some(isIt),
  );
  const seen = splits.find(isIt);
  if (seen === undefined) throw new Error('the split is gone');
  const route = [
    { destination: { host: 'payment', subset: 'v2' }, weight: 70 },
    { destination: { host: 'payment', subset: 'v1' }, weight: 30 },
  ];
  here.cluster.store.put({ ...stored(here), spec: { ...spec, http: [unnamed[0], { route }] } });
  const plan = await control.plan(shift(seen, [95, 5]), signal);
  expect(guardsOf(plan)).toMatchObject({ changed: 'block' });
});

test('M05 weights that make no sense are refused in words, and the server is never asked', async () => {
  await using here = await scene();
  const control = weightsOf(here.open.mesh);
  const seen = await split(here);
  const asked = here.cluster.server.requests.length;
  for (const [weights, words] of [
    [[0, 0], /zero/],
    [[-5, 105], /below zero/],
    [[101, 0], /add up to 101, the document's to 100/],
    [[33.5, 66.5], /whole numbers/],
    [[100], /2 destinations, and 1 weights/],
    [[50, 25, 25], /2 destinations, and 3 weights/],
    [[70, 30], /nothing to change/],
  ] as const) {
    const refusal: unknown = await control
      .plan(shift(seen, [...weights]), signal)
      .catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(PeerError);
    expect(refusal).toMatchObject({ kind: 'refused', message: expect.stringMatching(words) as unknown });
  }
  expect(
    here.cluster.server.requests.slice(asked).filter((request) => !/list|watch/.test(request.verb)),
  ).toEqual([]);
});

test('M05 a sum other than 100 is kept as found', async () => {
  await using here = await scene();
  const document = stored(here);
  const spec = document['spec'] as { readonly http: readonly Readonly<Record<string, unknown>>[] };
  const route = [
    { destination: { host: 'payment', subset: 'v1' }, weight: 3 },
    { destination: { host: 'payment', subset: 'v2' }, weight: 1 },
  ];
  here.cluster.store.put({
    ...document,
    spec: { ...spec, http: [spec.http[0], { ...spec.http[1], route }] },
  });
  const control = weightsOf(here.open.mesh);
  const seen = await split(here, (one) => ready(one) && one.destinations[0]?.weight === 3);
  await expect(control.plan(shift(seen, [95, 5]), signal)).rejects.toMatchObject({ kind: 'refused' });
  const plan = await control.plan(shift(seen, [2, 2]), signal);
  expect(sharesOf(plan).destinations.map((one) => one.share)).toEqual([0.5, 0.5]);
});

for (const [title, fault, kind, words] of [
  [
    'is denied by the webhook',
    {
      kind: 'answer',
      code: 400,
      message: 'admission webhook "validation.istio.io" denied the request: configuration is invalid',
    },
    'refused',
    /denied the request/,
  ],
  [
    'finds the webhook gone',
    {
      kind: 'answer',
      code: 500,
      message: 'Internal error occurred: failed calling webhook "validation.istio.io": connection refused',
    },
    'broken',
    /failed calling webhook/,
  ],
  [
    'is forbidden although the review allowed it',
    { kind: 'answer', code: 403, message: 'virtualservices "payment" is forbidden: quota' },
    'forbidden',
    /not allowed/,
  ],
  [
    'meets a namespace that is going away',
    { kind: 'answer', code: 409, message: 'namespace shop is being terminated' },
    'conflict',
    /terminated/,
  ],
] as const) {
  test(`M14 a write that ${title} after a good dry run changes nothing and says so`, async () => {
    await using here = await scene();
    const control = weightsOf(here.open.mesh);
    const plan = await control.plan(shift(await split(here), [95, 5]), signal);
    expect(guardsOf(plan)).toMatchObject({ 'dry-run': 'pass' });
    const before = stored(here);
    here.cluster.server.faults.add(fault, isWrite);
    const refusal: unknown = await control.apply(plan, signal).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ kind, message: expect.stringMatching(words) as unknown });
    expect(stored(here)).toEqual(before);
    expect(await control.verify(changeOf(plan), signal)).toMatchObject({ state: 'before' });
  });
}

test('M14 a refusal of the dry run is a guard that blocks, in the peer’s words', async () => {
  await using here = await scene();
  const seen = await split(here);
  here.cluster.server.faults.webhook = 'unreachable';
  const plan = await weightsOf(here.open.mesh).plan(shift(seen, [95, 5]), signal);
  const guard = plan.guards.find((one) => one.id === 'dry-run');
  expect(guard).toMatchObject({
    verdict: 'block',
    detail: expect.stringMatching(/failed calling webhook/) as unknown,
  });
});

test('M14 who may only look is told so before anything is tried', async () => {
  await using here = await scene('viewer');
  const plan = await weightsOf(here.open.mesh).plan(shift(await split(here), [95, 5]), signal);
  expect(guardsOf(plan)).toMatchObject({ access: 'block' });
  expect(here.cluster.server.requests.filter((request) => request.verb === 'patch')).toEqual([]);
});

test('M19 undone twice, the second is refused; the undo can itself be undone', async () => {
  await using here = await scene();
  const control = weightsOf(here.open.mesh);
  const undo = control.planUndo;
  if (undo === undefined) throw new Error('the control has no undo');
  const operation = shift(await split(here), [95, 5]);
  const plan = await control.plan(operation, signal);
  await control.apply(plan, signal);
  await split(here, (one) => one.destinations[0]?.weight === 95);
  const back = await undo(operation, [changeOf(plan)], signal);
  await control.apply(back, signal);
  await split(here, (one) => one.destinations[0]?.weight === 70);
  await expect(undo(operation, [changeOf(plan)], signal)).rejects.toMatchObject({
    kind: 'refused',
    message: expect.stringMatching(/nothing to undo/) as unknown,
  });
  expect(writes(here)).toBe(2);
  const forward = await undo(operation, [changeOf(back)], signal);
  await control.apply(forward, signal);
  expect(storedWeights(here)).toEqual([[null], [95, 5]]);
});

test('M19 a document made anew under the same name is not what was written', async () => {
  await using here = await scene();
  const control = weightsOf(here.open.mesh);
  const operation = shift(await split(here), [95, 5]);
  const plan = await control.plan(operation, signal);
  await control.apply(plan, signal);
  const { metadata, ...rest } = stored(here);
  here.cluster.store.remove('virtualservices', here.cluster.namespace, 'payment');
  here.cluster.store.put({ ...rest, metadata: { name: metadata.name, namespace: here.cluster.namespace } });
  expect(await control.verify(changeOf(plan), signal)).toMatchObject({
    state: 'else',
    detail: expect.stringMatching(/made anew/) as unknown,
  });
  await expect(control.apply(plan, signal)).rejects.toMatchObject({ kind: 'conflict' });
});

test('M19 a weight that was absent before is taken away again', async () => {
  await using here = await scene();
  const document = stored(here);
  const spec = document['spec'] as { readonly http: readonly Readonly<Record<string, unknown>>[] };
  const route = [
    { destination: { host: 'payment', subset: 'v1' }, weight: 100 },
    { destination: { host: 'payment', subset: 'v2' } },
  ];
  here.cluster.store.put({
    ...document,
    spec: { ...spec, http: [spec.http[0], { ...spec.http[1], route }] },
  });
  const before = stored(here)['spec'];
  const control = weightsOf(here.open.mesh);
  const seen = await split(here, (one) => ready(one) && one.destinations[1]?.weight === null);
  const operation = shift(seen, [95, 5]);
  const plan = await control.plan(operation, signal);
  expect(changeOf(plan).patch).toContainEqual({ op: 'add', path: '/spec/http/1/route/1/weight', value: 5 });
  await control.apply(plan, signal);
  await split(here, (one) => one.destinations[1]?.weight === 5);
  const undo = await control.planUndo?.(operation, [changeOf(plan)], signal);
  if (undo === undefined) throw new Error('the control has no undo');
  await control.apply(undo, signal);
  expect(stored(here)['spec']).toEqual(before);
});

test('C11 a change planned on one connection is not written through another', async () => {
  await using here = await scene();
  const plan = await weightsOf(here.open.mesh).plan(shift(await split(here), [95, 5]), signal);
  const elsewhere = plan.changes.map((change) => ({
    ...change,
    document: { ...change.document, connectionId: 'another' },
  }));
  await expect(
    weightsOf(here.open.mesh).apply({ ...plan, changes: elsewhere }, signal),
  ).rejects.toMatchObject({ kind: 'refused' });
  // The same names on another cluster are another document: its uid is part of the patch.
  await using there = await scene();
  await expect(weightsOf(there.open.mesh).apply(plan, signal)).rejects.toMatchObject({ kind: 'conflict' });
  expect([writes(here), storedWeights(there)]).toEqual([0, [[null], [70, 30]]]);
});
