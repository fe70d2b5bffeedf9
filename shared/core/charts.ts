import { anySignal } from '../connectors/kit/anySignal.ts';
import { sayError } from '../connectors/kit/peerError.ts';
import type { SeriesObservation } from '../connectors/kit/connector.ts';
import type { CallScope } from '../connectors/kit/signals.ts';
import type { GraphService } from '../model/graph.ts';
import type { Mark, Provenance, Series, ServiceCharts, ServiceSignals, Timeline } from '../model/signals.ts';
import type { Journal } from './journal.ts';
import type { LiveConnection } from './liveConnection.ts';
import { markedByOthers, othersProblem } from './notes.ts';
import type { Ports } from './ports.ts';
import type { OneMap, Place } from './oneMap.ts';
import type { SplitChange } from './splitChanges.ts';
import type { World } from './world.ts';

/** A chart has at most this many points: what its pixels can show. */
const points = 120;

/** Charts of one service, again and again while somebody looks. */
export async function* watchCharts(
  serviceId: string,
  rangeSeconds: number,
  { world, oneMap }: { readonly world: World; readonly oneMap: OneMap },
  journal: Journal,
  ports: Ports,
  signal: AbortSignal | undefined,
): AsyncGenerator<ServiceCharts> {
  while (signal?.aborted !== true) {
    let answered = false;
    const places = oneMap.places(serviceId);
    // Of several systems the first that has figures draws them: others may count the same requests.
    const place = places.find(({ connection }) => hasFigures(connection)) ?? places[0];
    if (place !== undefined) {
      const { connection, service } = place;
      const range = rangeOf(ports.clock.now(), rangeSeconds);
      const signals = world.latest(connection)?.folded.serviceSignals.get(service.id);
      const scope = scopeOf(connection, service, signals);
      const read = await readSeries(connection, scope, range, true, ports, signal);
      const marks = await marksOfPlaces(places, range.from, world, journal);
      const lines = read.observed?.lines ?? [];
      answered = read.provenance.length > 0;
      yield {
        serviceId,
        from: range.from,
        stepSeconds: range.stepSeconds,
        p99Ms: lines.map((line) => named(line.version, line.p99Ms)),
        p50Ms: lines.map((line) => named(line.version, line.p50Ms)),
        errorRatio: lines.map((line) =>
          named(line.version, ratios(line.failedPerSecond, line.requestsPerSecond)),
        ),
        requestsPerSecond: lines.map((line) => named(line.version, line.requestsPerSecond)),
        marks,
        provenance: read.provenance,
      };
    }
    if (!(await pause(ports, rangeSeconds, answered, signal))) return;
  }
}

/** The calls to a service, counted by whoever counted its own figures. */
export function scopeOf(
  connection: Pick<LiveConnection, 'topology'>,
  { id, hosts, namespace, name }: Pick<GraphService, 'id' | 'hosts' | 'namespace' | 'name'>,
  signals: ServiceSignals | null | undefined,
): CallScope {
  const topology = connection.topology();
  return {
    hosts,
    ...(namespace === null ? {} : { service: { namespace, name } }),
    ...(signals?.countedBy === undefined ? {} : { countedBy: signals.countedBy }),
    isService: (one) => topology.serviceNamed(one.namespace, one.name) !== null,
    isCallee: (end) =>
      (end.workload !== null && topology.serviceOfWorkload(end.namespace, end.workload) === id) ||
      (end.instance !== null && topology.serviceOfInstance(end.namespace, end.instance) === id),
  };
}

const hasFigures = (connection: LiveConnection): boolean =>
  connection.sources.some(({ session }) => session.signals !== undefined);

/** What happened to a service in any of the systems that know it. */
async function marksOfPlaces(
  places: readonly Place[],
  from: number,
  world: World,
  journal: Journal,
): Promise<Mark[]> {
  const all = await Promise.all(
    places.map(async ({ service, connection }) =>
      (await marksOf(connection, from, world, journal)).filter(({ serviceId }) => serviceId === service.id),
    ),
  );
  return all.flat().sort((a, b) => a.at - b.at);
}

/** Failures over everything that is open, with what happened when. */
export async function* watchTimeline(
  rangeSeconds: number,
  { world, oneMap }: { readonly world: World; readonly oneMap: OneMap },
  journal: Journal,
  ports: Ports,
  signal: AbortSignal | undefined,
): AsyncGenerator<Timeline> {
  while (signal?.aborted !== true) {
    const range = rangeOf(ports.clock.now(), rangeSeconds);
    const all: Timeline[] = [];
    const missing: Provenance[] = [];
    const nodeOf = (id: string | null) => (id === null ? null : oneMap.faces().primaryOf(id));
    for (const connection of world.connections.open.values()) {
      const read = await readSeries(connection, {}, range, false, ports, signal);
      const lines = read.observed?.lines ?? [];
      all.push({
        from: range.from,
        stepSeconds: range.stepSeconds,
        failedPerSecond: addUp(lines.map((line) => line.failedPerSecond)),
        requestsPerSecond: addUp(lines.map((line) => line.requestsPerSecond)),
        marks: await marksOf(connection, range.from, world, journal),
        // Lines carry no caller, so nothing tells where a request entered.
        provenance: read.provenance.map((one) => ({
          ...one,
          source: `${one.source} · summed over every call: a failure passed on counts at each hop`,
        })),
      });
      const problem = othersProblem(connection);
      if (problem !== null) missing.push({ ...eventsOf(connection, range), problems: [problem] });
    }
    yield {
      from: range.from,
      stepSeconds: range.stepSeconds,
      failedPerSecond: addUp(all.map((one) => one.failedPerSecond)),
      requestsPerSecond: addUp(all.map((one) => one.requestsPerSecond)),
      marks: all
        .flatMap((one) => one.marks)
        .map((mark) => ({ ...mark, serviceId: nodeOf(mark.serviceId) }))
        .sort((a, b) => a.at - b.at),
      provenance: [...all.flatMap((one) => one.provenance), ...missing],
    };
    const answered = all.some((one) => one.provenance.length > 0);
    if (!(await pause(ports, rangeSeconds, answered, signal))) return;
  }
}

export interface RangeRead {
  readonly from: number;
  readonly to: number;
  readonly stepSeconds: number;
}

/** Aligned to the step, so that two reads of the same minute give the same points. */
export function rangeOf(now: number, rangeSeconds: number): RangeRead {
  const stepSeconds = Math.max(5, Math.ceil(rangeSeconds / points));
  const stepMs = stepSeconds * 1000;
  const to = Math.floor(now / stepMs) * stepMs;
  return { from: to - Math.floor(rangeSeconds / stepSeconds) * stepMs, to, stepSeconds };
}

/** Reads a range from the first source that has figures; a failure is words, not an exception. */
export async function readSeries(
  connection: LiveConnection,
  scope: CallScope,
  range: RangeRead,
  latency: boolean,
  ports: Ports,
  signal: AbortSignal | undefined,
): Promise<{ observed: SeriesObservation | null; provenance: Provenance[] }> {
  const signals = connection.sources.find((source) => source.session.signals !== undefined)?.session.signals;
  if (signals === undefined) return { observed: null, provenance: [] };
  const windowSeconds = Math.max(30, range.stepSeconds * 2, (signals.scrapeIntervalSeconds ?? 15) * 4);
  const provenance = {
    source: signals.source,
    observedAt: ports.clock.now(),
    newestSampleAt: null,
    windowSeconds,
  };
  try {
    const limit = anySignal([connection.closed, ...(signal === undefined ? [] : [signal])]);
    const observed = await signals.series({ scope, ...range, windowSeconds, latency }, limit);
    const { source = signals.source, problems } = observed;
    return { observed, provenance: [{ ...provenance, source, problems: [...problems] }] };
  } catch (thrown) {
    return {
      observed: null,
      provenance: [{ ...provenance, problems: [sayError(thrown, 'Reading the range')] }],
    };
  }
}

const eventsOf = ({ title }: LiveConnection, { to, from }: RangeRead): Omit<Provenance, 'problems'> => ({
  source: `Events of ${title}`,
  observedAt: to,
  newestSampleAt: null,
  windowSeconds: (to - from) / 1000,
});

/** Deployments and operations of a connection, also those of other Podiums, oldest first. */
export async function marksOf(
  connection: LiveConnection,
  from: number,
  world: World,
  journal: Journal,
): Promise<Mark[]> {
  const marks: Mark[] = [...(await journal.marks(connection.title, from))];
  for (const { at, serviceId, workload, image } of connection.topology().deployments) {
    if (at < from) continue;
    const tag = image === null ? '' : ` ${tagOf(image)}`;
    marks.push({ at, kind: 'deployment', title: `deploy ${workload}${tag}`, serviceId, operationId: null });
  }
  marks.push(...(await markedByOthers(connection, from, journal)));
  marks.push(...markedChanges(world.splitChanges(connection), from, marks));
  return marks.sort((a, b) => a.at - b.at);
}

/** Changes of splits that are not marked already: ours stand in the journal, those of other Podiums in their notes. */
function markedChanges(changes: readonly SplitChange[], from: number, marked: readonly Mark[]): Mark[] {
  const key = (at: number, serviceId: string | null) => `${Math.round(at / 2000)} ${serviceId}`;
  const known = new Set(marked.map(({ at, serviceId }) => key(at, serviceId)));
  const marks = new Map<string, Mark>();
  for (const { split, movedWeights } of changes) {
    const { serviceId, document, changedBy } = split;
    if (changedBy?.at == null || changedBy.at < from || changedBy.who === 'podium') continue;
    const { at, who } = changedBy;
    if (known.has(key(at, serviceId))) continue;
    const what = movedWeights === false ? `${document.kind} ${document.name} changed` : 'weights set';
    // One document may hold several splits of a service: what was done to the weights of any says more.
    const one = `${at} ${who} ${serviceId}`;
    if (marks.has(one) && movedWeights === false) continue;
    marks.set(one, { at, kind: 'event', title: `${what} by ${who}`, serviceId, operationId: null });
  }
  return [...marks.values()];
}

export function tagOf(image: string): string {
  const tag = image.split('@')[0]?.split('/').at(-1)?.split(':')[1];
  return tag ?? image.slice(-12);
}

function named(version: string | null, values: readonly (number | null)[]): Series {
  return { name: version ?? 'all', values: [...values] };
}

function ratios(failed: readonly (number | null)[], requests: readonly (number | null)[]): (number | null)[] {
  return requests.map((rate, i) => {
    const lost = failed[i] ?? null;
    return rate === null || lost === null || rate === 0 ? null : lost / rate;
  });
}

/** Adds lines point by point; a point that no line knows stays a gap. */
export function addUp(lines: readonly (readonly (number | null)[])[]): (number | null)[] {
  const length = Math.max(0, ...lines.map((line) => line.length));
  return Array.from({ length }, (_, i) =>
    lines.reduce<number | null>((sum, line) => {
      const value = line[i] ?? null;
      return value === null ? sum : (sum ?? 0) + value;
    }, null),
  );
}

/** A step of the range once something answered; before that, a moment, for sources are still being opened. */
async function pause(
  ports: Ports,
  rangeSeconds: number,
  answered: boolean,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const stepMs = Math.max(5, Math.ceil(rangeSeconds / points)) * 1000;
  try {
    await ports.clock.sleep(answered ? Math.min(stepMs, 30_000) : 500, signal);
    return true;
  } catch {
    return false;
  }
}
