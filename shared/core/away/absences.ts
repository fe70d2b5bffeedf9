import type { Absence, AwaySummary } from '../../model/away.ts';
import type { Connections } from '../connections.ts';
import type { LiveConnection } from '../liveConnection.ts';
import type { Ports } from '../ports.ts';
import { createPulse, followDistinct } from '../pulse.ts';
import { serverNow } from '../returns/peerTime.ts';
import type { SettingsKeeper } from '../settings.ts';
import type { AwayRead } from './readAway.ts';

/** A shorter time is a walk to the coffee machine: the map tells what is wrong now. */
const leastAwayMs = 10 * 60_000;
const lookMs = 15_000;
/** While something is still being opened: whoever starts waits for what happened. */
const soonMs = 1_000;
const keepMs = 60_000;

interface AbsenceParts {
  readonly connections: Pick<Connections, 'open'>;
  readonly settings: SettingsKeeper;
  readonly ports: Pick<Ports, 'clock'>;
}

/** Knows since when nobody looked: Podium was not running, the machine slept, or no window could be seen. */
export interface Absences {
  /** The last one of each open connection; as long as somebody listens, somebody looks. */
  watch(signal: AbortSignal | undefined): AsyncGenerator<Absence[]>;
  /** Somebody has seen all that was found until now. */
  close(): void;
  /**
   * What happened in an absence: `read` is given what was read whole before, for all windows, and reads again what failed or
   * nobody answered. Of any other time all is read each time.
   */
  summaryOf(
    asked: { readonly connectionId: string; readonly from: number; readonly to?: number | undefined },
    read: (before: AwayRead) => Promise<AwaySummary>,
  ): Promise<AwaySummary>;
}

/** Times are kept by each peer's own clock: that of a laptop may have been set meanwhile. */
export function createAbsences({ connections, settings, ports: { clock } }: AbsenceParts): Absences {
  /** By title, in the peer's time. */
  const looked = new Map<string, number>();
  const found = new Map<string, Absence>();
  const kept = new WeakMap<Absence, AwayRead>();
  const told = createPulse();
  let keptAt = -Infinity;
  let watchers = 0;
  let stop = new AbortController();

  function keptOf(absence: Absence): AwayRead {
    const held = kept.get(absence) ?? new Map<string, unknown>();
    kept.set(absence, held);
    return held;
  }

  function look(): void {
    for (const id of found.keys()) if (!connections.open.has(id)) found.delete(id);
    const titles = new Set<string>();
    for (const connection of connections.open.values()) {
      const { id, title } = connection;
      const now = connection.state().state === 'open' ? peerNow(connection, clock.now()) : null;
      titles.add(title);
      if (now === null) continue;
      const last = looked.get(title) ?? settings.current.looked[title];
      looked.set(title, now);
      if (last === undefined || now - last < leastAwayMs) continue;
      const to = clock.now();
      const from = to - (now - last);
      found.set(id, { connectionId: id, connectionTitle: title, from, to, closed: false });
      told.bump();
    }
    for (const title of looked.keys()) if (!titles.has(title)) looked.delete(title);
    if (clock.monotonic() - keptAt >= keepMs) keep();
  }

  function keep(): void {
    if (looked.size === 0) return;
    keptAt = clock.monotonic();
    // What cannot be kept now is told of as a longer absence next time.
    settings
      .write((current) => ({ looked: { ...current.looked, ...Object.fromEntries(looked) } }))
      .catch(() => undefined);
  }

  async function run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      look();
      const isComplete = looked.size > 0 && looked.size >= connections.open.size;
      await clock.sleep(isComplete ? lookMs : soonMs, signal).catch(() => undefined);
    }
  }

  return {
    async *watch(signal) {
      watchers += 1;
      if (watchers === 1) {
        stop = new AbortController();
        void run(stop.signal);
      }
      try {
        yield* followDistinct(told, () => [...found.values()], signal);
      } finally {
        watchers -= 1;
        if (watchers === 0) {
          stop.abort(new Error('nobody looks'));
          keep();
        }
      }
    },
    close() {
      for (const [id, absence] of found) {
        if (absence.closed) continue;
        const closed = { ...absence, closed: true };
        kept.set(closed, keptOf(absence));
        found.set(id, closed);
      }
      told.bump();
    },
    summaryOf({ connectionId, from, to }, read) {
      const absence = found.get(connectionId);
      if (absence?.from !== from || absence.to !== to) return read(new Map());
      return read(keptOf(absence));
    },
  };
}

/** The peer's own time; this machine's where no peer names one, null while one that does has not answered yet. */
function peerNow(connection: LiveConnection, here: number): number | null {
  const held = serverNow(connection);
  if (held !== null) return held;
  const clocks = connection.sources.flatMap(({ session }) => session.topology?.peerNow ?? []);
  return clocks[0] === undefined ? here : clocks[0]();
}
