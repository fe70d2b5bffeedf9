import { countRequests, type Counters, type RequestRow } from './counters.ts';
import { callLabels, nobody } from './identity.ts';
import type { Cluster, MeshPod } from './mesh.ts';
import { callerIdentity, type Link, type Program, type Reach, type Target } from './network.ts';
import { isFailure, isRetried, outcomeId, type Flag } from './outcomes.ts';
import type { Random } from './random.ts';
import type { Route } from './routes.ts';

/** How one request ended. */
export interface Outcome {
  code: number;
  flag: Flag;
  latencyMs: number;
}

/** Follows requests through the network, one by one, and counts them where proxies would. */
export interface Requests {
  /** Sends `weight` identical requests over a link from one pod of the caller; the result is valid until the next call. */
  send(link: Link, from: MeshPod | null, fromIndex: number, path: string, weight: number): Outcome;
  /** Bytes that went over a TCP connection. */
  transfer(link: Link, from: MeshPod, fromIndex: number, weight: number): void;
}

const networkMs = 0.6;
/** What a caller waits for an answer that never comes. */
const hangMs = 15_000;

/** `publish` is told of every message into a queue. */
export function createRequests(
  random: Random,
  counters: Counters,
  publish: (queue: string, messages: number) => void,
  now: () => number,
): Requests {
  // One object for all requests: thousands a second would otherwise leave as many behind.
  const result: Outcome = { code: 200, flag: '-', latencyMs: 0 };
  const end = (code: number, flag: Flag, latencyMs: number): void => {
    result.code = code;
    result.flag = flag;
    result.latencyMs = latencyMs;
  };

  const send: Requests['send'] = (link, from, fromIndex, path, weight) => {
    const grpc = link.behaviour.protocol === 'grpc';
    const route = link.routes?.find((one) => one.accepts(path, link.caller?.labels ?? {})) ?? null;
    if (link.routes !== null && route === null) {
      end(404, 'NR', 0.2);
      countLost(link, from, fromIndex, weight, grpc, null);
      return result;
    }
    if (route?.directCode != null) {
      end(route.directCode, '-', 0.2);
      countLost(link, from, fromIndex, weight, grpc, null);
      return result;
    }
    const delayMs = route?.delay != null && random.next() < route.delay.ratio ? route.delay.ms : 0;
    const cluster = route === null ? null : pick(route);
    if (route?.abort != null && random.next() < route.abort.ratio) {
      end(route.abort.code, 'FI', delayMs + 0.2);
      countLost(link, from, fromIndex, weight, grpc, cluster);
      return result;
    }
    const reach =
      route === null ? link.direct : cluster === null ? null : (link.reaches.get(cluster) ?? null);
    if (reach === null) {
      end(503, 'NC', delayMs + 0.2);
      countLost(link, from, fromIndex, weight, grpc, null);
      return result;
    }
    const timeoutMs = route?.timeoutMs ?? Number.POSITIVE_INFINITY;
    let elapsedMs = delayMs;
    let target: Target | null = null;
    for (let attempt = 0; ; attempt += 1) {
      const limitMs = Math.min(timeoutMs - elapsedMs, route?.perTryMs ?? Number.POSITIVE_INFINITY);
      target = tryOnce(link, reach, from, limitMs, weight);
      elapsedMs += result.latencyMs;
      const { code, flag } = result;
      if (attempt >= (route?.attempts ?? 0) || elapsedMs >= timeoutMs) break;
      if (!isFailure(code, flag) || !isRetried(route?.retryOn ?? '', code, flag, grpc)) break;
      elapsedMs += 25 * random.next();
    }
    end(result.code, result.flag, elapsedMs);
    if (from !== null) {
      const id = outcomeId(result.code, result.flag, grpc);
      const key = (fromIndex * 1024 + (target === null ? 0 : target.programIndex + 1)) * 65_536 + id;
      let row = reach.sourceRows.get(key);
      if (row === undefined) reach.sourceRows.set(key, (row = sourceRow(link, reach, from, target, id)));
      countRequests(row, weight, elapsedMs);
    }
    return result;
  };

  /** One try at one instance; null when it reached none. */
  const tryOnce = (
    link: Link,
    reach: Reach,
    from: MeshPod | null,
    limitMs: number,
    weight: number,
  ): Target | null => {
    const { state, external } = reach;
    state.offered += weight;
    if (state.overflowRatio > 0 && random.next() < state.overflowRatio) {
      end(503, 'UO', 0.2);
      return null;
    }
    if (external !== null) {
      const hangs = link.state.hangRatio > 0 && random.next() < link.state.hangRatio;
      const latencyMs = hangs
        ? hangMs
        : external.latency.medianMs * Math.exp(external.sigma * random.normal());
      if (latencyMs > limitMs) end(504, 'UT', limitMs);
      else if (hangs) end(504, '-', latencyMs);
      else end(random.next() < external.errorRatio ? 503 : 200, '-', latencyMs);
      state.accepted += weight;
      state.busyMs += weight * result.latencyMs;
      return null;
    }
    const target = targetOf(reach);
    if (target === null) {
      end(503, 'UH', 0.2);
      return null;
    }
    serve(target.program, target.pod, target.podIndex, weight);
    const cut = result.latencyMs + networkMs > limitMs;
    countArrival(link, reach, target, weight, cut ? limitMs : result.latencyMs, cut);
    if (cut) end(504, 'UT', limitMs);
    else result.latencyMs += networkMs;
    state.accepted += weight;
    state.busyMs += weight * result.latencyMs;
    if (reach.cluster.ejection !== null && from !== null) noteForEjection(reach, target);
    return target;
  };

  const serve = (program: Program, pod: MeshPod, podIndex: number, weight: number): void => {
    const { behaviour, load } = program;
    load.arrived += weight;
    let latencyMs = behaviour.latency.medianMs * load.slowdown * Math.exp(program.sigma * random.normal());
    if (load.refusedRatio > 0 && random.next() < load.refusedRatio) return end(503, '-', latencyMs);
    const hanging = program.calls.some(({ state }) => state.hangRatio > 0.1);
    const ownErrors = hanging
      ? (behaviour.errorRatioWhenHanging ?? behaviour.errorRatio)
      : behaviour.errorRatio;
    if (random.next() < ownErrors) return end(500, '-', latencyMs);
    for (const link of program.calls) {
      for (let times = howOften(link.behaviour.perRequest); times > 0; times -= 1) {
        latencyMs += ask(link, pod, podIndex, weight);
        if (isFailure(result.code, result.flag) && link.behaviour.onFailure === 'fail') {
          return end(result.code === 504 ? 504 : 502, '-', latencyMs);
        }
      }
    }
    const choice = program.choices.length === 0 ? undefined : choose(program.choices);
    if (choice !== undefined) {
      latencyMs += ask(choice, pod, podIndex, weight);
      if (isFailure(result.code, result.flag) && choice.behaviour.onFailure === 'fail') {
        return end(result.code === 504 ? 504 : 502, '-', latencyMs);
      }
    }
    end(200, '-', latencyMs);
  };

  /** A program's own call, with its own tries and what it asks instead; the time it took. */
  const ask = (link: Link, pod: MeshPod, podIndex: number, weight: number): number => {
    const { behaviour } = link;
    if (behaviour.protocol === 'tcp') {
      transfer(link, pod, podIndex, weight);
      if (behaviour.publishesTo !== undefined) publish(behaviour.publishesTo, weight);
      end(200, '-', 0);
      const external = link.direct?.external ?? null;
      return external === null ? 1 : external.latency.medianMs * Math.exp(external.sigma * random.normal());
    }
    let elapsedMs = 0;
    for (let attempt = 0; ; attempt += 1) {
      send(link, pod, podIndex, behaviour.path, weight);
      elapsedMs += result.latencyMs;
      if (!isFailure(result.code, result.flag)) return elapsedMs;
      if (attempt >= (behaviour.ownRetries?.attempts ?? 0)) break;
      elapsedMs += behaviour.ownRetries?.waitMs ?? 0;
    }
    if (link.instead !== null) {
      send(link.instead, pod, podIndex, behaviour.path, weight);
      elapsedMs += result.latencyMs;
    }
    return elapsedMs;
  };

  const transfer: Requests['transfer'] = (link, from, fromIndex, weight) => {
    const [sent, received] = link.behaviour.bytes ?? [0, 0];
    let row = link.tcp.get(fromIndex);
    if (row === undefined) {
      const service = link.direct?.cluster.service ?? { host: link.behaviour.host };
      const key = `tcp|${from.id}|${link.behaviour.host}`;
      const destination = link.direct?.targets[0]?.program.identity ?? nobody;
      row = counters.tcp(key, from.id, () => ({
        ...callLabels('source', from, callerIdentity(link), destination, service, 'tcp'),
        response_flags: '-',
      }));
      link.tcp.set(fromIndex, row);
      // A program keeps a handful of connections open.
      if (row.opened === 0) row.opened = 4;
    }
    row.sentBytes += weight * sent;
    row.receivedBytes += weight * received;
    if (random.next() < 0.0005) {
      row.opened += 1;
      row.closed += 1;
    }
  };

  const pick = (route: Route): Cluster | null => {
    let left = random.next() * route.totalWeight;
    for (const { cluster, weight } of route.destinations) {
      left -= weight;
      if (left < 0) return cluster;
    }
    return null;
  };

  /** An instance that is not ejected: a few tries by chance, then in order. */
  const targetOf = ({ targets, state }: Reach): Target | null => {
    if (targets.length === 0) return null;
    const start = Math.floor(random.next() * targets.length);
    if (state.ejectedUntil.size === 0) return targets[start] ?? null;
    for (let step = 0; step < targets.length; step += 1) {
      const target = targets[(start + step) % targets.length];
      if (target !== undefined && (state.ejectedUntil.get(target.pod.id) ?? 0) <= now()) return target;
    }
    return null;
  };

  const noteForEjection = ({ cluster, state, targets }: Reach, { pod }: Target): void => {
    const rule = cluster.ejection;
    if (rule === null) return;
    if (result.code < 500) {
      if (state.failures.size > 0) state.failures.delete(pod.id);
      return;
    }
    const inRow = (state.failures.get(pod.id) ?? 0) + 1;
    state.failures.set(pod.id, inRow);
    if (inRow < rule.consecutive) return;
    let ejected = 0;
    for (const until of state.ejectedUntil.values()) if (until > now()) ejected += 1;
    // Envoy asks before it ejects whether the share is reached, so one instance can always go.
    if (ejected / targets.length >= rule.maxRatio) return;
    const times = (state.ejections.get(pod.id) ?? 0) + 1;
    state.ejections.set(pod.id, times);
    state.ejectedUntil.set(pod.id, now() + rule.baseMs * times);
    state.failures.delete(pod.id);
  };

  const countArrival = (
    link: Link,
    reach: Reach,
    target: Target,
    weight: number,
    latencyMs: number,
    cut: boolean,
  ): void => {
    const grpc = link.behaviour.protocol === 'grpc';
    // When the caller has gone before the answer, the receiving proxy notes that instead of a code.
    const id = cut ? outcomeId(0, 'DC', grpc) : outcomeId(result.code, result.flag, grpc);
    const key = (target.podIndex * 1024 + target.programIndex) * 65_536 + id;
    let row = reach.destinationRows.get(key);
    if (row === undefined) {
      const { pod, program } = target;
      const source = callerIdentity(link);
      const { service } = reach.cluster;
      row = counters.request(`d|${pod.id}|${link.caller?.id ?? ''}|${service.host}|${id}`, pod.id, id, () =>
        callLabels('destination', pod, source, program.identity, service, grpc ? 'grpc' : 'http'),
      );
      reach.destinationRows.set(key, row);
    }
    countRequests(row, weight, latencyMs);
  };

  const sourceRow = (
    link: Link,
    reach: Reach,
    from: MeshPod,
    target: Target | null,
    id: number,
  ): RequestRow => {
    const { service } = reach.cluster;
    const destination = target?.program.identity ?? nobody;
    const key = `s|${from.id}|${service.host}|${destination.namespace}/${destination.workload}|${id}`;
    return counters.request(key, from.id, id, () =>
      callLabels('source', from, callerIdentity(link), destination, service, id % 2 === 1 ? 'grpc' : 'http'),
    );
  };

  /** Counts a request that never reached a workload. */
  const countLost = (
    link: Link,
    from: MeshPod | null,
    fromIndex: number,
    weight: number,
    grpc: boolean,
    cluster: Cluster | null,
  ): void => {
    if (from === null) return;
    const id = outcomeId(result.code, result.flag, grpc);
    const rowKey = fromIndex * 65_536 + id;
    let row = link.lost.get(rowKey);
    if (row === undefined) {
      const service = cluster?.service ?? { host: link.behaviour.host };
      row = counters.request(`l|${from.id}|${service.host}|${cluster === null}|${id}`, from.id, id, () =>
        callLabels('source', from, callerIdentity(link), nobody, service, grpc ? 'grpc' : 'http'),
      );
      link.lost.set(rowKey, row);
    }
    countRequests(row, weight, result.latencyMs);
  };

  const howOften = (mean: number): number => {
    const whole = Math.floor(mean);
    return whole + (random.next() < mean - whole ? 1 : 0);
  };

  const choose = (choices: readonly Link[]): Link | undefined => {
    let left = random.next() * choices.reduce((sum, { behaviour }) => sum + behaviour.perRequest, 0);
    return choices.find(({ behaviour }) => (left -= behaviour.perRequest) < 0) ?? choices.at(-1);
  };

  return { send, transfer };
}
