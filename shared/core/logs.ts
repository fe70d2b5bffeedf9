import { mergeLogs } from '../analysis/mergeLogs.ts';
import type { LogOf, LogPiece, LogSource } from '../connectors/kit/logs.ts';
import { PeerError, sayError } from '../connectors/kit/peerError.ts';
import type { Permission } from '../model/connection.ts';
import type { LogAsk, LogBatch, LogEntry, LogInstance, LogLineRef } from '../model/log.ts';
import type { LiveConnection } from './liveConnection.ts';
import { createLogLane, type LogLane } from './logLane.ts';
import type { OneMap } from './oneMap.ts';
import type { Ports } from './ports.ts';
import { createPulse } from './pulse.ts';
import { Refusal } from './refusal.ts';
import type { World } from './world.ts';

interface LogParts {
  readonly world: World;
  readonly oneMap: OneMap;
  readonly ports: Pick<Ports, 'clock'>;
}

/** Each is a request that stays open; whoever runs more instances than this looks at some of them. */
const mostLanes = 24;
/** Of all lanes together, so that many instances do not make many times the lines. */
const mostPast = 20_000;
const batchEntries = 400;
/** How long lines of one instance wait for those of another that were written at the same time. */
const settleMs = 300;
/** A log that does not come is no reason to hold the others back. */
const patienceMs = 8_000;

/** An instance as one connection knows it, with what reads its log. */
interface Placed {
  readonly at: LiveConnection;
  readonly source: LogSource;
  readonly instance: LogInstance;
}

/** The instances behind a service whose logs can be read. */
export async function readLogInstances(
  serviceId: string,
  { oneMap }: Pick<LogParts, 'oneMap'>,
  signal: AbortSignal | undefined,
): Promise<{ instances: LogInstance[]; problems: string[] }> {
  const { placed, problems } = await findPlaced(serviceId, oneMap, signal);
  return { instances: placed.map(({ instance }) => instance), problems };
}

/** A line that was cut, whole. */
export async function readLogLine(
  { connectionId, stamp, text, previous, ...of }: LogLineRef,
  { world }: Pick<LogParts, 'world'>,
  signal: AbortSignal | undefined,
): Promise<{ text: string | null }> {
  const at = world.connections.open.get(connectionId);
  const source = at?.sources.find(({ session }) => session.logs !== undefined)?.session.logs;
  if (at === undefined || source === undefined) throw new Refusal('REFUSED', 'That connection is closed.');
  return { text: await source.line(of, { stamp, text }, { previous }, until(at, signal)) };
}

/**
 * The logs behind one service, merged in the order of time. Nothing is read faster than the window takes it, and nothing is
 * kept: neither here nor in a file.
 */
export async function* watchLogs(
  ask: LogAsk,
  { world, oneMap, ports }: LogParts,
  signal: AbortSignal | undefined,
): AsyncGenerator<LogBatch> {
  const stop = new AbortController();
  const over = AbortSignal.any([stop.signal, ...(signal === undefined ? [] : [signal])]);
  const { clock } = ports;
  const news = createPulse();
  const lanes = new Map<string, LogLane>();
  const noted: LogEntry[] = [];
  const say = (text: string, tone: 'calm' | 'warn', instance: string | null = null): void => {
    noted.push({ kind: 'note', instance, at: clock.now(), tone, text, denied: null });
  };
  const open = (placed: readonly Placed[], isLate: boolean): void => {
    const wanted = placed.filter(({ instance }) => !lanes.has(instance.uid));
    const room = Math.max(0, mostLanes - [...lanes.values()].filter((lane) => !lane.ended).length);
    for (const { at, source, instance } of wanted.slice(0, room)) {
      const container = ask.container ?? instance.usual;
      if (container === null || !instance.containers.some(({ name }) => name === container)) continue;
      const of: LogOf = { namespace: instance.namespace, instance: instance.name, container };
      if (isLate) say('This instance is new.', 'calm', instance.name);
      const lines = Math.min(ask.lines, Math.ceil(mostPast / Math.min(placed.length, mostLanes)));
      const pieces = source.read(of, { ...ask, lines }, until(at, over));
      const tell = (piece: Exclude<LogPiece, { kind: 'caughtUp' }>): LogEntry =>
        piece.kind === 'line'
          ? { ...piece, connectionId: at.id, ...of }
          : { ...piece, instance: of.instance, at: clock.now(), denied: null };
      lanes.set(
        instance.uid,
        createLogLane(pieces, tell, (thrown) => failed(thrown, of, clock.now()), news),
      );
    }
    if (wanted.length > room)
      say(
        `${wanted.length} instances are meant; the first ${room} of them are read. Choose others to read theirs.`,
        'warn',
      );
  };

  try {
    const first = await findPlaced(ask.serviceId, oneMap, over);
    for (const problem of first.problems) say(problem, 'warn');
    const chosen = first.placed.filter(({ instance }) => ask.instances?.includes(instance.name) ?? true);
    open(chosen, false);
    if (ask.container !== null && chosen.length > 0 && lanes.size === 0)
      say(`No instance has a container named ${ask.container}.`, 'calm');

    const since = clock.now();
    for (let seen = 0; [...lanes.values()].some((lane) => !lane.caughtUp && !lane.isFull);) {
      if (clock.now() - since >= patienceMs) break;
      seen = await orAfter(news.after(seen, over), clock.sleep(settleMs * 4, over), seen);
    }
    const past = mergeLogs([...[...lanes.values()].map((lane) => lane.take()), noted.splice(0)]);
    for (let from = 0; from < past.length; from += batchEntries)
      yield { phase: 'past', entries: past.slice(from, from + batchEntries) };

    let members = membersOf(world, ask.serviceId);
    let isTold = false;
    for (let seen = 0; ;) {
      const entries = mergeLogs([...[...lanes.values()].map((lane) => lane.take()), noted.splice(0)]);
      // Others may come later, where all are meant.
      const ends =
        [...lanes.values()].every((lane) => lane.ended) &&
        !(ask.follow && !ask.previous && ask.instances === null);
      for (let from = 0; from < entries.length; from += batchEntries)
        yield { phase: 'live', entries: entries.slice(from, from + batchEntries) };
      if (ends) {
        yield { phase: 'over', entries: [] };
        return;
      }
      if (!isTold && entries.length === 0) yield { phase: 'live', entries: [] };
      isTold = true;
      seen = await orAfter(news.after(seen, over), world.changes.after(world.changes.count, over), seen);
      await clock.sleep(settleMs, over);
      const now = membersOf(world, ask.serviceId);
      if (now === members || ask.instances !== null || !ask.follow) continue;
      members = now;
      open((await findPlaced(ask.serviceId, oneMap, over)).placed, true);
    }
  } catch (error) {
    if (signal?.aborted !== true) throw error;
  } finally {
    stop.abort();
  }
}

/** Whichever is first; the other is left alone. */
async function orAfter(first: Promise<number>, other: Promise<unknown>, seen: number): Promise<number> {
  other.catch(() => undefined);
  first.catch(() => undefined);
  return Promise.race([first, other.then(() => seen)]);
}

const membersOf = (world: World, serviceId: string): string =>
  world
    .instances(serviceId)
    .map(({ uid }) => uid)
    .sort()
    .join();

const until = (at: LiveConnection, signal: AbortSignal | undefined): AbortSignal =>
  signal === undefined ? at.closed : AbortSignal.any([at.closed, signal]);

async function findPlaced(
  serviceId: string,
  oneMap: OneMap,
  signal: AbortSignal | undefined,
): Promise<{ placed: Placed[]; problems: string[] }> {
  const places = oneMap.places(serviceId);
  if (places.length === 0) throw new Refusal('REFUSED', 'That service is not on the map any more.');
  const placed: Placed[] = [];
  const problems: string[] = [];
  for (const { connection: at, service } of places) {
    for (const { session } of [...at.sources]) {
      const source = session.logs;
      if (source === undefined) continue;
      try {
        const key = { namespace: service.namespace, name: service.name, hosts: service.hosts };
        for (const instance of await source.instances(key, until(at, signal)))
          placed.push({ at, source, instance });
      } catch (thrown) {
        signal?.throwIfAborted();
        // A service that only the mesh knows has no pods of its own.
        if (!(thrown instanceof PeerError && thrown.kind === 'notFound'))
          problems.push(sayError(thrown, 'Looking for instances'));
      }
    }
  }
  return { placed, problems };
}

function failed(thrown: unknown, of: LogOf, now: number): LogEntry {
  const isDenied = thrown instanceof PeerError && thrown.kind === 'forbidden';
  const denied: Permission | null = isDenied
    ? { verb: 'get', resource: 'pods/log', namespace: of.namespace, allowed: false, purpose: 'Show logs' }
    : null;
  const text = sayError(thrown, 'The log could not be read');
  return { kind: 'note', instance: of.instance, at: now, tone: 'warn', text, denied };
}
