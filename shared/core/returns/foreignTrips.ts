import { sayError } from '../../connectors/kit/peerError.ts';
import type { HeldTrip } from '../../model/trip.ts';
import type { Connections } from '../connections.ts';
import type { Journal } from '../journal.ts';
import type { LiveConnection } from '../liveConnection.ts';
import type { Operations } from '../operations.ts';
import type { Ports } from '../ports.ts';
import type { Attempts } from './attempts.ts';
import { ownerOf } from './ownTrips.ts';
import { serverNow } from './peerTime.ts';

/** The Podium that made a trip goes first. */
const graceMs = 30_000;
/** Others that see it too start a little apart. */
const apartMs = 5_000;

interface ForeignParts {
  readonly connections: Pick<Connections, 'open'>;
  readonly journal: Journal;
  readonly operations: Operations;
  readonly ports: Ports;
  readonly attempts: Attempts;
}

/** Ends trips that documents carry and our journal does not know, once their deadline and a grace have passed. */
export function createForeignTrips({ connections, journal, operations, ports, attempts }: ForeignParts): {
  /** Whether there is a trip to wait for. */
  any(): boolean;
  /** Never throws. */
  tend(): Promise<void>;
} {
  const { clock, random, log } = ports;
  /** When each is due, by the machine's own count; none while the peer's time is not known. */
  const dueAt = new Map<string, number>();
  const busy = new Set<string>();

  /** Whether it is over by the peer's own time: who made it and who looks at it here may have other clocks. */
  function due(key: string, { until }: HeldTrip, connection: LiveConnection): boolean {
    const known = dueAt.get(key);
    if (known !== undefined) return clock.elapsed() >= known;
    const now = serverNow(connection);
    if (now === null) return false;
    const at = clock.elapsed() + (until - now) + graceMs + Math.round(random.fraction() * apartMs);
    dueAt.set(key, at);
    return clock.elapsed() >= at;
  }

  async function end(connection: LiveConnection, trip: HeldTrip, key: string): Promise<void> {
    if (connection.locked || !attempts.mayTry(key)) return;
    if ((await ownerOf(trip, connection.title, journal)) !== null) return;
    const open = await journal.list({
      connectionTitle: connection.title,
      states: ['writing', 'unknown'],
      unfinished: true,
      limit: Infinity,
    });
    const underway = open.some(
      ({ operation }) => operation.kind === 'endTrip' && operation.tripId === trip.id,
    );
    if (underway) return;
    // A try that comes to nothing is not repeated at once; one that works takes the trip off the list.
    attempts.later(key, 3);
    try {
      const plan = await operations.plan({
        kind: 'endTrip',
        connectionId: connection.id,
        tripId: trip.id,
        serviceId: connection.topology().serviceOfHost(trip.host),
      });
      if (plan.threeWay !== null) return;
      // The plan was answered just now, so its time is the newest there is.
      const now = serverNow(connection);
      if (now === null || now < trip.until + graceMs) {
        dueAt.delete(key);
        attempts.forget(key);
        return;
      }
      await operations.applyAgreed(
        plan.id,
        `The deadline of this trip passed, and the Podium of ${trip.by} did not end it`,
      );
    } catch (thrown) {
      log.warn('a trip of another Podium could not be ended', {
        connection: connection.id,
        why: sayError(thrown, 'Ending it'),
      });
    }
  }

  return {
    any: () => [...connections.open.values()].some(({ trips }) => trips.length > 0),
    async tend() {
      if (!journal.writable) return;
      const present = new Set<string>();
      for (const connection of [...connections.open.values()]) {
        for (const trip of connection.trips) {
          const key = `${connection.id} ${trip.id} ${trip.until}`;
          present.add(key);
          if (!due(key, trip, connection) || busy.has(key)) continue;
          busy.add(key);
          await end(connection, trip, key).finally(() => busy.delete(key));
        }
      }
      for (const key of dueAt.keys()) if (!present.has(key)) dueAt.delete(key);
    },
  };
}
