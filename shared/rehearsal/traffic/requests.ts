import type { Counters } from './counters.ts';
import { ejectedOf, endEjections, noteAnswer, type ProxyState } from './ejection.ts';
import { callLabels, nobody } from './identity.ts';
import type { Cluster, MeshPod } from './mesh.ts';
import { callerIdentity, type Link, type Program, type Reach, type Sender, type Target } from './network.ts';
import {
  delayed,
  isFailure,
  isRetried,
  localAnswer,
  localGrpcAnswer,
  outOfRetries,
  type Flag,
} from './outcomes.ts';
import type { Random } from './random.ts';
import type { RequestKind } from './requestKinds.ts';
import type { Route } from './routes.ts';
import { createTally, type CountBy } from './tally.ts';

/** How one request ended. */
export interface Outcome {
  code: number;
  flag: Flag;
  latencyMs: number;
}

/** Follows requests through the network, one by one, and counts them where proxies would. */
export interface Requests {
  /** Sends `weight` identical requests over a link from one pod of the caller; the result is valid until the next call. */
  send(link: Link, from: Sender, kind: RequestKind, weight: number): Outcome;
  /** Bytes that went over a TCP connection. */
  transfer(link: Link, from: MeshPod, fromIndex: number, weight: number): void;
}

const networkMs = 0.6;
/** What a caller waits for an answer that never comes. */
const hangMs = 15_000;
/** What a proxy needs to refuse. */
const refusedMs = 0.4;

/** Whose requests come from outside. */
export const outside: Sender = { pod: null, index: 0 };

const flagged = (flag: Flag, delayMs: number): Flag => (delayMs > 0 ? delayed(flag) : flag);

/** `publish` is told of every message into a queue. */
export function createRequests(
  random: Random,
  counters: Counters,
  publish: (queue: string, messages: number) => void,
  now: () => number,
  countBy?: CountBy,
): Requests {
  // One object for all requests: thousands a second would otherwise leave as many behind.
  const tally = createTally(counters, countBy);
  const result: Outcome = { code: 200, flag: '-', latencyMs: 0 };
  const end = (code: number, flag: Flag, latencyMs: number): void => {
    result.code = code;
    result.flag = flag;
    result.latencyMs = latencyMs;
  };

  const send: Requests['send'] = (link, from, kind, weight) => {
    const grpc = link.behaviour.protocol === 'grpc';
    const route = link.routes === null ? null : link.routeFor(kind);
    if (link.routes !== null && route === null) return answer(link, from, null, 404, 'NR', 0.2, weight);
    if (route !== null && route.ownCode !== null) {
      return answer(link, from, null, localAnswer(route.ownCode, grpc), '-', 0.2, weight);
    }
    const delayMs = route?.delay != null && random.next() < route.delay.ratio ? route.delay.ms : 0;
    const cluster = route === null ? null : pick(route);
    if (route?.abort != null && random.next() < route.abort.ratio) {
      const { answer: given } = route.abort;
      const code =
        'httpCode' in given ? localAnswer(given.httpCode, grpc) : localGrpcAnswer(given.grpcStatus, grpc);
      return answer(link, from, cluster, code, flagged('FI', delayMs), delayMs + 0.2, weight);
    }
    const reach =
      route === null ? link.direct : cluster === null ? null : (link.reaches.get(cluster) ?? null);
    if (reach === null) return answer(link, from, null, 503, flagged('NC', delayMs), delayMs + 0.2, weight);
    if (route !== null && route.mirrors.length > 0) copy(link, route, from, kind, weight);
    const timeoutMs = route?.timeoutMs ?? Number.POSITIVE_INFINITY;
    const attempts = route?.attempts ?? 0;
    let elapsedMs = delayMs;
    let target: Target | null = null;
    for (let attempt = 0; ; attempt += 1) {
      const limitMs = Math.min(timeoutMs - elapsedMs, route?.perTryMs ?? Number.POSITIVE_INFINITY);
      const asked = reach.instead.length === 0 ? reach : ableOf(reach, from.index);
      const proxy = asked.proxies[from.index] ?? null;
      target = tryOnce(link, asked, proxy, limitMs, kind, weight);
      elapsedMs += result.latencyMs;
      const { code, flag } = result;
      if (attempts === 0 || elapsedMs >= timeoutMs) break;
      if (!isFailure(code) || !isRetried(route?.retryOn ?? '', code, flag, grpc)) break;
      if (attempt >= attempts) {
        result.flag = outOfRetries(flag);
        break;
      }
      if (proxy !== null) proxy.retries += weight;
      elapsedMs += 25 * random.next();
    }
    end(result.code, flagged(result.flag, delayMs), elapsedMs);
    tally.sent(link, reach, from, target, result.code, result.flag, weight, elapsedMs);
    return result;
  };

  /** An answer of the caller's own proxy. */
  const answer = (
    link: Link,
    from: Sender,
    cluster: Cluster | null,
    code: number,
    flag: Flag,
    latencyMs: number,
    weight: number,
  ): Outcome => {
    end(code, flag, latencyMs);
    tally.answeredByProxy(link, from, cluster, code, flag, weight, latencyMs);
    return result;
  };

  /** Sends copies to those who get them too; only their own proxies count those, and nobody waits for the answers. */
  const copy = (link: Link, route: Route, from: Sender, kind: RequestKind, weight: number): void => {
    for (const { cluster, ratio } of route.mirrors) {
      const reach = ratio >= 1 || random.next() < ratio ? link.reaches.get(cluster) : undefined;
      if (reach === undefined) continue;
      tryOnce(link, reach, reach.proxies[from.index] ?? null, route.timeoutMs ?? Infinity, kind, weight);
    }
  };

  /** One try at one instance; null when it reached none. */
  const tryOnce = (
    link: Link,
    reach: Reach,
    proxy: ProxyState | null,
    limitMs: number,
    kind: RequestKind,
    weight: number,
  ): Target | null => {
    const { state, external } = reach;
    state.offered += weight;
    if (state.overflowRatio > 0 && random.next() < state.overflowRatio) {
      if (proxy !== null) proxy.overflows += weight;
      end(503, 'UO', 0.2);
      return null;
    }
    if (external !== null) {
      if (proxy !== null) proxy.requests += weight;
      const hangs = link.state.hangRatio > 0 && random.next() < link.state.hangRatio;
      const latencyMs = hangs
        ? hangMs
        : external.latency.medianMs * Math.exp(external.sigma * random.normal());
      if (latencyMs > limitMs) end(504, 'UT', limitMs);
      else if (hangs) end(504, '-', latencyMs);
      else end(random.next() < external.errorRatio ? 503 : 200, '-', latencyMs);
      if (proxy !== null && result.flag === 'UT') proxy.timeouts += weight;
      state.accepted += weight;
      state.busyMs += weight * result.latencyMs;
      return null;
    }
    const target = targetOf(reach, proxy);
    if (target === null) {
      end(503, 'UH', 0.2);
      return null;
    }
    if (proxy !== null) proxy.requests += weight;
    if (target.program.policies !== null && link.isForbidden(target.program, kind)) {
      // The callee's own proxy answers "RBAC: access denied"; the program behind it never hears of it.
      end(403, '-', refusedMs);
    } else serve(target.program, target.podIndex, kind, weight);
    const cut = result.latencyMs + networkMs > limitMs;
    // When the caller has gone before the answer, the receiving proxy notes that instead of a code.
    if (cut) tally.arrived(link, reach, target, 0, 'DC', weight, limitMs);
    else tally.arrived(link, reach, target, result.code, result.flag, weight, result.latencyMs);
    if (cut) end(504, 'UT', limitMs);
    else result.latencyMs += networkMs;
    if (cut && proxy !== null) proxy.timeouts += weight;
    state.accepted += weight;
    state.busyMs += weight * result.latencyMs;
    const { ejection } = reach.cluster;
    if (ejection !== null && proxy !== null) {
      noteAnswer(ejection, proxy, reach.targets, target.pod.id, result.code, now());
    }
    return target;
  };

  const serve = (program: Program, podIndex: number, kind: RequestKind, weight: number): void => {
    const { behaviour, load } = program;
    load.arrived += weight;
    let latencyMs = behaviour.latency.medianMs * load.slowdown * Math.exp(program.sigma * random.normal());
    if (load.refusedRatio > 0 && random.next() < load.refusedRatio) return end(503, '-', latencyMs);
    const hanging = program.calls.some(({ state }) => state.hangRatio > 0.1);
    const ownErrors = hanging
      ? (behaviour.errorRatioWhenHanging ?? behaviour.errorRatio)
      : behaviour.errorRatio;
    if (random.next() < ownErrors) return end(500, '-', latencyMs);
    const from = program.senders[podIndex] ?? outside;
    for (const link of program.calls) {
      for (let times = howOften(link.behaviour.perRequest); times > 0; times -= 1) {
        latencyMs += ask(link, from, kind, weight);
        if (isFailure(result.code) && link.behaviour.onFailure === 'fail') {
          return end(result.code === 504 ? 504 : 502, '-', latencyMs);
        }
      }
    }
    const choice = program.choices.length === 0 ? undefined : choose(program.choices);
    if (choice !== undefined) {
      latencyMs += ask(choice, from, kind, weight);
      if (isFailure(result.code) && choice.behaviour.onFailure === 'fail') {
        return end(result.code === 504 ? 504 : 502, '-', latencyMs);
      }
    }
    end(200, '-', latencyMs);
  };

  /** A program's own call, with its own tries and what it asks instead; the time it took. */
  const ask = (link: Link, from: Sender, kind: RequestKind, weight: number): number => {
    const { behaviour } = link;
    if (behaviour.protocol === 'tcp') {
      if (from.pod !== null) transfer(link, from.pod, from.index, weight);
      if (behaviour.publishesTo !== undefined) publish(behaviour.publishesTo, weight);
      end(200, '-', 0);
      const external = link.direct?.external ?? null;
      return external === null ? 1 : external.latency.medianMs * Math.exp(external.sigma * random.normal());
    }
    let elapsedMs = 0;
    for (let attempt = 0; ; attempt += 1) {
      send(link, from, kind, weight);
      elapsedMs += result.latencyMs;
      if (!isFailure(result.code)) return elapsedMs;
      if (attempt >= (behaviour.ownRetries?.attempts ?? 0)) break;
      elapsedMs += behaviour.ownRetries?.waitMs ?? 0;
    }
    if (link.instead !== null) {
      send(link.instead, from, kind, weight);
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

  /** An instance that this proxy has not taken out; any at all where too few would be left. */
  const targetOf = ({ targets, cluster }: Reach, proxy: ProxyState | null): Target | null => {
    if (targets.length === 0) return null;
    const start = Math.floor(random.next() * targets.length);
    if (proxy === null || proxy.ejectedUntil.size === 0) return targets[start] ?? null;
    endEjections(proxy, now());
    const healthy = 1 - ejectedOf(proxy, targets) / targets.length;
    if (healthy < (cluster.ejection?.minHealthyRatio ?? 0)) return targets[start] ?? null;
    for (let step = 0; step < targets.length; step += 1) {
      const target = targets[(start + step) % targets.length];
      if (target !== undefined && !proxy.ejectedUntil.has(target.pod.id)) return target;
    }
    return null;
  };

  /** The first of a cluster and those that stand in for it with an instance that can be asked. */
  const ableOf = (reach: Reach, index: number): Reach =>
    [reach, ...reach.instead].find(({ targets, external, proxies }) => {
      const proxy = proxies[index];
      if (external !== null || proxy === undefined) return external !== null || targets.length > 0;
      endEjections(proxy, now());
      return ejectedOf(proxy, targets) < targets.length;
    }) ?? reach;

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
