import { countRequests, type Counters, type RequestRow } from './counters.ts';
import { callLabels, nobody, type LabelRecord } from './identity.ts';
import type { Cluster, MeshPod } from './mesh.ts';
import { callerIdentity, type Link, type Reach, type Sender, type Target } from './network.ts';
import { outcomeId, type Flag } from './outcomes.ts';

/** Counts requests where proxies do: at the caller's for every request, at the callee's for every try that arrives. */
export interface Tally {
  /** At the callee's proxy. */
  arrived(
    link: Link,
    reach: Reach,
    target: Target,
    code: number,
    flag: Flag,
    weight: number,
    latencyMs: number,
  ): void;
  /** At the caller's, for a request that a cluster was found for; `target` is who answered. */
  sent(
    link: Link,
    reach: Reach,
    from: Sender,
    target: Target | null,
    code: number,
    flag: Flag,
    weight: number,
    latencyMs: number,
  ): void;
  /** At the caller's, for a request that its own proxy answered. */
  answeredByProxy(
    link: Link,
    from: Sender,
    cluster: Cluster | null,
    code: number,
    flag: Flag,
    weight: number,
    latencyMs: number,
  ): void;
}

/** Whether callers' proxies tell the workloads that answered apart, as Istio's do, or only their own clusters, as plain Envoys. */
export type CountBy = 'workload' | 'cluster';

/** Counts into these counters. */
export function createTally(counters: Counters, countBy: CountBy = 'workload'): Tally {
  const isGrpc = (link: Link): boolean => link.behaviour.protocol === 'grpc';
  const protocolOf = (link: Link): string => (isGrpc(link) ? 'grpc' : 'http');

  const named = (labels: LabelRecord, { id }: Cluster): LabelRecord =>
    countBy === 'cluster' ? { ...labels, cluster: id } : labels;
  const keyed = ({ id }: Cluster): string => (countBy === 'cluster' ? `|${id}` : '');

  const sourceRow = (
    link: Link,
    reach: Reach,
    from: MeshPod,
    target: Target | null,
    id: number,
  ): RequestRow => {
    const { service } = reach.cluster;
    const destination = target?.program.identity ?? nobody;
    const key = `s|${from.id}|${service.host}|${destination.namespace}/${destination.workload}|${id}${keyed(reach.cluster)}`;
    return counters.request(key, from.id, id, () =>
      named(
        callLabels('source', from, callerIdentity(link), destination, service, protocolOf(link)),
        reach.cluster,
      ),
    );
  };

  return {
    arrived(link, reach, target, code, flag, weight, latencyMs) {
      const id = outcomeId(code, flag, isGrpc(link));
      const key = (target.podIndex * 1024 + target.programIndex) * 65_536 + id;
      let row = reach.destinationRows.get(key);
      if (row === undefined) {
        const { pod, program } = target;
        const source = callerIdentity(link);
        const { service } = reach.cluster;
        row = counters.request(`d|${pod.id}|${link.caller?.id ?? ''}|${service.host}|${id}`, pod.id, id, () =>
          callLabels('destination', pod, source, program.identity, service, protocolOf(link)),
        );
        reach.destinationRows.set(key, row);
      }
      countRequests(row, weight, latencyMs);
    },
    sent(link, reach, { pod, index }, target, code, flag, weight, latencyMs) {
      if (pod === null) return;
      const id = outcomeId(code, flag, isGrpc(link));
      const key = (index * 1024 + (target === null ? 0 : target.programIndex + 1)) * 65_536 + id;
      let row = reach.sourceRows.get(key);
      if (row === undefined) reach.sourceRows.set(key, (row = sourceRow(link, reach, pod, target, id)));
      countRequests(row, weight, latencyMs);
    },
    answeredByProxy(link, { pod, index }, cluster, code, flag, weight, latencyMs) {
      if (pod === null) return;
      const id = outcomeId(code, flag, isGrpc(link));
      const service = cluster?.service ?? { host: link.behaviour.host };
      const rows = rowsOf(link, service.host, cluster === null);
      const rowKey = index * 65_536 + id;
      let row = rows.get(rowKey);
      if (row === undefined) {
        row = counters.request(`l|${pod.id}|${service.host}|${cluster === null}|${id}`, pod.id, id, () =>
          callLabels('source', pod, callerIdentity(link), nobody, service, protocolOf(link)),
        );
        rows.set(rowKey, row);
      }
      countRequests(row, weight, latencyMs);
    },
  };
}

/** A route can name several hosts, and what is refused on the way to each is counted under that host. */
function rowsOf(link: Link, host: string, unknown: boolean): Map<number, RequestRow> {
  const key = unknown ? '' : host;
  const known = link.lost.get(key);
  if (known !== undefined) return known;
  const fresh = new Map<number, RequestRow>();
  link.lost.set(key, fresh);
  return fresh;
}
