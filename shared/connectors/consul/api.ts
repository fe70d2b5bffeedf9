import { PeerError } from '../kit/peerError.ts';
import type { Transport } from '../kit/transport.ts';
import { type Answer, errorOf, readAnswer, readBoolean, readTransaction } from './answers.ts';

/** Kinds of config entries that shape calls between services. */
export const entryKinds = [
  'proxy-defaults',
  'service-defaults',
  'service-resolver',
  'service-splitter',
  'service-router',
  'service-intentions',
] as const;
export type EntryKind = (typeof entryKinds)[number];

/** Which part of Consul is looked at; namespaces and partitions exist in Consul Enterprise only. */
export interface Scope {
  readonly datacenter: string | null;
  readonly namespace: string | null;
  readonly partition: string | null;
}

/** Wait for what is newer than an index, for at most so long. */
export interface Newer {
  /** Null asks for what there is now. */
  readonly index: bigint | null;
  readonly waitSeconds: number;
}

/** A change of one key, fenced by its index; 0 where it must not exist yet. */
export interface KeyOperation {
  readonly verb: 'cas' | 'delete-cas';
  readonly key: string;
  /** In base 64; null where it goes. */
  readonly value: string | null;
  readonly index: string;
}

/** One thing that a token may or may not do. */
export interface Right {
  readonly resource: 'service' | 'intention' | 'key' | 'node' | 'operator' | 'agent';
  readonly access: 'read' | 'write';
  /** A name; empty asks for every name. */
  readonly segment: string;
}

/** The part of Consul's HTTP API that Podium uses; no other file knows its paths. Everything throws `PeerError`. */
export interface ConsulApi {
  readonly route: string;
  agent(signal: AbortSignal): Promise<unknown>;
  leader(signal: AbortSignal): Promise<unknown>;
  datacenters(signal: AbortSignal): Promise<unknown>;
  /** The token itself; throws `unauthenticated` where Consul does not know it. */
  token(signal: AbortSignal): Promise<unknown>;
  /** One answer for each right, in their order. */
  authorize(rights: readonly Right[], signal: AbortSignal): Promise<unknown>;
  /** All nodes with their services and checks. */
  nodes(newer: Newer, signal: AbortSignal): Promise<Answer>;
  entries(kind: EntryKind, newer: Newer, signal: AbortSignal): Promise<Answer>;
  /** As the leader has it now. */
  entry(kind: EntryKind, name: string, signal: AbortSignal): Promise<unknown>;
  /** Replaces the whole entry if it still has this index; false when it has not. */
  putEntry(content: unknown, modifyIndex: string, signal: AbortSignal): Promise<boolean>;
  /** Makes an entry; false where there is one already. */
  createEntry(content: unknown, signal: AbortSignal): Promise<boolean>;
  /** Takes an entry away if it still has this index; false when it has not. */
  deleteEntry(kind: EntryKind, name: string, modifyIndex: string, signal: AbortSignal): Promise<boolean>;
  /** Consul's own time, epoch ms, never ahead of it; null while no answer told it. */
  serverNow(): number | null;
  /** Every key below a prefix, with its value in base 64; `notFound` where there is none. */
  keys(prefix: string, signal: AbortSignal): Promise<unknown>;
  /** All or none of these changes of keys; false where one of the indexes moved. */
  transaction(operations: readonly KeyOperation[], signal: AbortSignal): Promise<boolean>;
  /** How Consul compiles the entries of a service into a way for its calls. */
  chain(service: string, signal: AbortSignal): Promise<unknown>;
}

/** Speaks to one Consul by a transport that carries the token. */
export function createApi(asked: Transport, scope: Scope): ConsulApi {
  const { route } = asked;
  let ahead: number | null = null;
  const transport: Transport = {
    route,
    async request(request) {
      const answer = await asked.request(request);
      // Whole seconds, and past already when they arrive: only the time counted since is added.
      const at = Date.parse(answer.headers['date'] ?? '');
      if (Number.isFinite(at)) ahead = at - performance.now();
      return answer;
    },
  };

  async function write(content: unknown, cas: string, signal: AbortSignal): Promise<boolean> {
    const answer = await transport.request({
      method: 'PUT',
      path: pathOf('/v1/config', { cas }),
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(content),
      signal,
    });
    return readBoolean(answer, route, 'Writing the entry');
  }

  function pathOf(path: string, more: Readonly<Record<string, string>> = {}): string {
    const query = new URLSearchParams({
      ...(scope.datacenter === null ? {} : { dc: scope.datacenter }),
      ...(scope.namespace === null ? {} : { ns: scope.namespace }),
      ...(scope.partition === null ? {} : { partition: scope.partition }),
      ...more,
    }).toString();
    return query === '' ? path : `${path}?${query}`;
  }

  async function get(
    tried: string,
    path: string,
    signal: AbortSignal,
    more: Readonly<Record<string, string>> = {},
  ): Promise<unknown> {
    const answer = await transport.request({ method: 'GET', path: pathOf(path, more), signal });
    return readAnswer(answer, route, tried).body;
  }

  async function getNewer(tried: string, path: string, newer: Newer, signal: AbortSignal): Promise<Answer> {
    const { index, waitSeconds } = newer;
    const more: Record<string, string> =
      index === null ? {} : { index: String(index), wait: `${waitSeconds}s` };
    const answer = await transport.request({
      method: 'GET',
      path: pathOf(path, more),
      signal,
      // Consul adds up to a sixteenth of the wait, so that not all come back at once.
      timeoutMs: index === null ? 20_000 : Math.ceil(waitSeconds * 1_000 * (17 / 16)) + 15_000,
    });
    return readAnswer(answer, route, tried);
  }

  const segment = encodeURIComponent;

  return {
    route,
    agent: (signal) => get('Asking the agent about itself', '/v1/agent/self', signal),
    leader: (signal) => get('Asking for the leader', '/v1/status/leader', signal),
    datacenters: (signal) => get('Reading the data centres', '/v1/catalog/datacenters', signal),
    token: (signal) => get('Reading the token', '/v1/acl/token/self', signal),
    async authorize(rights, signal) {
      const answer = await transport.request({
        method: 'POST',
        path: pathOf('/v1/internal/acl/authorize'),
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(
          rights.map(({ resource, access, segment: name }) => ({
            Resource: resource,
            Access: access,
            Segment: name,
          })),
        ),
        signal,
        countsAs: 'review',
      });
      return readAnswer(answer, route, 'Asking what the token may do').body;
    },
    nodes: (newer, signal) => getNewer('Reading nodes and services', '/v1/internal/ui/nodes', newer, signal),
    entries: (kind, newer, signal) =>
      getNewer(`Reading ${kind} entries`, `/v1/config/${kind}`, newer, signal),
    entry: (kind, name, signal) =>
      get(`Reading ${kind} ${name}`, `/v1/config/${kind}/${segment(name)}`, signal, { consistent: '' }),
    async putEntry(content, modifyIndex, signal) {
      // An index of 0 would mean "create", whatever is there.
      if (!/^[1-9]\d*$/.test(modifyIndex))
        throw new PeerError('refused', 'The entry’s index is not known, so it cannot be changed safely.');
      return await write(content, modifyIndex, signal);
    },
    createEntry: (content, signal) => write(content, '0', signal),
    async deleteEntry(kind, name, modifyIndex, signal) {
      // Without a positive index Consul deletes whatever is there.
      if (!/^[1-9]\d*$/.test(modifyIndex))
        throw new PeerError('refused', 'The entry’s index is not known, so it cannot be deleted safely.');
      const answer = await transport.request({
        method: 'DELETE',
        path: pathOf(`/v1/config/${kind}/${segment(name)}`, { cas: modifyIndex }),
        signal,
      });
      return readBoolean(answer, route, 'Deleting the entry');
    },
    keys: (prefix, signal) =>
      get('Reading keys', `/v1/kv/${prefix.split('/').map(segment).join('/')}`, signal, { recurse: '' }),
    async transaction(operations, signal) {
      // Indexes are written as they were read: a double would round the largest.
      const body = operations.map(
        ({ verb, key, value, index }) =>
          `{"KV":{"Verb":"${verb}","Key":${JSON.stringify(key)},"Index":${BigInt(index)}${value === null ? '' : `,"Value":${JSON.stringify(value)}`}}}`,
      );
      const answer = await transport.request({
        method: 'PUT',
        path: pathOf('/v1/txn'),
        headers: { 'content-type': 'application/json' },
        body: `[${body.join(',')}]`,
        signal,
      });
      return readTransaction(answer, route);
    },
    serverNow: () => (ahead === null ? null : ahead + performance.now()),
    async chain(service, signal) {
      const path = `/v1/discovery-chain/${segment(service)}`;
      const { datacenter } = scope;
      const more: Record<string, string> = datacenter === null ? {} : { 'compile-dc': datacenter };
      const answer = await transport.request({ method: 'GET', path: pathOf(path, more), signal });
      if (answer.status !== 200) throw errorOf(answer, route, `Compiling the discovery chain of ${service}`);
      return readAnswer(answer, route, `Compiling the discovery chain of ${service}`).body;
    },
  };
}
