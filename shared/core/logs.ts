import { mergeLogs } from '../analysis/mergeLogs.ts';
import { anySignal } from '../connectors/kit/anySignal.ts';
import type { LogOf, LogPiece, LogSource } from '../connectors/kit/logs.ts';
import { PeerError, sayError } from '../connectors/kit/peerError.ts';
import type { Permission } from '../model/connection.ts';
import type { LogAsk, LogBatch, LogEntry, LogInstance, LogLineRef } from '../model/log.ts';
import type { LiveConnection } from './liveConnection.ts';
import { createLogLane, type LogLane } from './logLane.ts';
import { createLogRoom } from './logRoom.ts';
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

interface Chosen extends Placed {
  readonly container: string;
  readonly lines: number;
}

/** The instances that are meant and have the container, with how much of each is read at first. */
function chosenOf(placed: readonly Placed[], ask: LogAsk): readonly Chosen[] {
  const chosen = placed.flatMap((one) => {
    const { name, containers, usual } = one.instance;
    const container = ask.container ?? usual;
    const isMeant = ask.instances?.includes(name) ?? true;
    if (!isMeant || container === null || !containers.some((each) => each.name === container)) return [];
    return [{ ...one, container }];
  });
  const lines = Math.min(ask.lines, Math.ceil(mostPast / Math.max(1, Math.min(chosen.length, mostLanes))));
  return chosen.map((one) => ({ ...one, lines }));
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
  const over = anySignal([stop.signal, ...(signal === undefined ? [] : [signal])]);
  const { clock } = ports;
  const news = createPulse();
  const noted: LogEntry[] = [];
  const say = (text: string, tone: 'calm' | 'warn', instance: string | null = null): void => {
    noted.push({ kind: 'note', instance, at: clock.now(), tone, text, denied: null });
  };
  const openLane = ({ at, source, instance, container, lines }: Chosen, isNew: boolean): LogLane => {
    const of: LogOf = { namespace: instance.namespace, instance: instance.name, container };
    if (isNew) say('This instance is new.', 'calm', instance.name);
    const pieces = source.read(of, { ...ask, lines }, until(at, over));
    const tell = (piece: Exclude<LogPiece, { kind: 'caughtUp' }>): LogEntry =>
      piece.kind === 'line'
        ? { ...piece, connectionId: at.id, ...of }
        : { ...piece, instance: of.instance, at: clock.now(), denied: null };
    return createLogLane(pieces, tell, (thrown) => failed(thrown, of, clock.now()), news);
  };
  const room = createLogRoom<Chosen>(
    mostLanes,
    ({ instance }) => instance.uid,
    openLane,
    (meant, read) =>
      say(`${meant} instances are meant; ${read} of them are read. Choose others to read theirs.`, 'warn'),
  );
  const takeAll = (): LogEntry[] => mergeLogs([...room.lanes().map((lane) => lane.take()), noted.splice(0)]);

  try {
    const first = await findPlaced(ask.serviceId, oneMap, over);
    for (const problem of first.problems) say(problem, 'warn');
    const chosen = chosenOf(first.placed, ask);
    room.take(chosen);
    if (ask.container !== null && first.placed.length > 0 && chosen.length === 0)
      say(`No instance has a container named ${ask.container}.`, 'calm');

    const since = clock.now();
    for (let seen = 0; room.lanes().some((lane) => !lane.caughtUp && !lane.isFull);) {
      if (clock.now() - since >= patienceMs) break;
      seen = await orAfter(
        over,
        (either) => news.after(seen, either),
        (either) => clock.sleep(settleMs * 4, either),
        seen,
      );
    }
    const past = takeAll();
    for (let from = 0; from < past.length; from += batchEntries)
      yield { phase: 'past', entries: past.slice(from, from + batchEntries) };

    let members = membersOf({ world, oneMap }, ask.serviceId);
    let isTold = false;
    for (let seen = 0; ;) {
      const entries = takeAll();
      // Others may come later, where all are meant.
      const ends =
        room.lanes().every((lane) => lane.ended) && !(ask.follow && !ask.previous && ask.instances === null);
      for (let from = 0; from < entries.length; from += batchEntries)
        yield { phase: 'live', entries: entries.slice(from, from + batchEntries) };
      if (ends) {
        yield { phase: 'over', entries: [] };
        return;
      }
      if (!isTold && entries.length === 0) yield { phase: 'live', entries: [] };
      isTold = true;
      seen = await orAfter(
        over,
        (either) => news.after(seen, either),
        (either) => world.changes.after(world.changes.count, either),
        seen,
      );
      await clock.sleep(settleMs, over);
      room.fill();
      const now = membersOf({ world, oneMap }, ask.serviceId);
      if (now === members || ask.instances !== null || !ask.follow) continue;
      members = now;
      room.take(chosenOf((await findPlaced(ask.serviceId, oneMap, over)).placed, ask));
    }
  } catch (error) {
    if (signal?.aborted !== true) throw error;
  } finally {
    stop.abort();
  }
}

/** The count that the first tells, or `seen` where the other came before it; whichever is late is waited for no more. */
async function orAfter(
  over: AbortSignal,
  first: (signal: AbortSignal) => Promise<number>,
  other: (signal: AbortSignal) => Promise<unknown>,
  seen: number,
): Promise<number> {
  const turn = new AbortController();
  const either = anySignal([over, turn.signal]);
  try {
    return await Promise.race([first(either), other(either).then(() => seen)]);
  } finally {
    turn.abort(new Error('the other was first'));
  }
}

/** The instances behind every face of the service: the primary one may be a registry, which knows of no pod. */
const membersOf = ({ world, oneMap }: Pick<LogParts, 'world' | 'oneMap'>, serviceId: string): string =>
  oneMap
    .places(serviceId)
    .flatMap(({ service }) => world.instances(service.id))
    .map(({ uid }) => uid)
    .sort()
    .join();

const until = (at: LiveConnection, signal: AbortSignal | undefined): AbortSignal =>
  signal === undefined ? at.closed : anySignal([at.closed, signal]);

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
