import type { Behaviour, CallBehaviour, ExternalBehaviour, FleetBehaviour } from './behaviour.ts';
import type { RequestRow, TcpRow } from './counters.ts';
import { forgetEjections, newProxyState, type ProxyState } from './ejection.ts';
import { identityOf, nobody, type Identity } from './identity.ts';
import { atOnceLimit, refusedByLimit, sigmaOf } from './load.ts';
import type { AskedRequest } from './matching.ts';
import { asSeenBy, clusterOf, type Cluster, type MeshObjects, type MeshPod } from './mesh.ts';
import { isRefused, type Policy } from './policies.ts';
import { createKinds, type KindMix, type RequestKind } from './requestKinds.ts';
import type { Route, RouteTable } from './routes.ts';

/** A workload as it runs: what it is like, where it runs, how busy it is. */
export interface Program {
  readonly id: string;
  readonly identity: Identity;
  readonly labels: Readonly<Record<string, string>>;
  readonly behaviour: Behaviour;
  readonly sigma: number;
  readonly pods: readonly MeshPod[];
  /** Its pods, as senders of calls of their own. */
  readonly senders: readonly Sender[];
  readonly calls: readonly Link[];
  readonly choices: readonly Link[];
  /** What its proxies enforce on whoever calls it; null where they let everybody in. */
  readonly policies: readonly Policy[] | null;
  /** How busy it is, kept over changes of the mesh. */
  readonly load: ProgramLoad;
}

export interface ProgramLoad {
  arrived: number;
  perSecond: number;
  slowdown: number;
  refusedRatio: number;
}

/** Who sends: one pod of a link's caller, and its place among the caller's pods; nobody for what comes from outside. */
export interface Sender {
  readonly pod: MeshPod | null;
  readonly index: number;
}

/** A program's call to a host, with what its proxy knows of it. */
export interface Link {
  readonly caller: Program | null;
  readonly behaviour: CallBehaviour;
  readonly routes: readonly Route[] | null;
  /** Where calls go that no route governs. */
  readonly direct: Reach | null;
  readonly reaches: ReadonlyMap<Cluster, Reach>;
  /** Asked when this fails. */
  readonly instead: Link | null;
  /** By the host under which a request is counted that its own proxy answered. */
  readonly lost: Map<string, Map<number, RequestRow>>;
  readonly tcp: Map<number, TcpRow>;
  readonly state: { hangRatio: number };
  /** The route of a kind of request; null when none takes it. Only asked where routes govern the call. */
  routeFor(kind: RequestKind): Route | null;
  /** Whether a callee's proxies refuse this caller's requests. */
  isForbidden(callee: Program, kind: RequestKind): boolean;
}

/** A cluster as one caller's proxies see it. */
export interface Reach {
  readonly cluster: Cluster;
  readonly targets: readonly Target[];
  readonly external: (ExternalBehaviour & { readonly sigma: number }) | null;
  readonly sourceRows: Map<number, RequestRow>;
  readonly destinationRows: Map<number, RequestRow>;
  readonly state: ReachState;
  /** How many requests of one proxy can be under way. */
  readonly limit: number | null;
  /** One per pod of the caller, in their order; empty where nothing hangs on what a proxy remembers. */
  readonly proxies: readonly ProxyState[];
  /** Asked in this order while no instance of its own can be. */
  readonly instead: readonly Reach[];
}

export interface Target {
  readonly program: Program;
  readonly pod: MeshPod;
  readonly podIndex: number;
  readonly programIndex: number;
}

export interface ReachState {
  offered: number;
  accepted: number;
  busyMs: number;
  offeredAtOnce: number;
  overflowRatio: number;
  /** By the caller's pod. */
  readonly proxies: Map<string, ProxyState>;
  /** Which settings the proxies' knowledge was gathered under. */
  settings: string;
}

/** Everything that can be called and how, compiled from the objects. */
export interface Network {
  readonly programs: ReadonlyMap<string, Program>;
  readonly links: readonly Link[];
  readonly entries: readonly {
    readonly link: Link;
    readonly requestsPerSecond: number;
    readonly mix: KindMix;
  }[];
}

/** What stays when the mesh changes: loads and ejections. */
export interface Memory {
  readonly programs: Map<string, ProgramLoad>;
  readonly reaches: Map<string, ReachState>;
  readonly links: Map<string, { hangRatio: number }>;
}

/** Nothing remembered. */
export const createMemory = (): Memory => ({ programs: new Map(), reaches: new Map(), links: new Map() });

/** Joins what the objects say with what the programs are like. */
export function buildNetwork(
  mesh: MeshObjects,
  routes: RouteTable,
  behaviour: FleetBehaviour,
  memory: Memory,
): Network {
  const programs = new Map<string, Program>();
  const links: Link[] = [];
  const building = new Set<string>();

  const programOf = (id: string): Program | null => {
    const known = programs.get(id);
    if (known !== undefined) return known;
    const pods = mesh.podsByWorkload.get(id) ?? [];
    const first = pods[0];
    // A cycle of calls would never end; the call that closes it goes nowhere.
    if (first === undefined || building.has(id)) return null;
    const own = behaviourOf(first, behaviour);
    if (own === null) return null;
    building.add(id);
    const calls: Link[] = [];
    const choices: Link[] = [];
    const program: Program = {
      id,
      identity: identityOf(first),
      labels: first.labels,
      behaviour: own,
      sigma: sigmaOf(own.latency),
      pods,
      senders: pods.map((pod, index) => ({ pod, index })),
      calls,
      choices,
      policies: own.countedBy === undefined ? policiesOf(first, mesh) : null,
      load: remembered(memory.programs, id, newLoad),
    };
    calls.push(...own.calls.map((call) => linkOf(program, call)));
    choices.push(...(own.choices ?? []).map((call) => linkOf(program, call)));
    building.delete(id);
    programs.set(id, program);
    return program;
  };

  const reachOf = (caller: Program | null, shared: Cluster, http2: boolean): Reach => {
    const cluster = caller === null ? shared : asSeenBy({ ...caller.identity, ...caller }, shared, mesh);
    const targets: Target[] = [];
    cluster.workloads.forEach(({ id }, programIndex) => {
      const program = programOf(id);
      if (program === null) return;
      program.pods.forEach((pod, podIndex) => targets.push({ program, pod, podIndex, programIndex }));
    });
    const external = behaviour.externals[cluster.service.host];
    const state = remembered(memory.reaches, `${caller?.id ?? ''}>${cluster.id}`, newReachState);
    const proxies = proxiesOf(caller, cluster, state);
    const limit = atOnceLimit(cluster.limits, http2);
    state.overflowRatio = limit === null ? 0 : refusedByLimit(limit, state.offeredAtOnce);
    return {
      cluster,
      targets,
      external: external === undefined ? null : { ...external, sigma: sigmaOf(external.latency) },
      sourceRows: new Map(),
      destinationRows: new Map(),
      state,
      limit,
      proxies,
      instead: cluster.instead.map((other) => reachOf(caller, other, http2)),
    };
  };

  const linkOf = (caller: Program | null, call: CallBehaviour): Link => {
    const steers = caller !== null && caller.behaviour.countedBy === undefined;
    const governed = steers ? routes.routesOf(call.host) : null;
    const direct = governed === null ? clusterOf(call.host, null, mesh) : null;
    const http2 = call.protocol === 'grpc';
    const reaches = new Map<Cluster, Reach>();
    const named = governed?.flatMap(({ destinations, mirrors }) => [...destinations, ...mirrors]) ?? [];
    for (const { cluster } of named) {
      if (cluster !== null && cluster.exists && !reaches.has(cluster))
        reaches.set(cluster, reachOf(caller, cluster, http2));
    }
    const askInstead = typeof call.onFailure === 'object' ? call.onFailure.askInstead : null;
    const port = mesh.services.get(call.host)?.port ?? null;
    const { routeFor, isForbidden } = decisionsOf(caller, call, port, governed ?? []);
    const link: Link = {
      caller,
      behaviour: call,
      routes: governed,
      direct: direct === null ? null : reachOf(caller, direct, http2),
      reaches,
      instead: askInstead === null ? null : linkOf(caller, { ...call, host: askInstead, onFailure: 'fail' }),
      lost: new Map(),
      tcp: new Map(),
      state: remembered(memory.links, `${caller?.id ?? ''}>${call.host}`, () => ({ hangRatio: 0 })),
      routeFor,
      isForbidden,
    };
    links.push(link);
    return link;
  };

  for (const id of mesh.podsByWorkload.keys()) programOf(id);
  const mixOf = createKinds();
  const entries = behaviour.entries.map((entry) => ({
    link: linkOf(null, {
      host: entry.host,
      path: entry.path,
      protocol: 'http',
      perRequest: 1,
      onFailure: 'fail',
    }),
    requestsPerSecond: entry.requestsPerSecond,
    mix: mixOf(entry),
  }));
  return { programs, links, entries };
}

/** The clusters of a call, those that stand in for others included. */
export function reachesOf({ direct, reaches }: Link): readonly Reach[] {
  return [...reaches.values(), ...(direct === null ? [] : [direct])].flatMap((one) => [one, ...one.instead]);
}

/** What a caller's proxies remember of a cluster: only where it decides something, or is reported. */
function proxiesOf(caller: Program | null, cluster: Cluster, state: ReachState): readonly ProxyState[] {
  if (caller === null) return none;
  if (cluster.ejection === null && caller.pods.every(({ proxyConfig }) => proxyConfig === null)) {
    state.settings = '';
    return none;
  }
  const proxies = caller.pods.map(({ id }) => remembered(state.proxies, id, newProxyState));
  const settings = JSON.stringify([cluster.limits, cluster.ejection]);
  if (settings !== state.settings) for (const proxy of proxies) forgetEjections(proxy);
  state.settings = settings;
  return proxies;
}

const none: readonly ProxyState[] = [];

function policiesOf(pod: MeshPod, mesh: MeshObjects): readonly Policy[] | null {
  const policies = mesh.policies.filter((policy) => policy.governs(pod.namespace, pod.labels));
  return policies.length === 0 ? null : policies;
}

/** What a call's proxies decide by its kind: decided once for each, because requests are many and kinds are few. */
function decisionsOf(
  caller: Program | null,
  call: CallBehaviour,
  port: number | null,
  routes: readonly Route[],
): Pick<Link, 'routeFor' | 'isForbidden'> {
  const proxy = { labels: caller?.labels ?? {}, namespace: caller?.identity.namespace ?? '' };
  const method = call.protocol === 'grpc' ? 'POST' : (call.method ?? 'GET');
  const askedBy = ({ headers }: RequestKind): AskedRequest => ({
    authority: call.host,
    path: call.path,
    method,
    port,
    headers,
  });
  const chosen: (Route | null)[] = [];
  const verdicts = new Map<Program, boolean[]>();
  return {
    routeFor(kind) {
      const known = chosen[kind.index];
      if (known !== undefined) return known;
      const asked = askedBy(kind);
      return (chosen[kind.index] = routes.find((route) => route.accepts(asked, proxy)) ?? null);
    },
    isForbidden(callee, kind) {
      let known = verdicts.get(callee);
      if (known === undefined) verdicts.set(callee, (known = []));
      return (known[kind.index] ??= isRefused(
        callee.policies ?? [],
        caller?.identity ?? null,
        askedBy(kind),
      ));
    },
  };
}

/** Who is behind an identity-less caller. */
export const callerIdentity = (link: Link): Identity => link.caller?.identity ?? nobody;

function behaviourOf(pod: MeshPod, behaviour: FleetBehaviour): Behaviour | null {
  const { canonicalService } = identityOf(pod);
  const versions = behaviour.services[`${pod.namespace}/${canonicalService}`];
  if (versions === undefined) return null;
  return versions[pod.version] ?? Object.values(versions)[0] ?? null;
}

function remembered<T>(memory: Map<string, T>, key: string, create: () => T): T {
  const known = memory.get(key);
  if (known !== undefined) return known;
  const fresh = create();
  memory.set(key, fresh);
  return fresh;
}

const newLoad = (): ProgramLoad => ({ arrived: 0, perSecond: 0, slowdown: 1, refusedRatio: 0 });

const newReachState = (): ReachState => ({
  offered: 0,
  accepted: 0,
  busyMs: 0,
  offeredAtOnce: 0,
  overflowRatio: 0,
  proxies: new Map(),
  settings: '',
});
