import { describe, expect, test } from 'vitest';
import type { OperatorOf } from '../support/bindRoles.ts';
import type { DocumentedRole } from '../support/documentedRoles.ts';
import { type ClusterUnderTest, paths } from './cluster.ts';
import { beginLed, canariesPath, canary, rollout, rolloutsPath } from './ledPayment.ts';
import { poll, signal } from './rollouts.ts';
import { serviceFor } from './routesPayment.ts';
import { changeOf, guardsOf } from './weights.ts';

/** What runs behind a Rollout, and who may lead it. */
export function ledInstancesConformance<Cluster extends ClusterUnderTest>(
  name: string,
  start: () => Promise<Cluster>,
  operatorOf: OperatorOf<Cluster>,
): void {
  async function begin(roles: readonly DocumentedRole[] | null = null) {
    const cluster = await start();
    return beginLed(cluster, roles === null ? cluster.settings : await operatorOf(cluster, roles));
  }

  describe(`what Rollouts run, and who leads them, on ${name}`, () => {
    test('are led by who has the documented role for it, and by nobody who may only look', async () => {
      await using led = await begin(['read', 'rollouts']);
      const { namespace, call } = led.cluster;
      for (const verb of ['pause', 'resume', 'promote', 'abort', 'retry', 'promoteFull'] as const) {
        const plan = await led.act({ verb });
        expect(guardsOf(plan), verb).toMatchObject({ access: 'pass', 'dry-run': 'pass' });
        await led.control.apply(plan, signal);
        expect(await led.control.verify(changeOf(plan), signal), verb).toMatchObject({ state: 'after' });
      }
      await call('POST', paths(namespace).services, serviceFor(namespace, 'order', { app: 'order' }));
      await call('POST', canariesPath(namespace), canary(namespace));
      for (const verb of ['pause', 'resume'] as const) {
        const plan = await led.act({ verb }, 'order');
        expect(guardsOf(plan), verb).toMatchObject({ access: 'pass', 'dry-run': 'pass' });
        await led.control.apply(plan, signal);
      }
      await using looking = await begin(['read']);
      for (const verb of ['pause', 'abort'] as const)
        expect(guardsOf(await looking.act({ verb })), verb).toMatchObject({ access: 'block' });
    });

    test('are found behind a Service that alternates, or by the Deployment they refer to', async () => {
      await using led = await begin();
      const { namespace, call } = led.cluster;
      const template = {
        metadata: { labels: { app: 'stock', version: 'v3' } },
        spec: { containers: [{ name: 'app', image: 'registry.example.com/stock:v3' }] },
      };
      await call('POST', `/apis/apps/v1/namespaces/${namespace}/deployments`, {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'stock', namespace },
        spec: { replicas: 0, selector: { matchLabels: { app: 'stock' } }, template },
      });
      for (const [name, selector] of [
        ['stock', { app: 'stock' }],
        ['stock-ping', { ping: 'yes' }],
      ] as const)
        await call('POST', paths(namespace).services, serviceFor(namespace, name, selector));
      await call('POST', rolloutsPath(namespace), {
        ...(rollout(namespace) as object),
        metadata: { name: 'stock', namespace },
        spec: {
          workloadRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'stock' },
          strategy: { canary: { pingPong: { pingService: 'stock-ping', pongService: 'stock-pong' } } },
        },
      });
      for (const service of ['stock', 'stock-ping'])
        expect(await led.view(service)).toMatchObject({
          ref: { kind: 'Rollout', name: 'stock' },
          version: 'v3',
        });
    });

    for (const kind of ['Deployment', 'ReplicaSet'] as const)
      test(`that leave their template to a ${kind} show the instances that they run themselves`, async () => {
        await using led = await begin();
        const { namespace, call } = led.cluster;
        const labels = { app: 'stock', version: 'v3' };
        const spec = {
          nodeName: 'n1',
          containers: [{ name: 'app', image: 'registry.example.com/stock:v3' }],
        };
        const selector = (more: object = {}) => ({ matchLabels: { app: 'stock', ...more } });
        const apps = `/apis/apps/v1/namespaces/${namespace}`;
        await call('POST', `${apps}/${kind.toLowerCase()}s`, {
          apiVersion: 'apps/v1',
          kind,
          metadata: { name: 'stock', namespace },
          spec: {
            replicas: 0,
            selector: selector({ 'left-to': 'the-rollout' }),
            template: { metadata: { labels: { ...labels, 'left-to': 'the-rollout' } }, spec },
          },
        });
        await call('POST', paths(namespace).services, serviceFor(namespace, 'stock', { app: 'stock' }));
        const { metadata } = (await call('POST', rolloutsPath(namespace), {
          ...(rollout(namespace) as object),
          metadata: { name: 'stock', namespace },
          spec: { workloadRef: { apiVersion: 'apps/v1', kind, name: 'stock' }, strategy: { canary: {} } },
        })) as { readonly metadata: { readonly uid: string } };
        const owner = {
          apiVersion: 'argoproj.io/v1alpha1',
          kind: 'Rollout',
          name: 'stock',
          uid: metadata.uid,
        };
        const hash = { 'rollouts-pod-template-hash': '5dfbb8f8f8' };
        const own = (await call('POST', `${apps}/replicasets`, {
          apiVersion: 'apps/v1',
          kind: 'ReplicaSet',
          metadata: {
            name: 'stock-5dfbb8f8f8',
            namespace,
            ownerReferences: [{ ...owner, controller: true }],
          },
          spec: {
            replicas: 1,
            selector: selector(hash),
            template: { metadata: { labels: { ...labels, ...hash } }, spec },
          },
        })) as { readonly metadata: { readonly name: string; readonly uid: string } };
        // Where a controller runs it makes this one itself, and takes one of two away again.
        const { name, uid } = own.metadata;
        await call('POST', `/api/v1/namespaces/${namespace}/pods`, {
          apiVersion: 'v1',
          kind: 'Pod',
          metadata: {
            name: 'stock-5dfbb8f8f8-byhand',
            namespace,
            labels: { ...labels, ...hash },
            ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name, uid, controller: true }],
          },
          spec,
        });
        const view = await poll(
          () => led.view('stock'),
          ({ instances }) => instances.length === 1,
        );
        expect(view).toMatchObject({ ref: { kind: 'Rollout', name: 'stock' }, version: 'v3' });
        expect(view.instances[0]?.name).toMatch(/^stock-5dfbb8f8f8-/);
        expect(view.verbs).not.toContain('drain');
      });
  });
}
