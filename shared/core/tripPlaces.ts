import { formatPerSecond } from '../analysis/formats.ts';
import { sumOfKnown } from '../analysis/sumIfKnown.ts';
import { anySignal } from '../connectors/kit/anySignal.ts';
import { sayError } from '../connectors/kit/peerError.ts';
import type { CallTarget, TripOption, TripPlace } from '../model/trip.ts';
import { isolationsOf } from './isolations.ts';
import type { LiveConnection } from './liveConnection.ts';
import type { OneMap } from './oneMap.ts';
import type { World } from './world.ts';

interface Weighed {
  readonly place: TripPlace;
  /** Greater is better: something can be done, for the caller that is meant, where the calls are. */
  readonly rank: readonly [number, number];
}

/**
 * Through which systems a call can be tripped, each as that system knows the call, with what speaks for it; the one to begin
 * with first: where something can be done to it, and most of the calls were counted.
 */
export async function readTripPlaces(
  { calleeId, callerId }: { readonly calleeId: string; readonly callerId: string | null },
  parts: { readonly world: World; readonly oneMap: OneMap },
  signal: AbortSignal | undefined,
): Promise<TripPlace[]> {
  const { oneMap } = parts;
  const callers = callerId === null ? [] : oneMap.places(callerId);
  const weighed = await Promise.all(
    oneMap.places(calleeId).flatMap(({ service, connection }) => {
      const host = service.hosts[0];
      if (host === undefined) return [];
      const caller = callers.find((place) => place.connection.id === connection.id)?.service ?? null;
      const call: CallTarget = {
        calleeId: service.id,
        host,
        caller: caller && { id: caller.id, namespace: caller.namespace, name: caller.name },
      };
      const stranger =
        callerId !== null && caller === null ? (callers[0]?.service.name ?? 'the caller') : null;
      return [weigh(call, stranger, connection, parts, signal)];
    }),
  );
  return weighed.toSorted((a, b) => b.rank[0] - a.rank[0] || b.rank[1] - a.rank[1]).map(({ place }) => place);
}

/** `stranger`: the caller that is meant, where the system does not know it. */
async function weigh(
  call: CallTarget,
  stranger: string | null,
  connection: LiveConnection,
  { world, oneMap }: { readonly world: World; readonly oneMap: OneMap },
  signal: AbortSignal | undefined,
): Promise<Weighed> {
  const perSecond = rateOf(call, connection, world);
  const counted =
    perSecond === null
      ? 'nobody counted these calls there'
      : `it counts ${formatPerSecond(perSecond)} of these calls a second`;
  const { isUsable, hindrance } = await whatCanBeDone(call, connection, signal);
  const unknown = stranger === null ? [] : [`it does not know ${stranger}, and could only stop every caller`];
  const why = hindrance === null ? [...unknown, counted] : [hindrance, ...unknown];
  return {
    place: {
      connectionId: connection.id,
      system: oneMap.systemOf(connection.id),
      call,
      why: why.join('; '),
    },
    rank: [isUsable ? (stranger === null ? 2 : 1) : 0, perSecond ?? -1],
  };
}

function rateOf({ calleeId, caller }: CallTarget, connection: LiveConnection, world: World): number | null {
  const signals = world.latest(connection)?.folded.callSignals;
  const calls = world
    .graph()
    .calls.filter((call) => call.calleeId === calleeId && (caller === null || call.callerId === caller.id));
  return sumOfKnown(calls.map(({ id }) => signals?.get(id)?.requestsPerSecond ?? null)).sum;
}

async function whatCanBeDone(
  call: CallTarget,
  connection: LiveConnection,
  signal: AbortSignal | undefined,
): Promise<{ readonly isUsable: boolean; readonly hindrance: string | null }> {
  const limit = signal === undefined ? connection.closed : anySignal([connection.closed, signal]);
  try {
    const asked = isolationsOf(connection);
    if (asked.length === 0)
      return { isUsable: false, hindrance: 'no source of it can stop calls at the moment' };
    const options = (await Promise.all(asked.map((one) => one.options(call, limit)))).flat();
    const usable = options.some((option: TripOption) => option.unavailable === null);
    const said = options.find(({ unavailable }) => unavailable !== null)?.unavailable;
    return {
      isUsable: usable,
      hindrance: usable ? null : (said ?? 'nothing can be done to this call there'),
    };
  } catch (thrown) {
    return { isUsable: false, hindrance: sayError(thrown, 'Asking what can be done to this call') };
  }
}
