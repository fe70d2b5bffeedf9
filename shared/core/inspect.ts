import { anySignal } from '../connectors/kit/anySignal.ts';
import type { ServiceKey } from '../connectors/kit/connector.ts';
import { sayError } from '../connectors/kit/peerError.ts';
import { resourceSentences } from '../analysis/instanceUse.ts';
import { mergeDetails } from '../analysis/mergeDetails.ts';
import { noSidecar } from '../analysis/missingProtections.ts';
import { withObserved } from '../analysis/observedProtections.ts';
import type { GraphCall, GraphService } from '../model/graph.ts';
import type { CallView, DocumentView, EventView, Protection, ServiceDetail } from '../model/inspect.ts';
import type { SightingsObservation } from '../model/observations.ts';
import type { Fallback } from '../model/trip.ts';
import type { InspectParts } from './inspectParts.ts';
import type { LiveConnection } from './liveConnection.ts';
import { refusedCallers } from './denials.ts';
import { evidenceOf, readSightings, unseenOf } from './sightings.ts';
import { verdictOf } from './serviceVerdict.ts';
import { createUsageReader, type UsageReader } from './usage.ts';
import type { World } from './world.ts';

const pauseMs = 5_000;

/** Everything about one service but charts and splits, read anew while somebody looks. */
export async function* watchDetail(
  serviceId: string,
  parts: InspectParts,
  signal: AbortSignal | undefined,
): AsyncGenerator<ServiceDetail> {
  const readUsage = createUsageReader(parts.ports.clock);
  while (signal?.aborted !== true) {
    const detail = await readFaces(serviceId, parts, readUsage, signal);
    if (detail !== null) yield detail;
    try {
      await parts.ports.clock.sleep(pauseMs, signal);
    } catch {
      return;
    }
  }
}

/** What each system that knows the service tells of it, put together. */
async function readFaces(
  serviceId: string,
  parts: InspectParts,
  readUsage: UsageReader,
  signal: AbortSignal | undefined,
): Promise<ServiceDetail | null> {
  const { oneMap, world } = parts;
  const places = oneMap.places(serviceId);
  const systemOf = (id: string): string => oneMap.systemOf(world.connectionOf(id)?.id ?? '');
  const details = await Promise.all(
    places.map((place) => readDetail(place.service, place.connection, parts, readUsage, signal)),
  );
  return details.length === 0 ? null : mergeDetails(details, oneMap.faces(), systemOf);
}

async function readDetail(
  service: GraphService,
  connection: LiveConnection,
  parts: InspectParts,
  readUsage: UsageReader,
  signal: AbortSignal | undefined,
): Promise<ServiceDetail> {
  const { world } = parts;
  const instances = world.instances(service.id);
  const limit = anySignal([connection.closed, ...(signal === undefined ? [] : [signal])]);
  const problems: string[] = [];
  const calls = world
    .graph()
    .calls.filter((call) => call.calleeId === service.id || call.callerId === service.id);
  const [sightings, events, documents, verdict, use, refused] = await Promise.all([
    readSightings(connection, calls, world, limit, problems),
    readEvents(
      connection,
      service,
      instances.map((instance) => instance.name),
      limit,
      problems,
    ),
    readDocuments(connection, service, limit, problems),
    verdictOf(service, connection, parts, limit),
    readUsage(connection, instances, limit, problems),
    refusedCallers(connection, service, calls, world, limit),
  ]);
  const held = resourceSentences(instances, use, parts.ports.clock.now());
  const view = (call: GraphCall, otherId: string): CallView =>
    viewCall(call, otherId, sightings, connection, world);
  return {
    serviceId: service.id,
    verdict: { ...verdict, sentences: [...refused, ...verdict.sentences, ...held] },
    instances,
    use,
    callsIn: calls.filter((call) => call.calleeId === service.id).map((call) => view(call, call.callerId)),
    callsOut: calls.filter((call) => call.callerId === service.id).map((call) => view(call, call.calleeId)),
    events,
    documents,
    provenance: [...(world.latest(connection)?.provenance ?? [])],
    unseen: unseenOf(calls, sightings, world),
    protectable: canProtect(connection),
    problems,
  };
}

function viewCall(
  call: GraphCall,
  otherId: string,
  sightings: SightingsObservation | null,
  connection: LiveConnection,
  world: World,
): CallView {
  const callee = world.service(call.calleeId);
  const other = {
    callId: call.id,
    otherId,
    otherName: world.service(otherId)?.name ?? otherId,
    health: world.latest(connection)?.folded.callSignals.get(call.id)?.health ?? 'unknown',
  } as const;
  if (!isHeldBy(world.service(call.callerId), connection))
    return { ...other, protections: [], missing: [], unknown: noSidecar, fallback: null };
  const declared = protectionsOf(callee, connection);
  const protections =
    declared === null ? null : withObserved(declared, evidenceOf(call, sightings, connection, world));
  const fallback = fallbackOf(callee, connection);
  return {
    ...other,
    unknown: null,
    protections: [...(protections ?? []), ...(fallback === null ? [] : [fallbackProtection(fallback)])],
    missing: [
      ...(protections === null || !canProtect(connection) ? [] : missingOf(protections)),
      ...(fallback === null && canDivert(connection) ? ['no fallback'] : []),
    ],
    fallback,
  };
}

/** False where no source's proxies beside the caller would hold to what is declared. */
export function isHeldBy(
  caller: GraphService | undefined,
  { sources }: Pick<LiveConnection, 'sources'>,
): boolean {
  const telling = sources.flatMap(({ session }) => session.protections ?? []);
  if (caller === undefined || telling.length === 0) return true;
  return telling.some((source) => source.isHeldBy?.(caller) !== false);
}

/** Null where no source can tell what protects a call. */
function protectionsOf(
  callee: GraphService | undefined,
  connection: LiveConnection,
): readonly Protection[] | null {
  const sources = connection.sources.filter((source) => source.session.protections !== undefined);
  if (sources.length === 0 || callee === undefined) return null;
  const found = new Map<string, Protection>();
  for (const source of sources) {
    const declared = source.session.protections?.declared();
    for (const host of callee.hosts) {
      for (const protection of declared?.get(host) ?? [])
        found.set(`${protection.kind} ${protection.text}`, protection);
    }
  }
  return [...found.values()];
}

/** What is declared for callers to get while the service may not answer. */
function fallbackOf(callee: GraphService | undefined, connection: LiveConnection): Fallback | null {
  for (const { session } of connection.sources) {
    const declared = session.isolation?.fallbacks();
    for (const host of callee?.hosts ?? []) {
      const fallback = declared?.get(host);
      if (fallback !== undefined) return fallback;
    }
  }
  return null;
}

/** Who sets protections sees them all. An application's own breakers and rules say nothing of its time-outs, which it may have. */
export const canProtect = (connection: Pick<LiveConnection, 'sources'>): boolean =>
  connection.sources.some(({ session }) => session.protectionEdits !== undefined);

/** Where no source can trip a call from outside a fallback would be of no use, and its absence is no lack. */
function canDivert(connection: LiveConnection): boolean {
  return canProtect(connection) && connection.sources.some(({ session }) => session.isolation !== undefined);
}

function fallbackProtection(fallback: Fallback): Protection {
  const text =
    fallback.kind === 'answer'
      ? `a fixed answer with status ${fallback.status}`
      : `${fallback.host}${fallback.subset === null ? '' : ` ${fallback.subset}`}`;
  return { kind: 'fallback', text: `${text}, while it is tripped`, evidence: 'declared', observed: null };
}

function missingOf(protections: readonly Protection[]): string[] {
  const has = (kind: Protection['kind']) => protections.some((protection) => protection.kind === kind);
  const missing: string[] = [];
  if (!has('timeout')) missing.push('no time-out');
  if (!has('limit')) missing.push('no limit');
  if (!has('ejection') && !has('breaker')) missing.push('no ejection');
  return missing;
}

async function readEvents(
  connection: LiveConnection,
  service: GraphService,
  instances: readonly string[],
  signal: AbortSignal,
  problems: string[],
): Promise<EventView[]> {
  if (service.namespace === null) return [];
  const entity = { namespace: service.namespace, name: service.name };
  const all: EventView[] = [];
  for (const { session } of connection.sources) {
    if (session.events === undefined) continue;
    try {
      all.push(...(await session.events.read(entity, instances, signal)));
    } catch (thrown) {
      problems.push(sayError(thrown, 'Reading events'));
    }
  }
  return all.sort((a, b) => (b.at ?? 0) - (a.at ?? 0)).slice(0, 200);
}

async function readDocuments(
  connection: LiveConnection,
  service: GraphService,
  signal: AbortSignal,
  problems: string[],
): Promise<DocumentView[]> {
  const key: ServiceKey = { namespace: service.namespace, name: service.name, hosts: service.hosts };
  const all: DocumentView[] = [];
  for (const { session } of connection.sources) {
    if (session.documents === undefined) continue;
    try {
      for (const { ref, yaml, findings } of await session.documents.read(key, signal)) {
        all.push({ document: ref, yaml, findings: [...findings] });
      }
    } catch (thrown) {
      problems.push(sayError(thrown, 'Reading the documents that shape this service'));
    }
  }
  return all;
}
