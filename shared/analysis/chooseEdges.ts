import type { CallId, EntityId } from '../model/entity.ts';
import type { SignalsObservation } from '../model/observations.ts';
import { Evidence, type CallSignals } from '../model/signals.ts';
import type { Edge } from './foldEdge.ts';
import type { Tally } from './tally.ts';

/** One reading with its calls, each counted once within it. */
export interface ReadEdges {
  readonly observation: Pick<SignalsObservation, 'source' | 'evidence' | 'seesAllReceived'>;
  readonly edges: ReadonlyMap<CallId, Edge>;
}

/** Calls over all readings, no request counted by two of them. */
export interface ChosenEdges {
  /** The readings, best evidence first. */
  readonly ranked: readonly ReadEdges[];
  readonly edges: ReadonlyMap<CallId, Edge>;
  /** Of each call who counted it, where there is more than one reading. */
  readonly counted: ReadonlyMap<CallId, NonNullable<CallSignals['counted']>>;
  /** What a service received, where it is not the sum of `edges`: proxies at it counted everything, whoever else names callers. */
  readonly received: ReadonlyMap<EntityId, readonly Edge[]>;
}

interface Candidate {
  readonly edge: Edge;
  /** Place of its reading, best first. */
  readonly rank: number;
  readonly also: string[];
}

/** Less than this part, or this rate, is the difference of readings at different moments. */
const toleratedPart = 0.1;
const toleratedPerSecond = 0.1;

/**
 * The best evidence wins each call, but a sample of it yields to who counts all. Calls of unknown callers are what is left of a reading once calls that others name are
 * taken away; they are all a callee's own program can tell, and nothing where proxies at it name everybody.
 */
export function chooseEdges(readings: readonly ReadEdges[], unknownCaller: EntityId): ChosenEdges {
  const ranked = readings.toSorted((a, b) => rankOf(a) - rankOf(b));
  const chosen = new Map<CallId, Candidate>();
  ranked.forEach((reading, rank) => {
    for (const [id, edge] of reading.edges) {
      const known = chosen.get(id);
      if (known === undefined) chosen.set(id, { edge, rank, also: [] });
      else if (
        edge.callerId === unknownCaller
          ? !tellsUnknown(ranked[known.rank], known.edge) && seesAll(reading, edge)
          : isSampleOf(ranked[known.rank], known.edge, reading, edge)
      )
        // Of callers whom nobody names, who counts all that arrives knows more than who counts some.
        chosen.set(id, { edge, rank, also: [sourceOf(ranked[known.rank]), ...known.also] });
      else known.also.push(reading.observation.source);
    }
  });
  if (ranked.length > 1) takeAwayNamed(chosen, ranked, unknownCaller);
  return {
    ranked,
    edges: new Map([...chosen].map(([id, { edge }]) => [id, edge])),
    counted: new Map(ranked.length < 2 ? [] : [...chosen].map(([id, one]) => [id, sayCounted(one, ranked)])),
    received: ranked.length < 2 ? new Map() : receivedAt(ranked),
  };
}

const evidenceOf = ({ observation }: ReadEdges): Evidence => observation.evidence ?? 'client';
const rankOf = (reading: ReadEdges): number => Evidence.options.indexOf(evidenceOf(reading));

const sourceOf = (reading: ReadEdges | undefined): string => reading?.observation.source ?? '';
const seesAll = (reading: ReadEdges | undefined, edge: Edge): boolean =>
  reading?.observation.seesAllReceived === true && edge.reportedByCallee;

/** A callee's own proxy knows which calls came without one. */
const tellsUnknown = (reading: ReadEdges | undefined, edge: Edge): boolean =>
  reading !== undefined &&
  edge.reportedByCallee &&
  (evidenceOf(reading) === 'mesh' || reading.observation.seesAllReceived === true);

/** Whether one count is so far below another of the same calls that it must be a sample of them. */
const isSample = (kept: number, all: number): boolean =>
  all * (1 - toleratedPart) > kept + toleratedPerSecond;

/** Whether two counts cannot be of the same calls. */
export const differs = (one: number, other: number): boolean => isSample(one, other) || isSample(other, one);

/** Of sampled traces a graph counts only those that are kept; the caller's own counters miss none. Queues are no calls of theirs. */
const isSampleOf = (graph: ReadEdges | undefined, kept: Edge, counting: ReadEdges, all: Edge): boolean =>
  graph !== undefined &&
  evidenceOf(graph) === 'serviceGraph' &&
  evidenceOf(counting) === 'client' &&
  !kept.asynchronous &&
  all.tally !== null &&
  // Without a rate nobody knows what of it was kept, and any figure says more.
  (kept.tally === null || isSample(kept.tally.requestsPerSecond, all.tally.requestsPerSecond));

function sayCounted(
  { rank, also }: Candidate,
  ranked: readonly ReadEdges[],
): NonNullable<CallSignals['counted']> {
  const reading = ranked[rank];
  return {
    by: sourceOf(reading),
    evidence: reading === undefined ? 'client' : evidenceOf(reading),
    also: [...new Set(also)],
  };
}

function takeAwayNamed(
  chosen: Map<CallId, Candidate>,
  ranked: readonly ReadEdges[],
  unknownCaller: EntityId,
): void {
  const callers = Map.groupBy(chosen.values(), ({ edge }) => edge.calleeId);
  const reported = ranked.map(reportedCallees);
  for (const [id, candidate] of [...chosen]) {
    const { edge, rank } = candidate;
    const own = ranked[rank]?.edges;
    if (edge.callerId !== unknownCaller || edge.tally === null) continue;
    const isKnownBetter = reported.slice(0, rank).some((callees) => callees.has(edge.calleeId));
    const named = (callers.get(edge.calleeId) ?? []).flatMap((one) =>
      // Callers that its own reading names are not among the unknown ones of it.
      one.edge.callerId === unknownCaller || own?.has(one.edge.id) === true
        ? []
        : (mostOf(one.edge.id, ranked) ?? []),
    );
    const rest = isKnownBetter ? null : restOf(edge.tally, named);
    if (rest === null) chosen.delete(id);
    else if (rest !== edge.tally) chosen.set(id, { ...candidate, edge: { ...edge, tally: rest } });
  }
}

/** What the reading that counted most of a call counted: no less of it has a name. */
function mostOf(id: CallId, ranked: readonly ReadEdges[]): Tally | null {
  const tallies = ranked.flatMap(({ edges }) => edges.get(id)?.tally ?? []);
  return tallies.reduce<Tally | null>(
    (most, one) => (most === null || one.requestsPerSecond > most.requestsPerSecond ? one : most),
    null,
  );
}

/** The same tally where nothing is named, null where nothing is left. */
function restOf(tally: Tally, named: readonly Tally[]): Tally | null {
  if (named.length === 0) return tally;
  const sum = (of: (one: Tally) => number): number => named.reduce((total, one) => total + of(one), 0);
  const requests = tally.requestsPerSecond - sum((one) => one.requestsPerSecond);
  if (requests <= Math.max(tally.requestsPerSecond * toleratedPart, toleratedPerSecond)) return null;
  const failed = tally.failedPerSecond - sum((one) => one.failedPerSecond);
  const share = requests / tally.requestsPerSecond;
  return {
    requestsPerSecond: requests,
    failedPerSecond: Math.min(requests, Math.max(0, failed)),
    histograms: tally.histograms.map((buckets) =>
      buckets.map(({ leMs, perSecond }) => ({ leMs, perSecond: perSecond * share })),
    ),
  };
}

/** Callees of which a reading tells all that they received. */
function reportedCallees({ observation, edges }: ReadEdges): ReadonlySet<EntityId> {
  if (observation.seesAllReceived !== true) return new Set();
  return new Set([...edges.values()].flatMap((edge) => (edge.reportedByCallee ? edge.calleeId : [])));
}

/** Programs do not count calls that never reached them; proxies at a callee do, as far as callers' proxies told theirs. */
function receivedAt(ranked: readonly ReadEdges[]): Map<EntityId, readonly Edge[]> {
  const received = new Map<EntityId, readonly Edge[]>();
  for (const reading of ranked) {
    if (evidenceOf(reading) !== 'mesh') continue;
    const callees = reportedCallees(reading);
    for (const [calleeId, edges] of Map.groupBy(reading.edges.values(), (edge) => edge.calleeId))
      if (callees.has(calleeId) && !received.has(calleeId)) received.set(calleeId, edges);
  }
  return received;
}
