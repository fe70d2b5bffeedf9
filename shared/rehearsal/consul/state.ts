import { isDeepStrictEqual } from 'node:util';

/** JSON as Consul writes it. */
export type Fields = Readonly<Record<string, unknown>>;

/** A machine that services are registered on. */
export interface Node {
  readonly ID: string;
  readonly Node: string;
  readonly Address: string;
  readonly TaggedAddresses: Fields;
  readonly Meta: Fields;
  readonly CreateIndex: number;
  readonly ModifyIndex: number;
}

/** A registered service, as `/v1/internal/ui/nodes` shows it. */
export interface Service {
  readonly node: string;
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  readonly body: Fields;
}

/** A check of a service or its node. */
export interface Check {
  readonly node: string;
  readonly id: string;
  readonly serviceId: string;
  readonly status: string;
  readonly body: Fields;
}

/** A config entry without its indexes and hash. */
export interface Entry {
  readonly kind: string;
  readonly name: string;
  readonly content: Fields;
  readonly createIndex: number;
  readonly modifyIndex: number;
}

export interface Pair {
  readonly key: string;
  readonly value: string;
  readonly flags: number;
  readonly createIndex: number;
  readonly modifyIndex: number;
}

/** What has an index of its own that can be waited for. */
export type Table = 'catalog' | 'config' | 'kv';

/** What one data centre holds. Every change moves one index, as Raft's does, and wakes who waits for its table. */
export interface ConsulState {
  readonly datacenter: string;
  nodes(): readonly Node[];
  services(): readonly Service[];
  checks(): readonly Check[];
  entries(kind: string): readonly Entry[];
  entry(kind: string, name: string): Entry | undefined;
  pairs(prefix: string): readonly Pair[];
  pair(key: string): Pair | undefined;
  putNode(node: Omit<Node, 'CreateIndex' | 'ModifyIndex'>): void;
  /** Registers a service, or registers it anew under the same id. */
  putService(node: string, body: Fields & { readonly ID: string; readonly Service: string }): void;
  putCheck(node: string, body: Fields & { readonly CheckID: string; readonly Status: string }): void;
  /** Takes a service and its checks away; false when it is not there. */
  removeService(id: string): boolean;
  /** A write that changes nothing moves nothing. */
  putEntry(kind: string, name: string, content: Fields): void;
  removeEntry(kind: string, name: string): void;
  putPair(key: string, value: string, flags: number): Pair;
  removePair(key: string): void;
  indexOf(table: Table): number;
  /** Called after every change. */
  subscribe(listener: (table: Table) => void): () => void;
}

/** An empty data centre. */
export function createState(datacenter: string): ConsulState {
  const nodes = new Map<string, Node>();
  const services = new Map<string, Service>();
  const checks = new Map<string, Check>();
  const entries = new Map<string, Entry>();
  const pairs = new Map<string, Pair>();
  const tables = new Map<Table, number>();
  const listeners = new Set<(table: Table) => void>();
  let index = 10;

  const move = (table: Table, change: (at: number) => void): void => {
    index += 1;
    change(index);
    tables.set(table, index);
    for (const listener of [...listeners]) listener(table);
  };
  const sorted = <T>(map: ReadonlyMap<string, T>): T[] =>
    [...map].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value);

  return {
    datacenter,
    nodes: () => sorted(nodes),
    services: () => sorted(services),
    checks: () => sorted(checks),
    entries: (kind) => sorted(entries).filter((one) => one.kind === kind),
    entry: (kind, name) => entries.get(`${kind}/${name}`),
    pairs: (prefix) => sorted(pairs).filter(({ key }) => key.startsWith(prefix)),
    pair: (key) => pairs.get(key),
    putNode(node) {
      move('catalog', (at) => nodes.set(node.Node, { ...node, CreateIndex: at, ModifyIndex: at }));
    },
    putService(node, body) {
      const key = `${node} ${body.ID}`;
      const before = services.get(key);
      const { CreateIndex, ModifyIndex: _, ...rest } = before?.body ?? {};
      if (isDeepStrictEqual(rest, body)) return;
      move('catalog', (at) =>
        services.set(key, {
          node,
          id: body.ID,
          name: body.Service,
          kind: typeof body['Kind'] === 'string' ? body['Kind'] : '',
          body: { ...body, CreateIndex: CreateIndex ?? at, ModifyIndex: at },
        }),
      );
    },
    putCheck(node, body) {
      const key = `${node} ${body.CheckID}`;
      const { CreateIndex, ModifyIndex: _, ...rest } = checks.get(key)?.body ?? {};
      if (isDeepStrictEqual(rest, body)) return;
      move('catalog', (at) =>
        checks.set(key, {
          node,
          id: body.CheckID,
          serviceId: typeof body['ServiceID'] === 'string' ? body['ServiceID'] : '',
          status: body.Status,
          body: { ...body, CreateIndex: CreateIndex ?? at, ModifyIndex: at },
        }),
      );
    },
    removeService(id) {
      const found = [...services].find(([, one]) => one.id === id);
      if (found === undefined) return false;
      move('catalog', () => {
        services.delete(found[0]);
        for (const [key, one] of checks)
          if (one.serviceId === id && one.node === found[1].node) checks.delete(key);
      });
      return true;
    },
    putEntry(kind, name, content) {
      const key = `${kind}/${name}`;
      const before = entries.get(key);
      if (before !== undefined && isDeepStrictEqual(before.content, content)) return;
      move('config', (at) =>
        entries.set(key, { kind, name, content, createIndex: before?.createIndex ?? at, modifyIndex: at }),
      );
    },
    removeEntry(kind, name) {
      if (entries.has(`${kind}/${name}`)) move('config', () => entries.delete(`${kind}/${name}`));
    },
    putPair(key, value, flags) {
      const before = pairs.get(key);
      if (before?.value === value && before.flags === flags) return before;
      move('kv', (at) =>
        pairs.set(key, { key, value, flags, createIndex: before?.createIndex ?? at, modifyIndex: at }),
      );
      return pairs.get(key) as Pair; // just put
    },
    removePair(key) {
      if (pairs.has(key)) move('kv', () => pairs.delete(key));
    },
    indexOf: (table) => tables.get(table) ?? 1,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
