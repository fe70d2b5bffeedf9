import { authorize, type ConsulUser } from './access.ts';
import { readHealth, readNodes, readService, readServices, readTopology, type Seen } from './catalog.ts';
import { compileChain } from './chain.ts';
import { deleteEntry, putEntry, readEntries, readEntry } from './entryRequests.ts';
import { deleteKey, putKey, readKeys } from './keyRequests.ts';
import { transact } from './keys.ts';
import { register, type Registration } from './registering.ts';
import { denied, json, parsed, type Asking, type Reply, type Route } from './replies.ts';
import type { ConsulState, Table } from './state.ts';

/** What a request is asked of, and who asks. */
export interface Asked {
  readonly state: ConsulState;
  /** Null for a token that nobody knows. */
  readonly user: ConsulUser | null;
  readonly version: string;
}

const unknownPath: Reply = { status: 404, text: 'Invalid URL path: not a recognized HTTP API endpoint\n' };
/** Finds who answers a request. */
export function routeOf({ state, user, version }: Asked, method: string, url: URL, body: string): Route {
  const at = (table: Table, answer: (asking: Asking) => Reply | Seen): Route => ({
    table,
    answer() {
      const meta = (index: number, leader: boolean): Record<string, string> => ({
        'x-consul-index': String(index),
        'x-consul-knownleader': String(leader),
        'x-consul-query-backend': 'blocking-query',
      });
      if (user === null) {
        const text = path === '/v1/acl/token/self' ? 'token does not exist: ACL not found' : 'ACL not found';
        return { status: 403, text, headers: meta(1, false) };
      }
      const given = answer({ state, user });
      const headers = meta(state.indexOf(table), true);
      if ('status' in given) return { ...given, headers: { ...headers, ...given.headers } };
      const filtered = given.filtered ? { 'x-consul-results-filtered-by-acls': 'true' } : {};
      return { status: 200, json: given.body, headers: { ...headers, ...filtered } };
    },
  });
  const plain = (answer: (asking: Asking) => Reply): Route => ({
    table: null,
    answer: () => (user === null ? { status: 403, text: 'ACL not found' } : answer({ state, user })),
  });
  const path = url.pathname;
  const { searchParams: query } = url;
  const rest = (prefix: string): string => decodeURIComponent(path.slice(prefix.length));

  if (method === 'GET') {
    if (path === '/v1/status/leader') return { table: null, answer: () => json('127.0.0.1:8300') };
    if (path === '/v1/catalog/datacenters') return { table: null, answer: () => json([state.datacenter]) };
    if (path === '/v1/agent/self') return plain((asking) => agentSelf(asking, version));
    if (path === '/v1/acl/token/self') return at('config', ({ user: known }) => json(tokenOf(known)));
    if (path === '/v1/internal/ui/nodes') return at('catalog', (one) => readNodes(one.state, one.user));
    if (path === '/v1/catalog/services') return at('catalog', (one) => readServices(one.state, one.user));
    if (path.startsWith('/v1/catalog/service/'))
      return at('catalog', (one) => readService(one.state, one.user, rest('/v1/catalog/service/')));
    for (const kind of ['service', 'connect'] as const) {
      const prefix = `/v1/health/${kind}/`;
      const how = { connect: kind === 'connect', passing: query.has('passing') };
      if (path.startsWith(prefix))
        return at('catalog', (one) => readHealth(one.state, one.user, rest(prefix), how));
    }
    if (path.startsWith('/v1/internal/ui/service-topology/')) {
      if (!query.has('kind')) return plain(() => ({ status: 400, text: 'Missing service kind' }));
      const name = rest('/v1/internal/ui/service-topology/');
      return at(
        'catalog',
        (one) => denied(one, 'service', 'read', name) ?? readTopology(one.state, one.user, name),
      );
    }
    if (path.startsWith('/v1/discovery-chain/')) {
      const name = rest('/v1/discovery-chain/');
      return at('config', (one) => denied(one, 'service', 'read', name) ?? json(compileChain(state, name)));
    }
  }
  if (path === '/v1/internal/acl/authorize' && method === 'POST') return plain((one) => answers(one, body));
  if (path === '/v1/config' && method === 'PUT') return plain((one) => putEntry(one, query, body));
  if (path.startsWith('/v1/config/')) {
    const [kind = '', name] = path.slice('/v1/config/'.length).split('/').map(decodeURIComponent);
    if (method === 'DELETE' && name !== undefined) return plain((one) => deleteEntry(one, query, kind, name));
    if (method === 'GET' && name === undefined) return readEntries(at, plain, kind);
    if (method === 'GET' && name !== undefined) return at('config', (one) => readEntry(one, kind, name));
  }
  if (path.startsWith('/v1/kv/')) {
    const key = rest('/v1/kv/');
    if (method === 'GET') return at('kv', (one) => readKeys(one, query, key));
    if (method === 'PUT') return plain((one) => putKey(one, query, key, body));
    if (method === 'DELETE') return plain((one) => deleteKey(one, query, key));
  }
  if (path === '/v1/txn' && method === 'PUT')
    return plain((one) => {
      const done = transact(state, one.user, parsed(body));
      return done === null
        ? { status: 400, text: 'Failed to parse body' }
        : { status: done.status, json: done.body };
    });
  if (path === '/v1/agent/service/register' && method === 'PUT') return plain((one) => registered(one, body));
  if (path.startsWith('/v1/agent/service/deregister/') && method === 'PUT')
    return plain((one) => deregistered(one, rest('/v1/agent/service/deregister/')));
  return { table: null, answer: () => unknownPath };
}

const tokenOf = ({ accessor, description }: ConsulUser): object => ({
  AccessorID: accessor,
  Description: description,
  Local: false,
});

/** What the agent is, to who may read it. */
function agentSelf(asking: Asking, version: string): Reply {
  const [node] = asking.state.nodes();
  const name = node?.Node ?? '';
  const Config = {
    Datacenter: asking.state.datacenter,
    NodeName: name,
    NodeID: node?.ID ?? '',
    Server: true,
    Version: version,
  };
  return denied(asking, 'agent', 'read', name) ?? json({ Config });
}

function answers({ user }: Asking, body: string): Reply {
  const questions = parsed(body);
  if (!Array.isArray(questions)) return { status: 400, text: 'Failed to decode request body' };
  try {
    return json(questions.map((question: unknown) => authorize(user, question)));
  } catch (error) {
    return { status: 400, text: error instanceof Error ? error.message : String(error) };
  }
}

function registered(asking: Asking, body: string): Reply {
  const given = parsed(body) as Registration | null;
  if (typeof given?.Name !== 'string') return { status: 400, text: 'Missing service name' };
  const refused = denied(asking, 'service', 'write', given.Name);
  if (refused === null) register(asking.state, asking.state.nodes()[0]?.Node ?? '', given);
  return refused ?? { status: 200, text: '' };
}

function deregistered(asking: Asking, id: string): Reply {
  const service = asking.state.services().find((one) => one.id === id);
  if (service === undefined)
    return {
      status: 404,
      text: `Unknown service ID ${JSON.stringify(id)}. Ensure that the service ID is passed, not the service name.`,
    };
  const refused = denied(asking, 'service', 'write', service.name);
  if (refused === null) asking.state.removeService(id);
  return refused ?? { status: 200, text: '' };
}
