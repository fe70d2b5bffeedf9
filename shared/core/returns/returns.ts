import { anySignal } from '../../connectors/kit/anySignal.ts';
import type { GraphService } from '../../model/graph.ts';
import type { OperationRecord } from '../../model/record.ts';
import type { Canary, Holding } from '../../model/watch.ts';
import type { Split } from '../../model/weights.ts';
import type { Connections } from '../connections.ts';
import type { Journal } from '../journal.ts';
import type { LiveConnection } from '../liveConnection.ts';
import type { Operations } from '../operations.ts';
import type { Ports } from '../ports.ts';
import { createPulse, followDistinct, type Pulse } from '../pulse.ts';
import { Refusal } from '../refusal.ts';
import { createAttempts } from './attempts.ts';
import { createCanaries, planBack, type Canaries } from './canaries.ts';
import { createCanaryBook, isOpen } from './canaryBook.ts';
import { createCanaryPace } from './canaryPace.ts';
import { createChangeSets, type ChangeSets } from './changeSets.ts';
import { createForeignTrips } from './foreignTrips.ts';
import { holdingsOf, keptOf } from './holdings.ts';
import { createHolds } from './holds.ts';
import { createLedger, type Ledger } from './ledger.ts';
import { isHoldOpen, isWatchOpen } from './states.ts';
import { createWatches } from './watches.ts';
import { createWayBack } from './wayBack.ts';

/** Everything that goes back, or on, by itself. */
export interface Returns extends Disposable {
  readonly canaries: Canaries;
  readonly changeSets: ChangeSets;
  readonly ledger: Ledger;
  watchCanaries(signal: AbortSignal | undefined): AsyncGenerator<Canary[]>;
  watchHoldings(signal: AbortSignal | undefined): AsyncGenerator<Holding[]>;
  /** Ends a watch; what was written stays. */
  stopWatch(operationId: string): Promise<void>;
  /** Leaves a trip as it is that someone else changed, or that cannot be ended. */
  leave(operationId: string): Promise<void>;
}

/** What it needs of the rest of the console. */
export interface ReturnsParts {
  readonly connections: Connections;
  readonly journal: Journal;
  readonly operations: Operations;
  readonly ports: Ports;
  /** Resolves once the journal is in order after an earlier run; nothing is done before. */
  readonly ready: Promise<void>;
  service(id: string): GraphService | null;
  minimumCalls(serviceId: string | null): number;
  split(connectionId: string, splitId: string): Split | undefined;
  /** Has figures read for as long as something is watched, so that the guards of a canary's next step know them. */
  holdFigures(): () => void;
}

/** How often what is held is looked at. Timers stand still while the machine sleeps, so none is set for a deadline itself. */
const tickMs = 1_000;

/** Starts what ends trips, follows watches and moves canaries on. In the second process on a data folder it does nothing. */
export function createReturns(parts: ReturnsParts): Returns {
  const { connections, journal, operations, ports } = parts;
  const stop = new AbortController();
  const ledger = createLedger(journal);
  const book = createCanaryBook(ports);
  const attempts = createAttempts(ports);
  const wayBack = createWayBack({ connections, journal, operations });
  const holds = createHolds({ journal, ports, wayBack, attempts });
  const watches = createWatches({
    journal,
    ports,
    wayBack,
    attempts,
    service: (id) => parts.service(id),
    minimumCalls: (id) => parts.minimumCalls(id),
    wayOf({ canaryId }) {
      const canary = canaryId === null ? undefined : book.find(canaryId);
      if (canary === undefined) return null;
      return {
        plan: () => planBack(canary, { operations, split: parts.split }),
        alongside: { canaryId: canary.id },
      };
    },
  });
  const canaryParts = { book, journal, operations, ports, split: parts.split };
  const canaries = createCanaries(canaryParts);
  const pace = createCanaryPace({
    ...canaryParts,
    isStarting: (id) => canaries.isStarting(id),
    isOpenFor: (record) => wayBack.connectionOf(record) !== null,
  });
  const foreign = createForeignTrips({ connections, journal, operations, ports, attempts });
  const busy = new Set<string>();
  const generations = new WeakMap<LiveConnection, number>();
  const shown = createPulse();
  let release: (() => void) | null = null;
  let told = '[]';

  /** One thing at a time for each id; what fails is told and tried again at the next tick. */
  function attend(id: string, work: () => Promise<void>): void {
    if (busy.has(id)) return;
    busy.add(id);
    work()
      .catch((thrown: unknown) =>
        ports.log.error('what is held could not be looked after', { operation: id, why: String(thrown) }),
      )
      .finally(() => busy.delete(id));
  }

  function tend(record: OperationRecord): Promise<void> {
    const { hold, watch } = record;
    // A trip's end comes first: a watch over it has nothing left to take back then.
    return (async () => {
      if (isHoldOpen(hold)) await holds.tend({ ...record, hold });
      if (isWatchOpen(watch)) await watches.tend({ ...record, watch });
    })();
  }

  function work(): void {
    for (const connection of connections.open.values()) {
      if (connection.server() === '' || generations.get(connection) === connection.generation) continue;
      generations.set(connection, connection.generation);
      attempts.forgetAll();
    }
    for (const record of ledger.all()) attend(record.id, () => tend(record));
    for (const canary of book.all()) if (isOpen(canary)) attend(canary.id, () => pace.tend(canary));
    attend('foreign', () => foreign.tend());
    lookAfterHost();
  }

  function lookAfterHost(): void {
    const watching = ledger.all().some(({ watch }) => isWatchOpen(watch)) || book.all().some(isOpen);
    if (watching) release ??= parts.holdFigures();
    else {
      release?.();
      release = null;
    }
    const kept = keptOf(ledger.all(), book.all());
    const telling = JSON.stringify(kept);
    if (telling !== told) ports.keepAwake(kept);
    told = telling;
    shown.bump();
  }

  const isIdle = (): boolean => ledger.all().length === 0 && !book.all().some(isOpen) && !foreign.any();

  async function run(): Promise<void> {
    await book.load();
    await ledger.load();
    shown.bump();
    if (!journal.writable) return;
    await parts.ready;
    const pulses: readonly Pulse[] = [ledger.changes, book.changes, connections.changes];
    let seen = pulses.map(() => 0);
    while (!stop.signal.aborted) {
      work();
      seen = await wake(pulses, seen, isIdle() ? null : tickMs);
    }
  }

  /** Waits for the next change, or for the tick where there is one. */
  async function wake(
    pulses: readonly Pulse[],
    seen: readonly number[],
    ms: number | null,
  ): Promise<number[]> {
    const round = new AbortController();
    const signal = anySignal([stop.signal, round.signal]);
    const waits: Promise<unknown>[] = pulses.map((pulse, i) => pulse.after(seen[i] ?? 0, signal));
    if (ms !== null) waits.push(ports.clock.sleep(ms, signal));
    await Promise.race(waits);
    round.abort(new Error('woken'));
    await Promise.allSettled(waits);
    return pulses.map(({ count }) => count);
  }

  run().catch((thrown: unknown) => {
    if (!stop.signal.aborted)
      ports.log.error('nothing that is held is looked after any more', { why: String(thrown) });
  });
  return {
    canaries,
    changeSets: createChangeSets({ journal, operations, ports }),
    ledger,
    watchCanaries: (signal) => followDistinct(book.changes, () => book.all(), signal),
    watchHoldings: (signal) => followDistinct(shown, () => holdingsOf(ledger.all(), ports.clock), signal),
    async stopWatch(operationId) {
      await journal.update(operationId, (now) => {
        if (now.watch?.state !== 'watching' && now.watch?.state !== 'stuck')
          throw new Refusal('REFUSED', 'This operation is not watched any more.');
        return { ...now, watch: { ...now.watch, state: 'stopped', note: `Stopped by ${ports.actor}.` } };
      });
    },
    async leave(operationId) {
      await journal.update(operationId, (now) => {
        if (now.hold?.state !== 'changed' && now.hold?.state !== 'stuck')
          throw new Refusal(
            'REFUSED',
            'Only a trip that someone else changed, or that cannot be ended, can be left.',
          );
        const leftBy = ports.actor;
        return { ...now, hold: { ...now.hold, state: 'ended', leftBy, note: `Left in force by ${leftBy}.` } };
      });
    },
    [Symbol.dispose]() {
      stop.abort(new Error('closed'));
      release?.();
      ports.keepAwake([]);
    },
  };
}
