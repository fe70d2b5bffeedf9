import type { CallId, EntityId } from '../model/entity.ts';
import type { CallRow, LatencyRow } from '../model/observations.ts';
import {
  isFailed,
  isForbidden,
  namesNoWorkload,
  neverSent,
  tellsForbidden,
  troubleFlags,
} from './callOutcome.ts';
import { roundRatio } from './formats.ts';
import type { Tally } from './tally.ts';
import type { TopologyIndex } from './topologyIndex.ts';

/** All rows of one call, of every reporter. */
export interface EdgeRows {
  readonly id: CallId;
  readonly callerId: EntityId;
  readonly calleeId: EntityId;
  readonly calls: CallRow[];
  readonly latency: LatencyRow[];
}

/** One call with each request counted once. */
export interface Edge {
  readonly id: CallId;
  readonly callerId: EntityId;
  readonly calleeId: EntityId;
  readonly windowSeconds: number;
  readonly protocols: ReadonlySet<CallRow['protocol']>;
  /** Every row of it went through a queue or a topic. */
  readonly asynchronous: boolean;
  /** The callee's own side reported it. */
  readonly reportedByCallee: boolean;
  /** Null where only connections are counted, which says nothing about requests. */
  readonly tally: Tally | null;
  readonly versions: ReadonlyMap<string, Tally>;
  readonly flags: Record<string, number>;
  readonly neverArrivedRatio: number | null;
  /** Share that was answered "forbidden"; null where none is known to be and some may be. */
  readonly forbiddenRatio: number | null;
}

interface Counting {
  requests: number;
  failed: number;
  /** Failures as the callers' proxies saw them, of calls that did arrive. */
  failedAtSource: number;
  histograms: LatencyRow['buckets'][];
}

/**
 * Counts each request of a call once although two proxies report it: the callee's rows where it reports, plus what only the
 * caller's proxy can know because no workload ever saw it. A caller also sees failures that the callee does not (it stopped
 * waiting); where it saw more of them, its number of failures stands, the number of requests stays the callee's.
 */
export function foldEdge(rows: EdgeRows, topology: TopologyIndex, windowSeconds: number): Edge {
  // Connections beside requests are the same traffic seen from below.
  const connections = rows.calls.every((row) => row.protocol === 'tcp');
  // In ambient a waypoint counts requests, and the nodes at both ends connections alone.
  const main = mainReporter(
    connections ? rows.calls : rows.calls.filter(({ protocol }) => protocol !== 'tcp'),
  );
  const all = newCounting();
  const versions = new Map<string, Counting>();
  const flags = new Map<string, number>();
  let lost = 0;
  let forbidden: number | null = null;
  let perhapsForbidden = 0;
  // Workloads that are never named are outside the mesh, not missed.
  const namesWorkloads = main !== 'source' || rows.calls.some((row) => row.destination.workload !== null);
  const tellsArrival =
    rows.calls.some((row) => row.reporter !== 'destination') &&
    (namesWorkloads || rows.calls.some((row) => row.flags.length > 0));

  const callerSide = rows.calls.some((row) => row.reporter !== 'destination');
  for (const row of rows.calls) {
    if (row.protocol === 'tcp' && !connections) continue;
    const gone = neverSent(row) || (namesWorkloads && namesNoWorkload(row));
    const counts = row.reporter === main || gone;
    const failed = isFailed(row) ? row.perSecond : 0;
    const version = versionOf(row, topology);
    for (const part of [all, version === null ? null : countingOf(versions, version)]) {
      if (part === null) continue;
      if (counts) {
        part.requests += row.perSecond;
        part.failed += failed;
      }
      if (row.reporter !== 'destination') part.failedAtSource += failed;
    }
    if (counts && gone) lost += row.perSecond;
    if (counts && tellsForbidden(row)) forbidden = (forbidden ?? 0) + (isForbidden(row) ? row.perSecond : 0);
    else if (counts) perhapsForbidden += row.perSecond;
    // Both proxies can flag the same request; the caller's knows more.
    if (callerSide ? row.reporter !== 'destination' : counts) {
      for (const flag of troubleFlags(row)) flags.set(flag, (flags.get(flag) ?? 0) + row.perSecond);
    }
  }
  for (const row of rows.latency) {
    if (row.reporter !== main) continue;
    all.histograms.push(row.buckets);
    const version = versionOf(row, topology);
    if (version !== null) versions.get(version)?.histograms.push(row.buckets);
  }

  const onlyConnections = connections && all.failed === 0 && all.failedAtSource === 0;
  // A call that only opened connections earlier has no shares; nothing divided by anything is none.
  const total = Math.max(all.requests, Number.MIN_VALUE);
  return {
    id: rows.id,
    callerId: rows.callerId,
    calleeId: rows.calleeId,
    windowSeconds,
    protocols: new Set(rows.calls.map((row) => row.protocol)),
    asynchronous: rows.calls.every((row) => row.asynchronous === true),
    reportedByCallee: main === 'destination',
    tally: onlyConnections ? null : toTally(all),
    versions: new Map(
      onlyConnections ? [] : [...versions].map(([version, part]) => [version, toTally(part)]),
    ),
    flags: Object.fromEntries(
      [...flags].sort().map(([flag, rate]) => [flag, roundRatio(Math.min(1, rate / total))]),
    ),
    neverArrivedRatio: tellsArrival ? roundRatio(lost / total) : null,
    forbiddenRatio:
      forbidden === null || (forbidden === 0 && perhapsForbidden > 0)
        ? null
        : roundRatio(Math.min(1, forbidden / total)),
  };
}

function mainReporter(rows: readonly CallRow[]): CallRow['reporter'] {
  if (rows.some((row) => row.reporter === 'destination')) return 'destination';
  return rows.some((row) => row.reporter === 'waypoint') ? 'waypoint' : 'source';
}

function versionOf(row: CallRow | LatencyRow, topology: TopologyIndex): string | null {
  const { version, namespace, workload } = row.destination;
  if (version !== null) return version;
  const declared = workload === null ? null : topology.versionOfWorkload(namespace, workload);
  // Subsets are named after versions nearly everywhere; plain Envoy tells nothing else.
  return declared ?? row.subset;
}

function newCounting(): Counting {
  return { requests: 0, failed: 0, failedAtSource: 0, histograms: [] };
}

function countingOf(versions: Map<string, Counting>, version: string): Counting {
  const known = versions.get(version) ?? newCounting();
  versions.set(version, known);
  return known;
}

function toTally(part: Counting): Tally {
  return {
    requestsPerSecond: part.requests,
    failedPerSecond: Math.min(part.requests, Math.max(part.failed, part.failedAtSource)),
    histograms: part.histograms,
  };
}
