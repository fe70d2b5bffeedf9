import type { ObjectStore } from '../kube/store.ts';
import type { CallBehaviour, FleetBehaviour, QueueBehaviour } from './behaviour.ts';
import { createCounters, type Counters } from './counters.ts';
import { createEnvironments, type Environments } from './environment.ts';
import { envoyRowsOf, type EnvoyRow } from './envoyStats.ts';
import { movedIn, rampBetween, refusedAt, refusedByLimit, slowdownAt } from './load.ts';
import { readMesh, type MeshObjects } from './mesh.ts';
import { buildNetwork, createMemory, reachesOf, type Link, type Network, type Program } from './network.ts';
import { createRandom } from './random.ts';
import { kindOf } from './requestKinds.ts';
import { createRequests, outside } from './requests.ts';
import { compileRoutes, type RouteTable } from './routes.ts';
import type { CountBy } from './tally.ts';

/** A queue as it stands. */
export interface QueueState {
  readonly behaviour: QueueBehaviour;
  waiting: number;
  published: number;
  delivered: number;
}

/** The fleet's traffic: stepped by whoever owns the clock, reading what the operator writes from the store. */
export interface Traffic {
  /** Lets the time up to `atMs` happen. Requests are followed in bundles of about `bundle`; 1 is one by one. */
  step(atMs: number, bundle?: number): void;
  readonly counters: Counters;
  readonly queues: readonly QueueState[];
  readonly mesh: () => MeshObjects;
  readonly behaviour: FleetBehaviour;
  /** What proxies report of their clusters, of those that are told to. */
  envoyRows(): readonly EnvoyRow[];
  /** Multiplies what comes in from outside. */
  setDemand(factor: number): void;
  /** Route configurations that proxies refused so far. */
  refusedRoutes(): number;
  /** Requests a second that arrive from outside at this moment, on average. */
  demandAt(atMs: number): number;
  close(): void;
}

/** How long a write takes to reach the proxies; a real istiod needs 0.1 to 0.4 s. */
const propagationMs = 300;
const settlingMs = 3_000;
const longestStepMs = 20_000;

/** Traffic that begins at `startAt` (epoch ms). */
export function createTraffic(options: {
  readonly store: ObjectStore;
  readonly behaviour: FleetBehaviour;
  readonly seed: number;
  readonly startAt: number;
  /** By workload where nothing is said. */
  readonly countBy?: CountBy;
}): Traffic {
  const { store, behaviour } = options;
  const random = createRandom(options.seed);
  /** A stream of its own, so that who somebody is changes nothing of how long an answer takes. */
  const kinds = createRandom(options.seed ^ 0x5bd1e995);
  /** Another of its own: looking at a gauge must not change what happens next. */
  const gauges = createRandom(options.seed ^ 0x27d4eb2f);
  const counters = createCounters();
  const memory = createMemory();
  const queues: QueueState[] = behaviour.queues.map((queue) => ({
    behaviour: queue,
    waiting: 0,
    published: 0,
    delivered: 0,
  }));
  let at = options.startAt;
  let demand = 1;
  let wander = 0;
  const environments = createEnvironments(store);
  environments.note();
  let mesh = readMesh(store);
  let routes: RouteTable = compileRoutes(mesh, null);
  let network: Network = buildNetwork(mesh, routes, behaviour, memory);
  let envoyRows: readonly EnvoyRow[] | null = null;
  const refused = new Set(routes.refused);
  /** When a write that was seen takes effect. */
  let changeAt: number | null = null;

  const requests = createRequests(
    random,
    counters,
    (name, messages) => {
      const queue = queues.find((one) => one.behaviour.name === name);
      if (queue === undefined) return;
      queue.waiting += messages;
      queue.published += messages;
    },
    () => at,
    options.countBy,
  );

  const unsubscribe = store.subscribe(({ resource }) => {
    if (steering.has(resource)) changeAt ??= at + propagationMs;
  });

  const demandAt = (atMs: number): number => {
    const minutes = (atMs - options.startAt) / 60_000;
    const wave =
      1 + 0.05 * Math.sin((2 * Math.PI * minutes) / 17) + 0.02 * Math.sin((2 * Math.PI * minutes) / 4.3);
    return demand * wave * (1 + wander);
  };

  const rebuild = (): void => {
    environments.note();
    mesh = readMesh(store);
    routes = compileRoutes(mesh, routes);
    for (const one of routes.refused) refused.add(one);
    network = buildNetwork(mesh, routes, behaviour, memory);
    envoyRows = null;
  };

  return {
    step(atMs, bundle = 1) {
      const elapsedMs = atMs - at;
      if (elapsedMs <= 0) return;
      at = atMs;
      // The machine slept: nobody's requests were counted meanwhile.
      if (elapsedMs > longestStepMs) return;
      if (changeAt !== null && at >= changeAt) {
        changeAt = null;
        rebuild();
      }
      wander += movedIn(elapsedMs, 20_000) * (0.04 * random.normal() - wander);
      const factor = demandAt(at) * (elapsedMs / 1000);
      for (const { link, requestsPerSecond, mix } of network.entries) {
        const size = Math.max(1, Math.min(bundle, Math.round(requestsPerSecond / 4)));
        const count = random.poisson((requestsPerSecond * factor) / size);
        for (let index = 0; index < count; index += 1) {
          requests.send(link, outside, kindOf(mix, kinds.next), size);
        }
      }
      for (const queue of queues) deliver(queue, elapsedMs);
      settle(network, environments, elapsedMs);
    },
    counters,
    queues,
    mesh: () => mesh,
    behaviour,
    envoyRows: () => (envoyRows ??= envoyRowsOf(network, gauges, () => at)),
    setDemand(factor) {
      demand = factor;
    },
    refusedRoutes: () => refused.size,
    demandAt: (atMs) =>
      demandAt(atMs) * behaviour.entries.reduce((sum, { requestsPerSecond }) => sum + requestsPerSecond, 0),
    close: unsubscribe,
  };

  function deliver(queue: QueueState, elapsedMs: number): void {
    const { consumer, perInstancePerSecond, host, bytesPerMessage } = queue.behaviour;
    const program = [...network.programs.values()].find(
      ({ identity }) => `${identity.namespace}/${identity.canonicalService}` === consumer,
    );
    if (program === undefined) return;
    // A longer queue is taken in larger batches, which is a little quicker.
    const pace = perInstancePerSecond * (1 + Math.min(queue.waiting / 4000, 0.25));
    const able = random.poisson((program.pods.length * pace * elapsedMs) / 1000);
    const taken = Math.min(queue.waiting, able);
    queue.waiting -= taken;
    queue.delivered += taken;
    const link = consumption(program.id, host, bytesPerMessage);
    program.pods.forEach((pod, index) => {
      const share = Math.floor(taken / program.pods.length) + (index < taken % program.pods.length ? 1 : 0);
      requests.transfer(link, pod, index, share);
    });
  }

  /** The consumer's connection to the broker; made anew with the network, whose objects it names. */
  function consumption(programId: string, host: string, bytesPerMessage: number): Link {
    const known = network.links.find(
      ({ caller, behaviour: call }) =>
        caller?.id === programId && call.host === host && call.protocol === 'tcp',
    );
    if (known === undefined) throw new Error(`${programId} consumes from ${host} but does not call it`);
    return { ...known, behaviour: { ...known.behaviour, bytes: [40, bytesPerMessage] } };
  }
}

/** What changes where requests go. */
const steering: ReadonlySet<string> = new Set([
  'authorizationpolicies',
  'grpcroutes',
  'httproutes',
  'pods',
  'services',
  'serviceentries',
  'destinationrules',
  'virtualservices',
]);

/** The pool of a program's instances on average, 1 being the usual size; one that cannot read its setting takes that. */
function poolSize(
  { pods }: Program,
  { size }: NonNullable<CallBehaviour['pool']>,
  environments: Environments,
): number {
  if (size === undefined || pods.length === 0) return 1;
  const sizes = pods.map(({ id }) => {
    const set = Number(environments.valueOf(id, size.variable) ?? Number.NaN);
    return set >= 1 && set <= 10_000 ? set / size.usually : 1;
  });
  return sizes.reduce((sum, one) => sum + one, 0) / sizes.length;
}

/** After a step: how busy everything has become. */
function settle(network: Network, environments: Environments, elapsedMs: number): void {
  const moved = movedIn(elapsedMs, settlingMs);
  for (const { load, behaviour, pods } of network.programs.values()) {
    load.perSecond += moved * ((load.arrived * 1000) / elapsedMs - load.perSecond);
    load.arrived = 0;
    const utilisation = load.perSecond / Math.max(1, pods.length * behaviour.capacityPerInstance);
    load.slowdown += moved * (slowdownAt(utilisation) - load.slowdown);
    load.refusedRatio = refusedAt(utilisation);
  }
  for (const link of network.links) {
    const { pool } = link.behaviour;
    if (pool !== undefined && link.caller !== null) {
      const perInstance = link.caller.load.perSecond / Math.max(1, link.caller.pods.length);
      const size = poolSize(link.caller, pool, environments);
      const wanted =
        pool.hangRatio * rampBetween(perInstance, pool.enoughFor * size, pool.exhaustedAt * size);
      link.state.hangRatio += movedIn(elapsedMs, 8_000) * (wanted - link.state.hangRatio);
      if (link.state.hangRatio < 0.001) link.state.hangRatio = 0;
    }
    const callers = Math.max(1, link.caller?.pods.length ?? 1);
    for (const { state, limit } of reachesOf(link)) {
      if (state.offered > 0) {
        const each = state.accepted > 0 ? state.busyMs / state.accepted : 0;
        // Only what was let through could be timed; what was refused would have taken as long.
        const atOnce =
          state.accepted > 0 ? (state.offered * each) / elapsedMs / callers : state.offeredAtOnce;
        state.offeredAtOnce += moved * (atOnce - state.offeredAtOnce);
      } else state.offeredAtOnce *= 1 - moved;
      state.overflowRatio = limit === null ? 0 : refusedByLimit(limit, state.offeredAtOnce);
      state.offered = 0;
      state.accepted = 0;
      state.busyMs = 0;
    }
  }
}
