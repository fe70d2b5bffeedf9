import { describe, expect, test } from 'vitest';
import { documentedRules } from '../support/documentedRoles.ts';
import { openCluster } from './cluster.ts';
import { type SimulatedCluster, startSimulatedCluster } from './simulatedCluster.ts';

const namespace = 'shop';

const service = (name: string) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace },
  spec: { selector: { app: name }, ports: [{ name: 'http', port: 8080, targetPort: 8080 }] },
});

interface Shop {
  readonly caller?: { readonly sidecar: boolean } | null;
  readonly instances?: number;
  /** Instances of edge without a proxy, beside those that have one. */
  readonly bare?: number;
  readonly rootNamespace?: string;
  readonly policies: readonly {
    readonly spec: object;
    readonly namespace?: string;
    readonly dryRun?: string;
  }[];
}

async function startShop({
  caller,
  instances = 1,
  bare = 0,
  rootNamespace,
  policies,
}: Shop): Promise<SimulatedCluster> {
  const cluster = await startSimulatedCluster();
  for (const app of ['edge', 'order'])
    await cluster.call('POST', `/api/v1/namespaces/${namespace}/services`, service(app));
  await cluster.run({ app: 'edge', version: 'v1', instances, sidecar: true });
  if (bare > 0) await cluster.run({ app: 'edge', version: 'v2', instances: bare });
  await cluster.run({ app: 'order', version: 'v1', instances: 1, sidecar: true });
  if (caller?.sidecar === false) await cluster.run({ app: 'order', version: 'v2', instances: 1 });
  if (rootNamespace !== undefined)
    cluster.store.put({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'istio', namespace: 'istio-system' },
      data: { mesh: `rootNamespace: ${rootNamespace}\ntrustDomain: cluster.local\n` },
    });
  policies.forEach((policy, index) => {
    cluster.store.put({
      apiVersion: 'security.istio.io/v1',
      kind: 'AuthorizationPolicy',
      metadata: {
        name: `guard-${index}`,
        namespace: policy.namespace ?? namespace,
        annotations: policy.dryRun === undefined ? {} : { 'istio.io/dry-run': policy.dryRun },
      },
      spec: policy.spec,
    });
  });
  return cluster;
}

async function judge(
  shop: Shop,
  { callee = 'edge', isBlind = false }: { readonly callee?: string; readonly isBlind?: boolean } = {},
) {
  await using cluster = await startShop(shop);
  const reviews = { verbs: ['create'], apiGroups: ['authorization.k8s.io'], resources: ['*'] };
  const seeing = documentedRules('read').map((rule) => ({
    ...rule,
    resources: rule.resources.filter((one) => one !== 'pods'),
  }));
  cluster.tokens.set('blind', { name: 'blind', rules: [...seeing, reviews] });
  await using opened = await openCluster(isBlind ? cluster.settingsFor('blind') : cluster.settings);
  return await opened.mesh.denials?.judge(
    {
      callee: { namespace, name: callee, hosts: [] },
      caller: { namespace, name: 'order' },
      protocol: 'http',
    },
    AbortSignal.timeout(10_000),
  );
}

const selector = { matchLabels: { app: 'edge' } };
const denyAll = { action: 'DENY', rules: [{}] };
const allow = (source: object) => ({ selector, action: 'ALLOW', rules: [{ from: [{ source }] }] });

test('a policy that is only tried out refuses nobody, and is told', async () => {
  const note = 'AuthorizationPolicy shop/guard-0 is only tried out (istio.io/dry-run): it refuses nobody.';
  expect(await judge({ policies: [{ spec: denyAll, dryRun: 'true' }] })).toMatchObject({
    outcome: 'unruled',
    policies: [],
    notes: [note, expect.any(String)],
  });
  const both = [{ spec: { selector }, dryRun: '1' }, { spec: { selector, ...denyAll } }];
  expect(await judge({ policies: both })).toMatchObject({
    outcome: 'denied',
    policies: [{ name: 'guard-1' }],
    notes: expect.arrayContaining([note]) as unknown,
  });
  expect(await judge({ policies: [{ spec: denyAll, dryRun: 'false' }] })).toMatchObject({
    outcome: 'denied',
  });
});

test('a principal of a trust domain that may be the mesh’s own decides nothing', async () => {
  const spec = allow({ principals: ['prod.example.com/ns/shop/*'] });
  expect(await judge({ policies: [{ spec }] })).toMatchObject({
    outcome: 'maybe',
    policies: [
      { text: 'may be admitted by AuthorizationPolicy shop/guard-0: depends on the mesh’s trust domain' },
    ],
  });
});

test('a caller of whose instances one has no proxy is not known by its account', async () => {
  const policies = [{ spec: allow({ namespaces: [namespace] }) }];
  expect(await judge({ policies })).toMatchObject({ outcome: 'admitted' });
  expect(await judge({ policies, caller: { sidecar: false } })).toMatchObject({
    outcome: 'maybe',
    notes: ['order has instances without a proxy of Istio’s, which call without identity.'],
  });
});

test.each([
  ['without pods', { instances: 0 }, {}],
  ['whose pods may not be read', {}, { isBlind: true }],
])('a callee %s is not cleared of policies that select pods', async (_, shop, how) => {
  const unfound = {
    outcome: 'unknown',
    text: 'The pods of edge were not found, so it is not known which AuthorizationPolicies select them.',
  };
  const bySelector = { spec: { selector, ...denyAll } };
  expect(await judge({ ...shop, policies: [bySelector] }, how)).toMatchObject(unfound);
  // What admits nobody to all of the namespace may be made up for by one that selects.
  const forAll = { spec: {} };
  expect(await judge({ ...shop, policies: [forAll, bySelector] }, how)).toMatchObject(unfound);
  // Whether a proxy enforces anything there is not known either.
  const forNobodyKnown = (one: string) =>
    `Whether AuthorizationPolicy shop/${one} refuses order depends on whether instances of edge have a proxy of Istio’s, for its pods were not found.`;
  expect(await judge({ ...shop, policies: [{ spec: denyAll }, bySelector] }, how)).toMatchObject({
    outcome: 'maybe',
    text: forNobodyKnown('guard-0'),
  });
  expect(await judge({ ...shop, policies: [forAll] }, how)).toMatchObject({
    outcome: 'maybe',
    text: forNobodyKnown('guard-0'),
  });
});

test.each([
  ['one that denies', { selector, ...denyAll }],
  ['one that admits others only', allow({ namespaces: ['elsewhere'] })],
  ['one for all of the namespace', {}],
])('pods without a proxy heed no policy: %s', async (_, spec) => {
  const policies = [{ spec }];
  expect(await judge({ policies, instances: 0, bare: 2 })).toMatchObject({
    outcome: 'unruled',
    policies: [],
    notes: expect.arrayContaining([
      'AuthorizationPolicy shop/guard-0 would hold for edge, but none of its 2 pods has a proxy of Istio’s: nobody enforces it there.',
    ]) as unknown,
  });
  expect(await judge({ policies, instances: 0, bare: 1 })).toMatchObject({
    notes: expect.arrayContaining([
      'AuthorizationPolicy shop/guard-0 would hold for edge, but its pod has no proxy of Istio’s: nobody enforces it there.',
    ]) as unknown,
  });
  expect(await judge({ policies, bare: 2 })).toMatchObject({
    outcome: 'maybe',
    text: 'Whether AuthorizationPolicy shop/guard-0 refuses order depends on which instance answers.',
    policies: [{ name: 'guard-0' }],
    notes: expect.arrayContaining([
      '2 of 3 pods of edge have no proxy of Istio’s: there nobody enforces AuthorizationPolicy shop/guard-0.',
    ]) as unknown,
  });
  expect(await judge({ policies })).toMatchObject({ outcome: 'denied' });
});

test('what depends on the request as on the instance is told of both', async () => {
  const spec = { ...denyAll, rules: [{ to: [{ operation: { paths: ['/pay'] } }] }] };
  expect(await judge({ policies: [{ spec }], bare: 1 })).toMatchObject({
    outcome: 'maybe',
    text: 'Whether AuthorizationPolicy shop/guard-0 refuses order depends on the request, and on which instance answers.',
  });
});

test('a callee that is no Service is not cleared', async () => {
  expect(await judge({ policies: [{ spec: denyAll }] }, { callee: 'job' })).toMatchObject({
    outcome: 'unknown',
    text: 'job is no Service that was read here, so it is not known which AuthorizationPolicies hold for it.',
  });
});

test('policies of the whole mesh are where its settings say', async () => {
  const policies = [{ spec: denyAll, namespace: 'mesh-policies' }];
  const rootNamespace = 'mesh-policies';
  expect(await judge({ policies, rootNamespace })).toMatchObject({ outcome: 'denied' });
  expect(await judge({ policies: [{ spec: denyAll, namespace: 'istio-system' }], rootNamespace })).toEqual(
    expect.objectContaining({ outcome: 'unruled', notes: [] }),
  );
  expect(await judge({ policies })).toMatchObject({
    outcome: 'unruled',
    notes: [
      'Policies of the whole mesh are taken to be in istio-system: there is no ConfigMap istio-system/istio that says otherwise.',
    ],
  });
});

describe('where instances are of a revision', () => {
  const settings = (name: string, rootNamespace: string, place = 'istio-system') => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace: place },
    data: { mesh: `rootNamespace: ${rootNamespace}\n` },
  });
  const istiod = (revision: string, place: string) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `istiod-${revision}`,
      namespace: place,
      labels: { app: 'istiod', 'istio.io/rev': revision },
    },
    spec: { containers: [{ name: 'discovery' }] },
  });

  /** With instances of edge of these revisions, and a policy that denies everything in one namespace. */
  async function judgeAt(policyIn: string, revisions: readonly (string | null)[], ...objects: object[]) {
    const policies = [{ spec: denyAll, namespace: policyIn }];
    await using cluster = await startShop({ policies, instances: revisions.length });
    for (const object of objects) cluster.store.put(object as Parameters<typeof cluster.store.put>[0]);
    const edge = cluster.store
      .list('pods', namespace)
      .filter((pod) => pod.metadata.labels?.['app'] === 'edge');
    for (const [index, pod] of edge.entries())
      await cluster.call('PATCH', `/api/v1/namespaces/${namespace}/pods/${pod.metadata.name}`, {
        metadata: { annotations: { 'istio.io/rev': revisions[index] ?? null } },
      });
    await using opened = await openCluster(cluster.settings);
    return await opened.mesh.denials?.judge(
      {
        callee: { namespace, name: 'edge', hosts: [] },
        caller: { namespace, name: 'order' },
        protocol: 'http',
      },
      AbortSignal.timeout(10_000),
    );
  }

  const both = [settings('istio', 'mesh-a'), settings('istio-canary', 'mesh-b')];

  test('policies of the whole mesh are where the settings of that revision say', async () => {
    expect(await judgeAt('mesh-b', ['canary'], ...both)).toMatchObject({ outcome: 'denied' });
    expect(await judgeAt('mesh-a', ['canary'], ...both)).toMatchObject({ outcome: 'unruled', notes: [] });
    expect(await judgeAt('mesh-a', ['default'], ...both)).toMatchObject({ outcome: 'denied' });
  });

  test('the settings are looked for where its control plane runs', async () => {
    const plane = istiod('canary', 'istio-control');
    const there = settings('istio-canary', 'mesh-b', 'istio-control');
    expect(await judgeAt('mesh-b', ['canary'], plane, there)).toMatchObject({ outcome: 'denied' });
    // A pod that does not say is of the only one that runs.
    expect(await judgeAt('mesh-b', [null], plane, there)).toMatchObject({ outcome: 'denied' });
    expect(await judgeAt('mesh-b', ['canary'], plane)).toMatchObject({
      outcome: 'unruled',
      notes: [
        'Policies of the whole mesh are taken to be in istio-control: there is no ConfigMap istio-control/istio-canary that says otherwise.',
      ],
    });
  });

  test('a policy in the root namespace of one of two revisions holds for some instances only', async () => {
    expect(await judgeAt('mesh-b', ['default', 'canary'], ...both)).toMatchObject({
      outcome: 'maybe',
      text: 'Whether AuthorizationPolicy mesh-b/guard-0 refuses order depends on the revision of Istio that an instance is of (their root namespaces are mesh-a and mesh-b).',
    });
  });
});
