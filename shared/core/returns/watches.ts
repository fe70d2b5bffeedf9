import { anySignal } from '../../connectors/kit/anySignal.ts';
import { sayError } from '../../connectors/kit/peerError.ts';
import type { GraphService } from '../../model/graph.ts';
import type { OperationRecord } from '../../model/record.ts';
import type { WatchState } from '../../model/watch.ts';
import type { Journal } from '../journal.ts';
import type { LiveConnection } from '../liveConnection.ts';
import type { Ports } from '../ports.ts';
import { supersededBy } from '../rungs.ts';
import type { Attempts } from './attempts.ts';
import { scopeOf } from './beginWatch.ts';
import { judgeCondition, type Judged } from './conditions.ts';
import { readFigures, signalsOf } from './figures.ts';
import { remainingMs } from './moments.ts';
import { judgePast } from './past.ts';
import type { Way, WayBack, WayOptions } from './wayBack.ts';

/** Proxies take this long to follow a write; calls counted earlier may still be judged by the old configuration. */
const settleMs = 1_000;
/** A condition must be seen broken so often in a row, on new samples each time, before anything is taken back. */
const strikesToReturn = 2;
/** Figures that were not read for so long leave the end of a watch unseen: it is judged by those of then. */
const blindMs = 60_000;

type Watched = OperationRecord & { readonly watch: WatchState };

interface WatchParts {
  readonly journal: Journal;
  readonly ports: Ports;
  readonly wayBack: WayBack;
  readonly attempts: Attempts;
  service(id: string): GraphService | null;
  minimumCalls(serviceId: string | null): number;
  /** A step of a guided canary goes back in its own way; null for every other operation. */
  wayOf(record: OperationRecord): Pick<WayOptions, 'plan' | 'alongside'> | null;
}

/** Watches over written operations, and takes back what came out badly. */
export interface Watches {
  /** Looks once, where it is time to. Never throws. */
  tend(record: Watched): Promise<void>;
}

/** What this run has seen of one watch. */
interface Sight {
  strikes: number;
  newestAt: number | null;
  /** When each condition was measured last, by the machine's own count; null where it never was. */
  measuredAt: (number | null)[];
  nextLookAt: number;
  /** By the machine's own count; null before the first judgement. */
  judgedAt: number | null;
}

export function createWatches(parts: WatchParts): Watches {
  const { journal, ports, wayBack, attempts } = parts;
  const { clock } = ports;
  const sights = new Map<string, Sight>();

  const set = (id: string, change: Partial<WatchState>) =>
    journal.update(id, (now) =>
      now.watch === null || !['watching', 'returning', 'stuck'].includes(now.watch.state)
        ? now
        : { ...now, watch: { ...now.watch, ...change } },
    );

  async function tend(record: Watched): Promise<void> {
    const { id, watch, state } = record;
    if (state === 'writing' || (state === 'unknown' && record.finishedAt === null)) return;
    if (state === 'unknown') {
      await set(id, {
        state: 'stopped',
        note: 'Whether it was written cannot be told, so it is not watched.',
      });
      return;
    }
    if (watch.state === 'watching') await look(record);
    else if (attempts.mayTry(id)) await goBack(record);
  }

  async function look(record: Watched): Promise<void> {
    const { id, watch } = record;
    const sight = sights.get(id) ?? newSight();
    sights.set(id, sight);
    if (clock.elapsed() < sight.nextLookAt) return;
    const over = remainingMs({ at: watch.endsAt, moment: watch.endsAtMoment }, clock) <= 0;
    const connection = wayBack.connectionOf(record);
    const signals = connection === null ? null : signalsOf(connection);
    sight.nextLookAt = clock.elapsed() + Math.max(5, signals?.scrapeIntervalSeconds ?? 5) * 1000;
    if (connection === null) {
      const note = `Not watched: ${record.connection.title} is not open here`;
      if (watch.note !== note) await set(id, { note });
      return;
    }
    if (over && (sight.judgedAt === null || clock.elapsed() - sight.judgedAt > blindMs)) {
      await lookBack(record, connection);
      return;
    }
    if ((await supersededBy({ journal, record, connection, ports, signal: connection.closed })) !== null) {
      await set(id, {
        state: 'stopped',
        note: 'It was changed again from here, so there is nothing to go back to.',
      });
      return;
    }
    const judged = await judge(record, connection, sight).catch((thrown: unknown) => {
      const note = sayError(thrown, 'Reading the figures');
      return note;
    });
    if (typeof judged === 'string') {
      if (watch.note !== judged) await set(id, { note: judged });
      return;
    }
    const broken = judged.find((one) => one.broken);
    if (broken !== undefined && sight.strikes >= strikesToReturn) {
      await goBack(await returning(id, `Taken back: ${broken.text}.`));
    } else if (over && broken === undefined) {
      // What was measured once and then no more says nothing of the end.
      const stopped = sight.measuredAt.some((at) => at !== null && clock.elapsed() - at > blindMs);
      if (stopped) await lookBack(record, connection);
      else await end(record, judged, sight);
    } else {
      const readings = judged.map(({ reading }) =>
        reading === null ? null : Number(reading.toPrecision(3)),
      );
      const note = judged.map(({ text }) => text).join('; ');
      if (note !== watch.note || readings.join() !== watch.readings.join()) await set(id, { readings, note });
    }
  }

  async function judge(record: Watched, connection: LiveConnection, sight: Sight): Promise<Judged[]> {
    const signals = signalsOf(connection);
    if (signals === null) throw new Error('no source of figures');
    const now = clock.now();
    const since = writtenAt(record) + settleMs;
    const { conditions } = record.watch.request;
    const figures = await readFigures(
      signals,
      scopeOf(record, serviceOf(record)),
      { since, now, latency: conditions.some(({ kind }) => kind === 'latency') },
      anySignal([connection.closed, AbortSignal.timeout(15_000)]),
    );
    const oldestSampleMs = Math.max(30_000, 3_000 * (signals.scrapeIntervalSeconds ?? 5));
    const minimumCalls = parts.minimumCalls(record.serviceId);
    const judged = conditions.map((condition) =>
      judgeCondition(condition, figures, { since, now, minimumCalls, oldestSampleMs }),
    );
    // The same samples read twice are one look.
    const isNew = figures.newestAt !== null && figures.newestAt !== sight.newestAt;
    sight.newestAt = figures.newestAt;
    sight.judgedAt = clock.elapsed();
    sight.measuredAt = judged.map(({ reading }, i) =>
      reading === null ? (sight.measuredAt[i] ?? null) : clock.elapsed(),
    );
    if (!judged.some(({ broken }) => broken)) sight.strikes = 0;
    else if (isNew) sight.strikes += 1;
    return judged;
  }

  async function end({ id }: Watched, judged: readonly Judged[], sight: Sight): Promise<void> {
    const texts = judged.map(({ text }) => text).join('; ');
    if (sight.measuredAt.every((at) => at !== null))
      await set(id, { state: 'passed', note: `Nothing came true: ${texts}.` });
    else
      await set(id, {
        state: 'stopped',
        note: `Its time is up, and whether anything came true is not known: ${texts}.`,
      });
  }

  /** The time was up while nobody looked: judged once, by what the figures of then say. */
  async function lookBack(record: Watched, connection: LiveConnection): Promise<void> {
    const past = await judgePast(record, connection, {
      scope: scopeOf(record, serviceOf(record)),
      since: writtenAt(record) + settleMs,
      minimumCalls: parts.minimumCalls(record.serviceId),
    });
    if (past.kind === 'unknown')
      await set(record.id, {
        state: 'stopped',
        note: `Its end was not seen, and ${past.why}. Whether anything came true is not known.`,
      });
    else if (past.kind === 'passed')
      await set(record.id, {
        state: 'passed',
        note: 'Its end was not seen; by the figures of that time nothing came true.',
      });
    else await goBack(await returning(record.id, `Taken back afterwards: ${past.text}.`));
  }

  async function returning(id: string, note: string): Promise<OperationRecord> {
    return set(id, { state: 'returning', note });
  }

  async function goBack(record: OperationRecord): Promise<void> {
    const { id, watch } = record;
    if (watch === null || (watch.state !== 'returning' && watch.state !== 'stuck')) return;
    // Taken down first: a way back that is found written after a crash was then not made by hand.
    if (watch.state === 'stuck' && wayBack.connectionOf(record) !== null)
      await set(id, { state: 'returning' });
    const way = await wayBack.go(record, {
      reason: `The watch took it back. ${watch.note}`,
      began: async (operationId) => {
        await set(id, { state: 'returning', returnedBy: operationId, note: why(watch) });
      },
      ...parts.wayOf(record),
    });
    await take(id, watch, way);
  }

  async function take(id: string, watch: WatchState, way: Way): Promise<void> {
    switch (way.kind) {
      case 'underway':
        attempts.later(id, 0);
        return;
      case 'away': {
        const note = `${why(watch)} Not done yet: ${way.note}`;
        if (note !== watch.note) await set(id, { note });
        return;
      }
      case 'done':
        attempts.forget(id);
        await journal.update(id, (now) => ({
          ...now,
          undoneBy: now.undoneBy ?? way.operationId,
          watch:
            now.watch === null
              ? null
              : { ...now.watch, state: 'returned', returnedBy: way.operationId, note: why(watch) },
        }));
        return;
      case 'changed':
        await set(id, { state: 'stopped', note: `${why(watch)} Not done: ${way.note}` });
        return;
      case 'failed': {
        attempts.later(id, 2);
        const note = `${why(watch)} Not done yet: ${way.note}`;
        if (note !== watch.note || watch.state !== 'stuck') await set(id, { state: 'stuck', note });
      }
    }
  }

  const serviceOf = ({ serviceId }: OperationRecord) =>
    serviceId === null ? null : parts.service(serviceId);

  return { tend };
}

const newSight = (): Sight => ({
  strikes: 0,
  newestAt: null,
  measuredAt: [],
  nextLookAt: 0,
  judgedAt: null,
});

/** Why it should go back, without what an earlier try said. */
const why = ({ note }: WatchState): string => note.split(' Not done', 1)[0] ?? note;

/** When the peer took it. */
export function writtenAt({ rungs, at }: OperationRecord): number {
  return Math.max(at, rungs.find(({ rung }) => rung === 'accepted')?.at ?? at);
}
