import type { PeersCoordinates } from '../coordinates.ts';
import { waitFor } from '../start/processes.ts';
import { userOf } from './askers.ts';
import { type Recorder, ask } from './recorder.ts';

const group = '/apis/gateway.networking.k8s.io/v1';
const routes = `${group}/namespaces/shop/httproutes`;
const route = `${routes}/till`;
const services = '/api/v1/namespaces/shop/services';
const jsonPatch = { 'content-type': 'application/json-patch+json' };
const backends = '/spec/rules/0/backendRefs';

interface Route {
  readonly metadata: { readonly generation: number };
  readonly status?: {
    readonly parents?: readonly {
      readonly conditions: readonly { readonly observedGeneration?: number }[];
    }[];
  };
}

/** Routes of the Gateway API: what the server fills in and refuses, and what istiod says of them. */
export async function recordRoutes(recorder: Recorder, peers: PeersCoordinates): Promise<void> {
  const admin = userOf(peers, 'admin');
  for (const name of ['till', 'till-v1', 'till-v2'])
    await ask(admin, {
      method: 'POST',
      path: services,
      body: {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name, namespace: 'shop' },
        spec: { selector: { app: 'till' }, ports: [{ name: 'http', port: 8080 }] },
      },
    });
  const document = (kind: string, matches: readonly unknown[]) => ({
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind,
    metadata: { name: 'till', namespace: 'shop', annotations: { note: 'kept' } },
    spec: {
      parentRefs: [{ group: '', kind: 'Service', name: 'till', port: 8080 }],
      rules: [
        {
          name: 'default',
          ...(matches.length === 0 ? {} : { matches }),
          backendRefs: [
            { name: 'till-v1', port: 8080, weight: 70 },
            { name: 'till-v2', port: 8080 },
          ],
        },
      ],
    },
  });
  const create = (name: string, plural: string, body: unknown) =>
    recorder.record(name, admin, {
      method: 'POST',
      path: `${group}/namespaces/shop/${plural}?fieldManager=podium`,
      body,
    });
  const patch = (name: string, body: unknown, query = '') =>
    recorder.record(name, admin, {
      method: 'PATCH',
      path: `${route}?fieldManager=podium${query}`,
      headers: jsonPatch,
      body,
    });
  /** Reads it once istiod has spoken of it as it is. */
  const read = async (name: string) => {
    await waitFor(`istiod’s word for ${name}`, { limitMs: 20_000 }, async () => {
      const { metadata, status } = JSON.parse((await ask(admin, { path: route })).text) as Route;
      const conditions = status?.parents?.flatMap((one) => one.conditions) ?? [];
      return conditions.some(({ observedGeneration }) => observedGeneration === metadata.generation);
    });
    await recorder.record(name, admin, { path: route });
  };
  const weight = (value: unknown) => [{ op: 'replace', path: `${backends}/0/weight`, value }];

  await create('route-create', 'httproutes', document('HTTPRoute', []));
  await create(
    'route-create-grpc',
    'grpcroutes',
    document('GRPCRoute', [{ method: { service: 'shop.Till' } }]),
  );
  await read('route-accepted');
  await patch('route-weight-negative', weight(-1));
  await patch('route-weight-too-large', weight(1_000_001));
  await patch('route-weight-text', weight('x'));
  await patch(
    'route-unknown-field-strict',
    [{ op: 'add', path: `${backends}/0/wieght`, value: 1 }],
    '&fieldValidation=Strict',
  );
  await patch('route-weight', [{ op: 'test', path: '/metadata/generation', value: 1 }, ...weight(95)]);
  await patch('route-weight-overtaken', [
    { op: 'test', path: '/metadata/generation', value: 1 },
    ...weight(5),
  ]);
  const annotate = [
    { op: 'test', path: '/metadata/generation', value: 2 },
    { op: 'test', path: '/metadata/annotations', value: { note: 'kept' } },
    { op: 'add', path: '/metadata/annotations/timeout.linkerd.io~1request', value: '3s' },
  ];
  await patch('route-annotate', annotate);
  await patch('route-annotate-overtaken', annotate);
  await patch('route-backend', [{ op: 'replace', path: `${backends}/1/name`, value: 'till-v3' }]);
  await read('route-backend-missing');
  for (const path of [route, `${group}/namespaces/shop/grpcroutes/till`])
    await ask(admin, { method: 'DELETE', path });
  for (const name of ['till', 'till-v1', 'till-v2'])
    await ask(admin, { method: 'DELETE', path: `${services}/${name}` });
}
