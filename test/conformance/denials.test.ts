import { describe, expect, test } from 'vitest';
import { isRefused, policyOf } from '../../shared/rehearsal/traffic/policies.ts';
import { documentedRules } from '../support/documentedRoles.ts';
import { openCluster } from './cluster.ts';
import { denialsConformance } from './denials.ts';
import { startSimulatedCluster } from './simulatedCluster.ts';

const service = (name: string) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace: 'shop' },
  spec: { selector: { app: name }, ports: [{ name: 'http', port: 8080, targetPort: 8080 }] },
});

denialsConformance('the rehearsal', async () => {
  const cluster = await startSimulatedCluster();
  for (const app of ['edge', 'order']) {
    await cluster.call('POST', '/api/v1/namespaces/shop/services', service(app));
    await cluster.run({ app, version: 'v1', instances: 1, sidecar: true });
  }
  const opened = await openCluster(cluster.settings);
  return {
    opened,
    call: (method, path, body) => cluster.call(method, path, body),
    statusOf(path) {
      const policies = [...cluster.store.list('authorizationpolicies')]
        .flatMap((object) => policyOf(object) ?? [])
        .filter((policy) => policy.governs('shop', { app: 'edge' }));
      const asked = { method: 'GET', path, authority: 'edge', port: 8080, headers: {} };
      return Promise.resolve(isRefused(policies, null, asked) ? 403 : 200);
    },
    async [Symbol.asyncDispose]() {
      await opened[Symbol.asyncDispose]();
      await cluster[Symbol.asyncDispose]();
    },
  };
});

const judged = {
  callee: { namespace: 'shop', name: 'edge', hosts: [] },
  caller: { namespace: 'shop', name: 'order' },
  protocol: 'http' as const,
};

test.each([true, false])('the documented role is enough to judge, and less is said (%s)', async (isWhole) => {
  await using cluster = await startSimulatedCluster();
  for (const app of ['edge', 'order']) {
    await cluster.call('POST', '/api/v1/namespaces/shop/services', service(app));
    await cluster.run({ app, version: 'v1', instances: 1, sidecar: true });
  }
  const about = ['authorizationpolicies', 'networkpolicies'];
  const rules = documentedRules('read').filter(
    ({ resources }) => isWhole || !resources.some((one) => about.includes(one)),
  );
  const reviews = {
    verbs: ['create'],
    apiGroups: ['authorization.k8s.io', 'authentication.k8s.io'],
    resources: ['*'],
  };
  cluster.tokens.set('reader', { name: 'reader', rules: [...rules, reviews] });
  await using opened = await openCluster(cluster.settingsFor('reader'));
  const outcome = isWhole ? 'unruled' : 'unknown';
  for (const session of [opened.mesh, opened.root])
    expect(await session.denials?.judge(judged, AbortSignal.timeout(10_000))).toMatchObject({ outcome });
});

describe('behind a waypoint', () => {
  const api = '/apis/security.istio.io/v1/namespaces/shop/authorizationpolicies';
  const named = 'AuthorizationPolicy shop/attached';

  /** Edge and order in ambient mode, with a policy that denies everything at edge's Service. */
  async function openAmbient() {
    const cluster = await startSimulatedCluster();
    for (const app of ['edge', 'order']) {
      await cluster.call('POST', '/api/v1/namespaces/shop/services', service(app));
      await cluster.run({ app, version: 'v1', instances: 1 });
    }
    for (const pod of [...cluster.store.list('pods')])
      await cluster.call('PATCH', `/api/v1/namespaces/shop/pods/${pod.metadata.name}`, {
        metadata: { annotations: { 'ambient.istio.io/redirection': 'enabled' } },
      });
    await cluster.call('POST', api, {
      apiVersion: 'security.istio.io/v1',
      kind: 'AuthorizationPolicy',
      metadata: { name: 'attached', namespace: 'shop' },
      spec: {
        targetRefs: [{ group: '', kind: 'Service', name: 'edge' }],
        action: 'DENY',
        rules: [{ from: [{ source: { namespaces: ['shop'] } }] }],
      },
    });
    return cluster;
  }
  const useWaypoint = { metadata: { labels: { 'istio.io/use-waypoint': 'wp' } } };

  test.each([
    {
      name: 'nobody heeds what is attached to a Service that has none',
      isLabelled: false,
      outcome: 'unruled',
      text: 'No AuthorizationPolicy that Podium knows of refuses order; a 403 may be the application’s own.',
    },
    {
      name: 'one that is not there is not blamed',
      isLabelled: true,
      outcome: 'maybe',
      text: `Whether ${named} refuses order depends on whether calls go through waypoint shop/wp.`,
    },
  ])('$name', async ({ isLabelled, outcome, text }) => {
    await using cluster = await openAmbient();
    if (isLabelled) await cluster.call('PATCH', '/api/v1/namespaces/shop', useWaypoint);
    await using opened = await openCluster(cluster.settings);
    const told = await opened.mesh.denials?.judge(judged, AbortSignal.timeout(10_000));
    expect(told).toMatchObject({ outcome, text });
    if (outcome === 'maybe')
      expect(told?.policies.map((one) => one.text)).toEqual([
        `may be denied by ${named}: depends on whether calls go through waypoint shop/wp`,
      ]);
  });

  test('instances that see the waypoint’s identity are not said to admit or refuse the caller’s', async () => {
    await using cluster = await openAmbient();
    await cluster.call('DELETE', `${api}/attached`);
    await cluster.call('PATCH', '/api/v1/namespaces/shop', useWaypoint);
    await cluster.call('POST', api, {
      apiVersion: 'security.istio.io/v1',
      kind: 'AuthorizationPolicy',
      metadata: { name: 'selecting', namespace: 'shop' },
      spec: {
        selector: { matchLabels: { app: 'edge' } },
        rules: [{ from: [{ source: { principals: ['cluster.local/ns/shop/sa/wp'] } }] }],
      },
    });
    await using opened = await openCluster(cluster.settings);
    const told = await opened.mesh.denials?.judge(judged, AbortSignal.timeout(10_000));
    expect(told?.outcome).toBe('maybe');
    expect(told?.notes).toContain(
      'Calls to edge in ambient mode go through waypoint shop/wp: its instances see the waypoint’s identity, not the caller’s.',
    );
  });
});
