import { foldSignals, type FoldedSignals } from '../analysis/foldSignals.ts';
import { anySignal } from '../connectors/kit/anySignal.ts';
import { sayError } from '../connectors/kit/peerError.ts';
import type { SignalsObservation } from '../connectors/kit/signals.ts';
import type { Settings } from '../model/settings.ts';
import type { Provenance } from '../model/signals.ts';
import type { LiveConnection } from './liveConnection.ts';
import type { Ports } from './ports.ts';
import { createPulse, type Pulse } from './pulse.ts';
import { noteHealth, type Source } from './sources.ts';

/** The figures of one connection over one window, read only while somebody looks. */
export interface SignalsFeed extends Disposable {
  readonly changes: Pulse;
  readonly latest: { readonly folded: FoldedSignals; readonly provenance: readonly Provenance[] } | null;
  /**
   * Keeps reading until the answer is called: as often as there are new figures where something is decided by them, and within
   * what one peer may be asked where they are only looked at.
   */
  hold(pace: Pace): () => void;
}

export type Pace = 'deciding' | 'looking';

const shortestPauseMs = 2_000;
const longestPauseMs = 15_000;
const tellAgeEveryMs = 10_000;
/** Figures get two requests in three seconds of a peer that is asked for all of them; the rest is for what else is looked at. */
const msPerQuery = 1_500;
const longestBudgetMs = 30_000;

/** One reader for all who look at this window. It slows down when the peer does. */
export function createSignalsFeed(
  connection: LiveConnection,
  windowSeconds: number,
  settings: () => Settings,
  ports: Ports,
): SignalsFeed {
  const changes = createPulse();
  const holders = { deciding: 0, looking: 0 };
  let running: AbortController | null = null;
  let latest: SignalsFeed['latest'] = null;
  const readings = new Map<string, SignalsObservation>();
  /** By source: what it was called when it could not be read, and why; names change with what a peer holds. */
  const problems = new Map<string, { readonly called: string; readonly text: string }>();
  let toldAt = 0;

  /** A picture that cannot be folded must not end the reading; the one before it stands. */
  function fold(): void {
    try {
      foldAll();
    } catch (thrown) {
      ports.log.error('figures could not be folded', { connection: connection.id, why: String(thrown) });
    }
  }

  function foldAll(): void {
    const observations = [...readings.values()];
    if (observations.length === 0 && problems.size === 0) return;
    const folded = foldSignals({
      connectionId: connection.id,
      topology: connection.topology(),
      observations,
      health: settings().health,
      now: ports.clock.now(),
    });
    const everything = observations.flatMap((reading) => [reading, ...(reading.beside ?? [])]);
    const provenance = everything.map((reading) => ({
      source: reading.source,
      observedAt: reading.observedAt,
      newestSampleAt: reading.newestSampleAt,
      windowSeconds: reading.windowSeconds,
      problems: [...reading.problems],
    }));
    for (const { called, text } of problems.values()) {
      provenance.push({
        source: called,
        observedAt: ports.clock.now(),
        newestSampleAt: null,
        windowSeconds,
        problems: [text],
      });
    }
    latest = { folded, provenance };
    changes.bump();
  }

  async function readSource(source: Source, signal: AbortSignal): Promise<void> {
    const signals = source.session.signals;
    if (signals === undefined) return;
    try {
      const reading = await signals.read(windowSeconds, signal);
      readings.set(source.id, reading);
      problems.delete(source.id);
      const mended = source.troubles.has('signals');
      const now = ports.clock.now();
      noteHealth(source, 'signals', { ok: true, at: now });
      // The age of its last answer is told now and then; a recovery at once.
      if (mended || now - toldAt >= tellAgeEveryMs) {
        toldAt = now;
        connection.changes.bump();
      }
    } catch (thrown) {
      if (signal.aborted) return;
      const text = sayError(thrown, `Reading figures from ${signals.source}`);
      problems.set(source.id, { called: signals.source, text });
      noteHealth(source, 'signals', { ok: false, at: ports.clock.now(), error: text });
      connection.changes.bump();
    }
  }

  /** How long the next reading of a source has to wait for what the last one asked of its peer. */
  function budgetMs({ id, session }: Source): number {
    // Of a fleet nobody is asked more than once; and the rehearsal is this machine's own.
    if (holders.deciding > 0 || session.signals?.asksOnePeer !== true || connection.rehearsal) return 0;
    return Math.min((readings.get(id)?.queries ?? 0) * msPerQuery, longestBudgetMs);
  }

  async function run(signal: AbortSignal): Promise<void> {
    let generation = connection.generation;
    while (!signal.aborted) {
      if (generation !== connection.generation) {
        generation = connection.generation;
        problems.clear();
      }
      const began = ports.clock.monotonic();
      const sources = connection.sources.filter((source) => source.session.signals !== undefined);
      await Promise.all(sources.map((source) => readSource(source, signal)));
      if (signal.aborted) return;
      fold();
      const tookMs = ports.clock.monotonic() - began;
      const scrapes = sources.map((source) => source.session.signals?.scrapeIntervalSeconds ?? 5);
      const wantedMs = sources.length === 0 ? 500 : Math.min(...scrapes) * 1000;
      const pauseMs = Math.max(
        sources.length === 0 ? 500 : shortestPauseMs,
        Math.min(wantedMs, longestPauseMs),
        ...sources.map(budgetMs),
        tookMs * 2,
      );
      await ports.clock.sleep(pauseMs, signal).catch(() => undefined);
    }
  }

  /** New instances or services change health and names without new figures. */
  async function refold(signal: AbortSignal): Promise<void> {
    let seen = connection.changes.count;
    while (!signal.aborted) {
      try {
        seen = await connection.changes.after(seen, signal);
      } catch {
        return;
      }
      fold();
    }
  }

  function start(): void {
    running = new AbortController();
    const signal = anySignal([running.signal, connection.closed]);
    void run(signal);
    void refold(signal);
  }

  return {
    changes,
    get latest() {
      return latest;
    },
    hold(pace) {
      holders[pace] += 1;
      if (running === null) start();
      let held = true;
      return () => {
        if (!held) return;
        held = false;
        holders[pace] -= 1;
        if (holders.deciding + holders.looking > 0) return;
        running?.abort(new Error('nobody looks'));
        running = null;
      };
    },
    [Symbol.dispose]() {
      running?.abort(new Error('closed'));
      running = null;
    },
  };
}
