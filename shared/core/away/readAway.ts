import { foldSignals } from '../../analysis/foldSignals.ts';
import { figuresSince, pastFailure, type PastFailure } from '../../analysis/pastFailures.ts';
import { anySignal } from '../../connectors/kit/anySignal.ts';
import { fewAtOnce } from '../../connectors/kit/fewAtOnce.ts';
import type { PastAlert, PastNotes, Span } from '../../connectors/kit/past.ts';
import { sayError } from '../../connectors/kit/peerError.ts';
import type { AwaySummary } from '../../model/away.ts';
import type { GraphService } from '../../model/graph.ts';
import type { Settings } from '../../model/settings.ts';
import { addUp, rangeOf, readSeries, scopeOf } from '../charts.ts';
import type { Journal } from '../journal.ts';
import type { LiveConnection } from '../liveConnection.ts';
import { markedByOthers, othersProblem } from '../notes.ts';
import type { Ports } from '../ports.ts';
import { thresholdsOf } from '../serviceVerdict.ts';
import { alertLine, changeLines, failureLine, killLines, operationLines, warningLines } from './awayLines.ts';

/** So many services are looked at closely: each costs queries. */
const mostFailing = 12;
const mostUncounted = 4;
const mostLines = 60;
/** Nobody reads of last month's weekend, and no peer is asked for it. */
const longestMs = 7 * 86_400_000;
const usualLimitMs = 60_000;
/** How long systems that are offered by another may take to be there. */
const readyMs = 10_000;

/** What was read whole of one time, by part, so that who asks again reads what failed and nothing else. */
export type AwayRead = Map<string, unknown>;

interface AwayParts {
  readonly journal: Journal;
  readonly health: Settings['health'];
  readonly ports: Ports;
}

/** One looking back: a peer that is too slow for it costs its own part alone. */
interface LookingBack {
  readonly signal: AbortSignal;
  /** Takes down what could not be read this time, as its source says it. */
  failed(problems: readonly string[]): void;
  /** Takes down why something is missing; throws where nobody waits for the rest any more. */
  missed(thrown: unknown, tried: string): void;
}

/** What happened to one connection since a time, until another or until now, from everything that remembers it. Every peer is asked once. */
export async function readAway(
  connection: LiveConnection,
  { from: since, to: until }: { readonly from: number; readonly to?: number | undefined },
  parts: AwayParts,
  asked: AbortSignal | undefined,
  limitMs = usualLimitMs,
  read: AwayRead = new Map(),
): Promise<AwaySummary> {
  const gone = anySignal([connection.closed, ...(asked === undefined ? [] : [asked])]);
  const signal = anySignal([gone, AbortSignal.timeout(limitMs)]);
  await untilReady(connection, parts.ports.clock, signal);
  const now = parts.ports.clock.now();
  const to = Math.min(until ?? now, now);
  const span = { from: Math.max(since, to - longestMs), to };
  const problems: string[] = [];
  /** One part: as it was read before, or anew; kept where nothing of it failed and it is worth keeping. */
  async function part<Value>(
    name: string,
    look: (looking: LookingBack) => Promise<Value>,
    isKept: (value: Value) => boolean,
  ): Promise<Value> {
    // The same part put it there.
    if (read.has(name)) return read.get(name) as Value;
    let isWhole = true;
    const value = await look({
      signal,
      failed(texts) {
        if (texts.length > 0) isWhole = false;
        problems.push(...texts);
      },
      missed(thrown, tried) {
        if (gone.aborted) throw thrown;
        isWhole = false;
        problems.push(
          signal.aborted ? `${tried} was given up after ${limitMs / 1000} s.` : sayError(thrown, tried),
        );
      },
    });
    if (isWhole && isKept(value)) read.set(name, value);
    return value;
  }
  const [figures, alerts, notes, operations, others] = await Promise.all([
    // What nobody answered is asked for again: the system that knows may be there by then.
    part(
      'figures',
      (looking) => readFailures(connection, span, parts, looking),
      ({ answered }) => answered,
    ),
    part(
      'alerts',
      (looking) => readAlerts(connection, span, looking),
      ({ answered }) => answered,
    ),
    part(
      'notes',
      (looking) => readNotes(connection, span, looking),
      ({ answered }) => answered,
    ),
    operationLines(parts.journal, connection.title, span),
    markedByOthers(connection, span.from, parts.journal),
  ]);
  const hidden = othersProblem(connection);
  if (hidden !== null) problems.push(hidden);
  const topology = connection.topology();
  const lines = [
    ...figures.failures.map(({ service, failure }) => failureLine(service, failure)),
    ...operations,
    ...alerts.alerts.map((alert) => alertLine(alert, topology)),
    ...changeLines(topology, span, notes.changes, notes.aheadMs),
    ...killLines(connection, span, notes.aheadMs),
    ...warningLines(notes.warnings, topology),
    ...others.map(({ at, title, serviceId }) => ({
      kind: 'operation' as const,
      tone: 'neutral' as const,
      serviceId,
      name: serviceId === null ? '' : (topology.service(serviceId)?.name ?? ''),
      text: title,
      from: at,
      to: at,
      lostCalls: null,
      operationId: null,
    })),
  ].sort((a, b) => (b.lostCalls ?? -1) - (a.lostCalls ?? -1) || b.from - a.from);
  return {
    connectionId: connection.id,
    ...span,
    lines: lines.slice(0, mostLines),
    more: Math.max(0, lines.length - mostLines),
    counted: figures.counted,
    untimed: [...figures.untimed],
    reaches: [
      ...(span.from > since ? [{ what: 'everything', since: span.from }] : []),
      ...(figures.since === null ? [] : [{ what: 'figures', since: figures.since }]),
      ...(notes.keptSince === null ? [] : [{ what: 'Events', since: notes.keptSince }]),
    ],
    notes: [...figures.notes],
    problems: [...new Set(problems)],
  };
}

async function untilReady(
  connection: LiveConnection,
  clock: Ports['clock'],
  signal: AbortSignal,
): Promise<void> {
  const isReady = (): boolean =>
    connection.topology().services.length > 0 &&
    connection.sources.some(({ session }) => session.signals !== undefined);
  for (let waitedMs = 0; !isReady() && waitedMs < readyMs; waitedMs += 250) await clock.sleep(250, signal);
}

interface Failures {
  readonly failures: readonly { readonly service: GraphService; readonly failure: PastFailure }[];
  readonly untimed: AwaySummary['untimed'];
  readonly counted: boolean;
  /** Whether something told of calls or connections, so that reading again tells no more. */
  readonly answered: boolean;
  readonly notes: readonly string[];
  /** When figures begin, where they do not reach back. */
  readonly since: number | null;
}

/** Who lost calls at all, in one reading over the whole time; then those that lost most, step by step. */
async function readFailures(
  connection: LiveConnection,
  { from, to }: Span,
  { health, ports }: AwayParts,
  { signal, failed, missed }: LookingBack,
): Promise<Failures> {
  const none: Failures = {
    failures: [],
    untimed: [],
    counted: false,
    answered: false,
    notes: [],
    since: null,
  };
  const source = connection.sources.find(({ session }) => session.signals?.readPast !== undefined);
  const signals = source?.session.signals;
  if (signals?.readPast === undefined) return none;
  const seconds = Math.max(60, Math.ceil((to - from) / 1000));
  const { stepSeconds } = rangeOf(to, seconds);
  // To this very moment: what began in the last step of a long night counts.
  const range = { from: to - Math.floor(seconds / stepSeconds) * stepSeconds * 1000, to, stepSeconds };
  try {
    const observed = await signals.readPast(seconds, (ports.clock.now() - to) / 1000, signal);
    const topology = connection.topology();
    // As counts of the whole time rather than rates, which would be rounded to nothing of a night's few failures.
    const counts = (one: typeof observed): typeof observed => ({
      ...one,
      windowSeconds: 1,
      calls: one.calls.map((row) => ({ ...row, perSecond: row.perSecond * seconds })),
      ...(one.beside === undefined ? {} : { beside: one.beside.map(counts) }),
    });
    const folded = foldSignals({
      connectionId: connection.id,
      topology,
      observations: [counts(observed)],
      health,
      now: to,
    });
    const figuresOf = ({ id }: GraphService) => folded.serviceSignals.get(id);
    const called = new Set(folded.calls.map(({ calleeId }) => calleeId));
    const figures = topology.services.map((service) => ({
      service,
      lost: figuresOf(service)?.failedPerSecond ?? null,
    }));
    const notes = onlyConnectionsWords(
      figures.filter(({ service, lost }) => lost === null && called.has(service.id)),
    );
    const suspects = figures
      .flatMap(({ service, lost }) => (lost !== null && lost >= 1 ? [{ service, lost }] : []))
      .sort((a, b) => b.lost - a.lost);
    const read = async (scope: Parameters<typeof readSeries>[1]) => {
      const { observed: series, provenance } = await readSeries(
        connection,
        scope,
        range,
        false,
        ports,
        signal,
      );
      if (series === null && signal.aborted)
        missed(signal.reason, `Reading from ${signals.source} when calls were lost`);
      else failed(provenance.flatMap((one) => one.problems));
      const lines = series?.lines ?? [];
      return {
        isRead: series !== null,
        from: series?.from ?? range.from,
        stepSeconds: series?.stepSeconds ?? range.stepSeconds,
        requestsPerSecond: addUp(lines.map((line) => line.requestsPerSecond)),
        failedPerSecond: addUp(lines.map((line) => line.failedPerSecond)),
      };
    };
    const whole = await read({});
    const looked = await fewAtOnce(
      suspects.slice(0, mostFailing),
      async ({ service, lost }) => ({
        service,
        lost,
        failure: pastFailure(
          await read(scopeOf(connection, service, figuresOf(service))),
          thresholdsOf(service.id, health),
        ),
      }),
      2,
    );
    const left = suspects.length - mostFailing;
    if (left > 0)
      notes.push(
        `${left} more ${left === 1 ? 'service' : 'services'} lost a few calls each; those that lost most were looked at.`,
      );
    failed(observed.problems);
    // Without the steps of everything nobody knows how far back figures reach.
    const answered =
      whole.isRead && [observed, ...(observed.beside ?? [])].some(({ calls }) => calls.length > 0);
    return {
      failures: looked.flatMap(({ service, failure }) => (failure === null ? [] : [{ service, failure }])),
      // A short failure drowns in a long step, and steps may be what could not be read: it was lost all the same.
      untimed: looked.flatMap(({ service, lost, failure }) =>
        failure !== null
          ? []
          : {
              serviceId: service.id,
              name: service.name,
              lostCalls: Math.round(lost),
              calls: Math.round(figuresOf(service)?.requestsPerSecond ?? lost),
            },
      ),
      // Connections alone count no calls.
      counted: answered && [...folded.serviceSignals.values()].some((one) => one.failedPerSecond !== null),
      answered,
      notes,
      since: figuresSince(whole),
    };
  } catch (thrown) {
    missed(thrown, `Reading lost calls from ${signals.source}`);
    return none;
  }
}

/** Whose calls were seen as connections alone: that none of them is known to have failed is no sign that none did. */
function onlyConnectionsWords(uncounted: readonly { readonly service: GraphService }[]): string[] {
  if (uncounted.length === 0) return [];
  const said = uncounted.slice(0, mostUncounted).map(({ service }) => service.name.slice(0, 60));
  const left = uncounted.length - said.length;
  const names = [...said, ...(left === 0 ? [] : [`${left} more`])].join(', ');
  return [`Of calls to ${names} only connections were counted: whether any failed is not known.`];
}

async function readAlerts(
  connection: LiveConnection,
  span: Span,
  { signal, failed, missed }: LookingBack,
): Promise<{ readonly alerts: readonly PastAlert[]; readonly answered: boolean }> {
  const found: PastAlert[] = [];
  let answered = false;
  for (const { session } of connection.sources) {
    const { alerts } = session;
    if (alerts?.past === undefined) continue;
    try {
      const read = await alerts.past(span, signal);
      answered = true;
      found.push(...read.alerts);
      failed(read.problems);
    } catch (thrown) {
      missed(thrown, `Reading alerts that fired from ${alerts.source}`);
    }
  }
  return { alerts: found, answered };
}

async function readNotes(
  connection: LiveConnection,
  span: Span,
  { signal, failed, missed }: LookingBack,
): Promise<PastNotes & { readonly answered: boolean }> {
  const events = connection.sources.flatMap(({ session }) => session.events ?? []).find(({ past }) => past);
  const none = { warnings: [], changes: [], keptSince: null, problems: [], aheadMs: 0, answered: false };
  if (events?.past === undefined) return none;
  try {
    const notes = await events.past(span, signal);
    failed(notes.problems);
    return { ...notes, answered: true };
  } catch (thrown) {
    missed(thrown, `Reading what ${connection.title} noted`);
    return none;
  }
}
