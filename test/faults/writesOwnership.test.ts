import { expect, test } from 'vitest';
import { guardsOf, ready, shift, signal, weightsOf } from '../conformance/weights.ts';
import { annotate, scene, split, stored, writes } from './writesHarness.ts';

for (const [title, metadata, verdict, owner] of [
  [
    'Argo CD',
    {
      annotations: {
        'argocd.argoproj.io/tracking-id': 'shop:networking.istio.io/VirtualService:shop/payment',
      },
    },
    'tick',
    'argo-cd',
  ],
  [
    'Flux',
    {
      labels: {
        'kustomize.toolkit.fluxcd.io/name': 'shop',
        'kustomize.toolkit.fluxcd.io/namespace': 'flux-system',
      },
    },
    'tick',
    'flux',
  ],
  [
    'Helm',
    {
      annotations: { 'meta.helm.sh/release-name': 'shop' },
      labels: { 'app.kubernetes.io/managed-by': 'Helm' },
    },
    'tick',
    'helm',
  ],
  ['an instance label alone', { labels: { 'app.kubernetes.io/instance': 'shop' } }, 'pass', null],
] as const) {
  test(`M06 a document of ${title} is ${verdict === 'tick' ? 'written only after a tick that says what follows' : 'nobody’s'}`, async () => {
    await using here = await scene();
    await annotate(here, metadata);
    const seen = await split(
      here,
      (one) =>
        ready(one) &&
        (one.ownership?.owner ?? null) === owner &&
        one.revision === stored(here).metadata.resourceVersion,
    );
    const plan = await weightsOf(here.open.mesh).plan(shift(seen, [95, 5]), signal);
    expect(guardsOf(plan)).toMatchObject({ ownership: verdict });
    expect(plan.copies.command).toContain(
      'kubectl --context admin --namespace shop patch virtualservices.v1.networking.istio.io payment',
    );
  });
}

for (const [title, reference, owner] of [
  [
    'Flagger',
    { apiVersion: 'flagger.app/v1beta1', kind: 'Canary', name: 'payment', uid: 'u-1', controller: true },
    'flagger',
  ],
  [
    'another controller',
    { apiVersion: 'example.com/v1', kind: 'Release', name: 'payment', uid: 'u-2', controller: true },
    'controller',
  ],
] as const) {
  test(`M06 a document whose weights ${title} decides is read-only and says why`, async () => {
    await using here = await scene();
    await annotate(here, { ownerReferences: [reference] });
    const seen = await split(here, (one) => one.ownership?.owner === owner);
    expect(seen.readOnly).toMatch(/payment/);
    await expect(weightsOf(here.open.mesh).plan(shift(seen, [95, 5]), signal)).rejects.toMatchObject({
      kind: 'refused',
      message: expect.stringMatching(/read-only/) as unknown,
    });
    expect(writes(here)).toBe(0);
  });
}

test('M06 a document that Argo Rollouts wrote to is read-only, also where Rollouts cannot be listed', async () => {
  await using here = await scene();
  const { managedFields: _, ...metadata } = stored(here).metadata;
  here.cluster.store.put(
    { ...stored(here), metadata: { ...metadata, labels: { changed: 'yes' } } },
    { manager: 'rollouts-controller' },
  );
  const seen = await split(here, (one) => one.ownership?.owner === 'argo-rollouts');
  expect(seen.ownership?.decidesWeights).toBe(true);
  expect(seen.readOnly).toMatch(/Promote or abort/);
});
