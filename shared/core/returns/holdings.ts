import type { OperationRecord } from '../../model/record.ts';
import type { Holding } from '../../model/watch.ts';
import type { Clock } from '../ports.ts';
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
