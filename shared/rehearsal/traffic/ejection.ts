import type { Ejection } from './clusterPolicy.ts';

/** One pod's proxy as it sees one cluster: what it takes out of the traffic, and what it counts. */
export interface ProxyState {
  /** Failures in a row per instance. */
  readonly failures: Map<string, { any: number; gateway: number }>;
  /** Instances that get nothing until this time. */
  readonly ejectedUntil: Map<string, number>;
  /** How often an instance was taken out of late, and when it last came back. */
  readonly penalties: Map<string, { times: number; backAt: number }>;
  /** Tries sent, or refused for want of room. */
  requests: number;
  overflows: number;
  retries: number;
  timeouts: number;
  ejections: number;
  ejections5xx: number;
  ejectionsGateway: number;
  /** Ejections that would have taken out too many. */
  ejectionsRefused: number;
}

/** A proxy that has sent nothing yet. */
export const newProxyState = (): ProxyState => ({
  failures: new Map(),
  ejectedUntil: new Map(),
  penalties: new Map(),
  requests: 0,
  overflows: 0,
  retries: 0,
  timeouts: 0,
  ejections: 0,
  ejections5xx: 0,
  ejectionsGateway: 0,
  ejectionsRefused: 0,
});

/** What Envoy does when a cluster's settings change: it makes the cluster anew, with every instance in. */
export function forgetEjections(proxy: ProxyState): void {
  proxy.failures.clear();
  proxy.ejectedUntil.clear();
  proxy.penalties.clear();
}

/** Takes back in what has been out for long enough. */
export function endEjections(proxy: ProxyState, now: number): void {
  for (const [instance, until] of proxy.ejectedUntil) {
    if (until <= now) proxy.ejectedUntil.delete(instance);
  }
}

/** How many of a cluster's instances a proxy leaves out. */
export function ejectedOf(
  proxy: ProxyState,
  instances: readonly { readonly pod: { readonly id: string } }[],
): number {
  let ejected = 0;
  for (const { pod } of instances) if (proxy.ejectedUntil.has(pod.id)) ejected += 1;
  return ejected;
}

/** Never longer than this, unless the document's own base is. */
const longestMs = 300_000;

/** Notes an answer of an instance, and takes the instance out when it has failed too often in a row. */
export function noteAnswer(
  rule: Ejection,
  proxy: ProxyState,
  instances: readonly { readonly pod: { readonly id: string } }[],
  instance: string,
  code: number,
  now: number,
): void {
  if (code < 500) {
    if (proxy.failures.size > 0) proxy.failures.delete(instance);
    return;
  }
  const row = proxy.failures.get(instance) ?? { any: 0, gateway: 0 };
  row.any += 1;
  row.gateway = code >= 502 && code <= 504 ? row.gateway + 1 : 0;
  proxy.failures.set(instance, row);
  const by5xx = rule.consecutive5xx !== null && row.any === rule.consecutive5xx;
  const byGateway = rule.consecutiveGateway !== null && row.gateway === rule.consecutiveGateway;
  if ((!by5xx && !byGateway) || proxy.ejectedUntil.has(instance)) return;
  // A detector that has spoken counts from zero again, whether it was heard or not.
  if (by5xx) row.any = 0;
  if (byGateway) row.gateway = 0;
  // Envoy since 1.31 counts the one about to go: a tenth of three instances is none (DetectorImpl::ejectHost).
  if ((ejectedOf(proxy, instances) + 1) / instances.length > rule.maxRatio) {
    proxy.ejectionsRefused += 1;
    return;
  }
  const before = proxy.penalties.get(instance) ?? { times: 0, backAt: now };
  // Every sweep that finds the instance in takes one off.
  const times = Math.max(0, before.times - Math.floor((now - before.backAt) / rule.intervalMs)) + 1;
  const lastsMs = Math.min(rule.baseMs * times, Math.max(rule.baseMs, longestMs));
  // Only a sweep brings an instance back.
  const backAt = Math.ceil((now + lastsMs) / rule.intervalMs) * rule.intervalMs;
  proxy.penalties.set(instance, { times, backAt });
  proxy.ejectedUntil.set(instance, backAt);
  proxy.ejections += 1;
  if (by5xx) proxy.ejections5xx += 1;
  else proxy.ejectionsGateway += 1;
}
