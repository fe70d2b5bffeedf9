import { expect, test } from 'vitest';
import { PeerError } from '../kit/peerError.ts';
import type { KubeObject } from '../kube/objects.ts';
import { createNetworkDenials } from './networkDenials.ts';

type Labels = Readonly<Record<string, string>>;
type Client = Parameters<typeof createNetworkDenials>[0];

const object = (kind: string, name: string, more: object, labels: Labels = {}): KubeObject => ({
  apiVersion: 'v1',
  kind,
  metadata: { name, namespace: 'shop', uid: name, resourceVersion: '1', labels },
  ...more,
});
const service = (name: string, selector: Labels = { app: name }) =>
  object('Service', name, { spec: { selector } });
const pod = (labels: Labels) => object('Pod', Object.values(labels).join('-'), {}, labels);
const policy = (spec: object) => object('NetworkPolicy', 'guards', { spec });
const closed = policy({ podSelector: { matchLabels: { app: 'payment' } }, policyTypes: ['Ingress'] });
const keptIn = policy({ podSelector: { matchLabels: { app: 'order' } }, policyTypes: ['Egress'] });

/** A cluster of one namespace that has these. */
function clusterOf(objects: readonly KubeObject[]): Client {
  const of = (kind: string) => objects.filter((one) => one.kind === kind);
  return {
    object({ kind }, _, name) {
      const found = of(kind).find(({ metadata }) => metadata.name === name);
      return found
        ? Promise.resolve(found)
        : Promise.reject(new PeerError('notFound', `${name} is not here`));
    },
    list({ kind }, namespace, _, query) {
      if (/[^\w.,=/-]/.test(query?.['labelSelector'] ?? ''))
        return Promise.reject(new PeerError('refused', 'unable to parse requirement'));
      const wanted = (query?.['labelSelector'] ?? '').split(',').filter((one) => one !== '');
      const found = of(kind).filter(({ metadata }) =>
        wanted.every((pair) =>
          Object.entries(metadata['labels'] ?? {}).some(([key, value]) => pair === `${key}=${value}`),
        ),
      );
      return Promise.resolve(namespace === 'shop' ? found : []);
    },
    read: () => Promise.resolve({ metadata: { labels: {} } }),
  };
}

const judge = (objects: readonly KubeObject[], caller = 'order') =>
  createNetworkDenials(clusterOf(objects)).judge(
    {
      callee: { namespace: 'shop', name: 'payment', hosts: [] },
      caller: { namespace: 'shop', name: caller },
      protocol: 'http',
    },
    AbortSignal.timeout(5_000),
  );

const order = [service('order'), pod({ app: 'order' })];

test.each([
  ['is scaled to nothing', [service('payment')]],
  ['has a Service without selector', [service('payment', {}), pod({ app: 'payment' })]],
  ['is nothing of this cluster’s', []],
])('nobody is cleared of a policy where the callee %s', async (_, callee) => {
  expect(await judge([closed, ...order, ...callee])).toMatchObject({
    outcome: 'unknown',
    text: 'There are NetworkPolicies in shop, but the pods of payment were not found: whether one is about them is not known.',
  });
  expect(await judge([...order, ...callee])).toMatchObject({ outcome: 'unruled' });
});

test('a caller whose pods are not found may be kept in by its own namespace', async () => {
  const payment = [service('payment'), pod({ app: 'payment' })];
  expect(await judge([keptIn, ...payment])).toMatchObject({
    outcome: 'maybe',
    policies: [{ name: 'guards' }],
    notes: ['The pods of order were not found.', expect.any(String)],
  });
  expect(await judge([keptIn, ...payment, ...order])).toMatchObject({ outcome: 'denied' });
});

test.each(['service.istio.io/canonical-name', 'app.kubernetes.io/name', 'app'])(
  'a workload without a Service is found by %s',
  async (label) => {
    const kept = policy({ podSelector: { matchLabels: { [label]: 'job' } }, policyTypes: ['Egress'] });
    const told = await judge(
      [kept, service('payment'), pod({ app: 'payment' }), pod({ [label]: 'job' })],
      'job',
    );
    expect(told).toMatchObject({ outcome: 'denied' });
  },
);

test('a caller whose Service selects nothing is found by its name', async () => {
  const found = [service('payment'), pod({ app: 'payment' }), service('order', {}), pod({ app: 'order' })];
  expect(await judge([keptIn, ...found])).toMatchObject({ outcome: 'denied' });
});

test('a name that is no label’s value asks for nothing', async () => {
  const found = [keptIn, service('payment'), pod({ app: 'payment' }), ...order];
  expect(await judge(found, 'order (old)')).toMatchObject({ outcome: 'maybe' });
});
