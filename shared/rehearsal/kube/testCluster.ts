import { adminRules, type KubeUser, namespaceRules, viewerRules } from './access.ts';
import { type KubeServer, type KubeServerOptions, startKubeServer } from './server.ts';
import { createObjectStore, type KubeInput, type ObjectStore } from './store.ts';

/** A small cluster for the tests beside this code: one namespace, one service, one split. */
export interface TestCluster extends AsyncDisposable {
  readonly server: KubeServer;
  readonly store: ObjectStore;
  readonly tokens: Map<string, KubeUser>;
  ask(path: string, init?: Asked): Promise<Response>;
}

interface Asked extends RequestInit {
  readonly token?: string | null;
  /** Sent as JSON. */
  readonly json?: unknown;
}

/** The split of the shop's payment service. */
export const split = (v1 = 70, v2 = 30, name = 'payment'): KubeInput => ({
  apiVersion: 'networking.istio.io/v1',
  kind: 'VirtualService',
  metadata: { name, namespace: 'shop', labels: { app: name } },
  spec: {
    hosts: [name],
    http: [
      {
        route: [
          { destination: { host: name, subset: 'v1' }, weight: v1 },
          { destination: { host: name, subset: 'v2' }, weight: v2 },
        ],
      },
    ],
  },
});

/** Where the splits of the shop are. */
export const splits = '/apis/networking.istio.io/v1/namespaces/shop/virtualservices';

/** Starts it; every token is the name of its user. */
export async function startTestCluster(
  options: Partial<KubeServerOptions> & { readonly history?: number } = {},
): Promise<TestCluster> {
  const { history, ...rest } = options;
  const store = createObjectStore(history === undefined ? {} : { history });
  store.put({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } });
  store.put({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'bank' } });
  store.put({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'payment', namespace: 'shop' } });
  store.put(split(), { manager: 'kubectl-create' });
  const tokens = new Map<string, KubeUser>([
    ['admin', { name: 'admin', groups: ['system:masters'], rules: adminRules }],
    ['viewer', { name: 'viewer', rules: viewerRules }],
    ['limited', { name: 'limited', rules: namespaceRules('shop') }],
    ['expired', { name: 'admin', rules: adminRules, expiresAt: 1 }],
  ]);
  const server = await startKubeServer({ store, tokens, proxies: () => undefined, ...rest });
  return {
    server,
    store,
    tokens,
    ask(path, { token = 'admin', json, ...init } = {}) {
      const headers = new Headers(init.headers);
      if (token !== null) headers.set('authorization', `Bearer ${token}`);
      if (json !== undefined && !headers.has('content-type')) headers.set('content-type', 'application/json');
      const body = json === undefined ? {} : { body: JSON.stringify(json) };
      return fetch(`${server.url}${path}`, { ...init, ...body, headers });
    },
    [Symbol.asyncDispose]: () => server.close(),
  };
}

/** One line of a watch. */
export interface WatchLine {
  readonly type: string;
  readonly object: {
    readonly code?: number;
    readonly reason?: string;
    readonly message?: string;
    readonly metadata: {
      readonly name?: string;
      readonly resourceVersion?: string;
      readonly labels?: Readonly<Record<string, string>>;
      readonly annotations?: Readonly<Record<string, string>>;
    };
    readonly [field: string]: unknown;
  };
}

/** Reads a watch line by line until it ends; throws when it breaks off. */
export async function* linesOf(response: Response): AsyncGenerator<WatchLine> {
  let text = '';
  for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += chunk;
    const lines = text.split('\n');
    text = lines.pop() ?? '';
    for (const line of lines) yield JSON.parse(line) as WatchLine;
  }
}
