import type { OperationRecord } from '../../model/record.ts';
import type { Canary, Holding } from '../../model/watch.ts';
import type { Clock, Kept } from '../ports.ts';
import { remainingMs } from './moments.ts';
import { isHoldOpen, isWatchOpen } from './states.ts';

/** The machine's own count and the clock on the wall drift by less than this unless somebody sets the clock. */
const driftMs = 2_000;

/** What the title bar shows of everything held and watched, soonest first. */
export function holdingsOf(records: readonly OperationRecord[], clock: Clock): Holding[] {
  const all = records.flatMap((record): Holding[] => {
    const { id, title, operation, serviceId, serviceName, connection, hold, watch } = record;
    const common = {
      operationId: id,
      title,
      serviceId,
      serviceName,
      connection: { id: connection.id, title: connection.title },
    };
    const until = (at: number, moment: Parameters<typeof remainingMs>[0]['moment']): number => {
      const counted = clock.now() + remainingMs({ at, moment }, clock);
      return Math.abs(counted - at) > driftMs ? Math.round(counted / 1000) * 1000 : at;
    };
    const found: Holding[] = [];
    if (isHoldOpen(hold))
      found.push({
        ...common,
        kind: operation.kind === 'trip' ? 'trip' : 'expiry',
        until: until(hold.until, hold.untilMoment),
        state: hold.state,
        note: hold.note,
      });
    if (isWatchOpen(watch))
      found.push({
        ...common,
        kind: 'watch',
        until: until(watch.endsAt, watch.endsAtMoment),
        state: watch.state,
        note: watch.note,
      });
    return found;
  });
  return all.sort((a, b) => a.until - b.until);
}

/** What needs the machine awake: what is held and watched, and the canaries that run. A canary stands for its steps' watches. */
export function keptOf(records: readonly OperationRecord[], canaries: readonly Canary[]): Kept[] {
  const running = canaries.filter(({ state }) => state === 'running');
  const ofCanaries = new Set(running.map(({ id }) => id));
  return [
    ...records.flatMap(({ title, operation, hold, watch, canaryId }): Kept[] => {
      if (isHoldOpen(hold)) return [{ kind: operation.kind === 'trip' ? 'trip' : 'expiry', title }];
      if (!isWatchOpen(watch) || (canaryId !== null && ofCanaries.has(canaryId))) return [];
      return [{ kind: 'watch', title }];
    }),
    ...running.map(({ title }): Kept => ({ kind: 'canary', title })),
  ];
}
