import { readFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { adminRules, type AccessRule, type KubeUser } from './access.ts';
import { type KubeServer, type KubeServerOptions, startKubeServer } from './server.ts';
import { createObjectStore, type KubeInput, type ObjectStore } from './store.ts';

/** What test/peers/record.ts kept of the real API server. */
export interface Recording {
  readonly user: string;
  readonly request: {
    readonly method: string;
    readonly path: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: unknown;
  };
  readonly response: { readonly status: number; readonly body: unknown; readonly lines?: readonly unknown[] };
}

const folder = new URL('../../../test/fixtures/kubernetes/', import.meta.url);
/** One recording by its name. */
export const recording = (name: string): Recording =>
  JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8')) as Recording;

const reads = ['get', 'list', 'watch'];
const shopRules: readonly AccessRule[] = [
  { verbs: reads, apiGroups: [''], resources: ['pods', 'services', 'events'], namespaces: ['shop'] },
  { verbs: reads, apiGroups: ['apps', 'networking.istio.io'], resources: ['*'], namespaces: ['shop'] },
];
const proxyRule: AccessRule = {
  verbs: ['get', 'create'],
  apiGroups: [''],
  resources: ['services/proxy'],
  namespaces: ['monitoring'],
};
const user = (
  name: string,
  rules: readonly AccessRule[],
  groups: readonly string[] = [],
): [string, KubeUser] => [name, { name, groups, rules }];
const tokens = new Map([
  user('admin', adminRules, ['system:masters']),
  user('viewer', [{ verbs: reads, apiGroups: ['*'], resources: ['*'] }, proxyRule]),
  user('shop-viewer', shopRules),
  user('shop-operator', [
    ...shopRules,
    {
      verbs: ['create', 'patch', 'update', 'delete'],
      apiGroups: ['networking.istio.io'],
      resources: ['*'],
      namespaces: ['shop'],
    },
  ]),
  user('nobody', []),
]);

/** Our server with the objects of the recordings in it. */
export interface Replayed extends AsyncDisposable {
  readonly server: KubeServer;
  readonly store: ObjectStore;
  answer(recorded: Recording, path?: string, body?: string): Promise<{ status: number; body: unknown }>;
}

/** Our server, holding the objects of the recordings. */
export async function startReplay(options: Pick<KubeServerOptions, 'serves'> = {}): Promise<Replayed> {
  const store = createObjectStore();
  for (const object of seeds()) store.put(object);
  const server = await startKubeServer({ store, tokens, proxies: () => undefined, ...options });
  return {
    server,
    store,
    answer: ({ user, request }, path = request.path, body) =>
      ask(`${server.url}${path}`, {
        method: request.method,
        headers: {
          ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
          ...request.headers,
          authorization: `Bearer ${user}`,
        },
        body: body ?? (request.body === undefined ? undefined : JSON.stringify(request.body)),
      }),
    [Symbol.asyncDispose]: () => server.close(),
  };
}

// fetch would name a user agent, and with it a manager, that the recordings do not have.
function ask(
  url: string,
  { body, ...options }: { method: string; headers: Record<string, string>; body: string | undefined },
): Promise<{ status: number; body: unknown }> {
  return new Promise((resolve, reject) => {
    // Node frames the body of a DELETE only where its length is given.
    const framed = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    const headers = { ...options.headers, ...framed };
    const request = httpRequest(url, { ...options, headers }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: parsed(text) }));
      response.on('error', reject);
    });
    request.on('error', reject);
    request.end(body);
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function seeds(): readonly KubeInput[] {
  const listed = (name: string, apiVersion: string, kind: string): KubeInput[] =>
    (recording(name).response.body as { items: object[] }).items.map(
      (item) => ({ ...item, apiVersion, kind }) as KubeInput,
    );
  const got = (name: string): KubeInput => recording(name).response.body as KubeInput;
  const named = (object: KubeInput, name: string): KubeInput => ({
    ...object,
    metadata: { ...object.metadata, name },
  });
  const service = (namespace: string, name: string, port: number): KubeInput => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace },
    spec: { ports: [{ port }] },
  });
  const pods = [...listed('list-first-page', 'v1', 'Pod'), ...listed('list-next-page', 'v1', 'Pod')];
  const deployment = got('get-deployment');
  const refunds: KubeInput = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'refunds', namespace: 'shop' },
    spec: { replicas: 1, selector: { matchLabels: { app: 'refunds', version: 'v1' } } },
    status: { replicas: 1 },
  };
  return [
    ...listed('list-from-cache', 'v1', 'Namespace'),
    ...pods,
    ...pods.map((pod) => named(pod, `z-${pod.metadata.name}`)),
    ...listed('list-by-label', 'v1', 'Service'),
    ...listed('list-endpointslices', 'discovery.k8s.io/v1', 'EndpointSlice'),
    ...listed('list-events', 'v1', 'Event'),
    named(listed('list-events', 'v1', 'Event')[0] as KubeInput, 'zz'),
    service('monitoring', 'prometheus', 9090),
    service('shop', 'empty', 80),
    deployment,
    refunds,
    got('get-destinationrule'),
    got('get-virtualservice'),
    named(got('get-virtualservice'), 'shop'),
  ];
}

/** Without what differs from one cluster and one moment to the next. */
export function timeless(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (key, inner: unknown) => {
      if (['remainingItemCount', 'generation', 'storageVersionHash'].includes(key)) return undefined;
      if (['continue', 'resourceVersion'].includes(key) && inner !== '') return key;
      if (typeof inner !== 'string') return inner;
      return inner
        .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'uid')
        .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'time')
        .replace(/version: \d+ \(\d+\)/, 'version: old (new)');
    }),
  );
}
