import type { AlertSource } from '../connectors/kit/alerts.ts';
import { anySignal } from '../connectors/kit/anySignal.ts';
import type { SourceHealth } from '../connectors/kit/connector.ts';
import { sayError } from '../connectors/kit/peerError.ts';
import type { AlertBoard } from '../model/alert.ts';
import { boardOf, isSilent, type KnownAlerts } from './alertBoard.ts';
import type { LiveConnection } from './liveConnection.ts';
import type { OneMap } from './oneMap.ts';
import type { Ports } from './ports.ts';
import { createPulse, followDistinct } from './pulse.ts';
import { noteHealth } from './sources.ts';
import type { World } from './world.ts';

const pauseMs = 10_000;
const lookMs = 1_000;
const longestReadMs = 20_000;
/** After so long a source that is not there any more is not told of: what it said last says little by then. */
const forgetMs = 10 * 60_000;

interface AlertsParts {
  readonly world: World;
  readonly oneMap: OneMap;
  readonly ports: Pick<Ports, 'clock'>;
}

/** All alerts of everything that is open. Each source is read once for all who look, and only while somebody does. */
export interface AlertReader {
  /** The board anew whenever a source told something else; no source waits for another. */
  watch(signal: AbortSignal | undefined): AsyncGenerator<AlertBoard>;
}

interface Kept extends KnownAlerts {
  reading: AbortSignal | null;
  nextAt: number;
}

/** What each source said last is kept while it is silent. */
export function createAlertReader({ world, oneMap, ports: { clock } }: AlertsParts): AlertReader {
  const kept = new Map<string, Kept>();
  const told = createPulse();
  let watchers = 0;
  let stop = new AbortController();

  /** Of a connection whose Alertmanager answers that one alone; else what its Prometheus found for itself. */
  function look(signal: AbortSignal): void {
    const now = clock.now();
    const connections = [...world.connections.open.values()];
    const there = new Set<string>();
    for (const connection of connections) {
      const gathering = sourcesOf(connection).filter(({ source }) => source.gathers);
      const own = sourcesOf(connection).filter(({ source }) => !source.gathers);
      for (const { id, source } of gathering) there.add(keep(id, connection, source).id);
      const lost = [...kept.values()].some(
        (one) => one.connection === connection && one.source.gathers && isSilent(one, now),
      );
      if (gathering.length === 0 || lost)
        for (const { id, source } of own) there.add(keep(id, connection, source).id);
      else for (const { id } of own) if (kept.delete(id)) told.bump();
    }
    for (const [id, one] of kept) {
      const isAway = !there.has(id);
      if (!connections.includes(one.connection) || (isAway && now - (one.asOf ?? 0) > forgetMs)) {
        kept.delete(id);
        told.bump();
      } else if (isAway) setProblem(one, `${one.source.source} is out of reach at the moment.`);
      else if (one.reading === null && now >= one.nextAt) void read(one, signal);
    }
  }

  function keep(id: string, connection: LiveConnection, source: AlertSource): Kept {
    const known = kept.get(id);
    if (known?.source === source) return known;
    const fresh: Kept = {
      id,
      connection,
      source,
      last: known?.last ?? null,
      asOf: known?.asOf ?? null,
      problem: known?.problem ?? null,
      reading: null,
      nextAt: 0,
    };
    kept.set(id, fresh);
    told.bump();
    return fresh;
  }

  async function read(one: Kept, signal: AbortSignal): Promise<void> {
    const done = new AbortController();
    const limit = anySignal([one.connection.closed, signal, done.signal]);
    one.reading = signal;
    one.nextAt = clock.now() + pauseMs;
    clock.sleep(longestReadMs, limit).then(
      () => done.abort(new Error('no answer within 20 s')),
      () => undefined,
    );
    try {
      one.last = await one.source.read(limit);
      one.asOf = clock.now();
      one.problem = null;
      told.bump();
      noteAnswer(one, { ok: true, at: one.asOf });
    } catch (thrown) {
      if (one.connection.closed.aborted || signal.aborted) return;
      const error = sayError(thrown, `Reading alerts of ${one.source.source}`);
      setProblem(one, error);
      noteAnswer(one, { ok: false, at: clock.now(), error });
    } finally {
      done.abort(new Error('read'));
      if (one.reading === signal) one.reading = null;
    }
  }

  function setProblem(one: Kept, text: string): void {
    const problem = `${one.connection.title}: ${text}`;
    if (one.problem === problem) return;
    one.problem = problem;
    told.bump();
  }

  async function run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      look(signal);
      await clock.sleep(lookMs, signal).catch(() => undefined);
    }
  }

  return {
    async *watch(signal) {
      watchers += 1;
      if (watchers === 1) {
        stop = new AbortController();
        for (const one of kept.values()) Object.assign(one, { reading: null, nextAt: 0 });
        void run(stop.signal);
      }
      try {
        yield* followDistinct(
          told,
          () => boardOf([...kept.values()], { world, oneMap }, clock.now()),
          signal,
        );
      } finally {
        watchers -= 1;
        if (watchers === 0) stop.abort(new Error('nobody looks'));
      }
    },
  };
}

/** Whether an Alertmanager still answers is known by this alone; a Prometheus is known by its figures. */
function noteAnswer({ connection, source }: KnownAlerts, health: SourceHealth): void {
  const asked = connection.sources.find(({ session }) => session.alerts === source);
  if (!source.gathers || asked === undefined) return;
  noteHealth(asked, 'alerts', health);
  connection.changes.bump();
}

const sourcesOf = ({ sources }: LiveConnection) =>
  sources.flatMap(({ id, session: { alerts } }) => (alerts === undefined ? [] : [{ id, source: alerts }]));
