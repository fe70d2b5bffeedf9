import { formatList, formatPerSecond } from '../analysis/formats.ts';
import type { FoldedSignals } from '../analysis/foldSignals.ts';
import { sumOfKnown } from '../analysis/sumIfKnown.ts';
import type { Affected, Guard } from '../model/change.ts';
import type { Environment } from '../model/entity.ts';
import type { GraphService } from '../model/graph.ts';
import type { Trip } from '../model/operation.ts';
import type { Plan } from '../model/plan.ts';
import type { HeldTrip } from '../model/trip.ts';
import { sayPlace } from './sayPlace.ts';

/** What is known when a call is about to be tripped. */
export interface TripSetting {
  readonly trip: Trip;
  readonly service: GraphService | null;
  /** Who calls the service, busiest first. */
  readonly callers: readonly Affected[];
  /** What is tripped on this connection already. */
  readonly held: readonly HeldTrip[];
  readonly folded: FoldedSignals | null;
  /** The service that a host means, if the map knows it. */
  serviceOfHost(host: string): GraphService | null;
  readonly where: { readonly title: string; readonly environment: Environment };
}

/** Whom a trip hits, whether that leads away from what fails, and the guards that follow. */
export interface TripOutlook {
  readonly sentences: string[];
  readonly direction: Plan['direction'];
  readonly guards: Guard[];
}

export function tripOutlook(setting: TripSetting): TripOutlook {
  const detour = detourOf(setting);
  const callee = calleeOf(setting);
  const guards = [...detour.guards, callee.guard];
  const directions = [detour.direction, callee.direction];
  return {
    sentences: [sayAffected(setting)],
    direction: directions.includes('towardsHarm')
      ? 'towardsHarm'
      : directions.includes('awayFromHarm')
        ? 'awayFromHarm'
        : 'neutral',
    guards,
  };
}

/** Asks for the name in production and for a tick elsewhere. */
function ask(id: string, title: string, detail: string, { where }: TripSetting): Guard {
  return { id, verdict: where.environment === 'production' ? 'typeName' : 'tick', title, detail };
}

function calleeOf(setting: TripSetting): { readonly direction: Plan['direction']; readonly guard: Guard } {
  const { trip, service, folded } = setting;
  const id = 'direction';
  const name = service?.name ?? trip.call.host;
  const health = (service === null ? undefined : folded?.serviceSignals.get(service.id)?.health) ?? 'unknown';
  const pass = (title: string): Guard => ({ id, verdict: 'pass', title, detail: null });
  // A detour to another service still answers; what answers no one is the harm that is asked about.
  const answered = trip.mechanism.kind === 'divert';
  if (health === 'failing')
    return { direction: 'awayFromHarm', guard: pass(`Calls are kept from ${name}, which is failing now`) };
  if (answered) return { direction: 'neutral', guard: pass(`Callers of ${name} get the fallback`) };
  if (!leavesNoWay(setting))
    return { direction: 'neutral', guard: pass(`Other callers still reach ${name}`) };
  if (health === 'unknown')
    return {
      direction: 'neutral',
      guard: ask(
        id,
        `Nobody can call ${name} any more, and whether it is well is not known: no figures`,
        `This writes to ${sayPlace(setting.where)}.`,
        setting,
      ),
    };
  return {
    direction: 'towardsHarm',
    guard: ask(
      id,
      `Nobody can call ${name} any more, although it is not failing now`,
      `Its callers get errors until the trip ends. This writes to ${sayPlace(setting.where)}.`,
      setting,
    ),
  };
}

/** Whether the trip takes all callers, or the last that is left beside those that are tripped already. */
function leavesNoWay({ trip, callers, held }: TripSetting): boolean {
  const { caller, host } = trip.call;
  if (caller === null) return true;
  const tripped = held.filter((one) => one.host === host);
  if (tripped.some((one) => one.caller === null)) return true;
  const left = callers.filter(
    ({ callerId, callerName }) =>
      callerId !== caller.id && !tripped.some((one) => one.caller?.name === callerName),
  );
  return left.length === 0;
}

function detourOf(setting: TripSetting): Pick<TripOutlook, 'direction' | 'guards'> {
  const { trip, held, folded, serviceOfHost } = setting;
  if (trip.mechanism.kind !== 'divert' || trip.mechanism.to.kind !== 'service')
    return { direction: 'neutral', guards: [] };
  const { host } = trip.mechanism.to;
  const id = 'detour';
  const target = serviceOfHost(host);
  const name = target?.name ?? host;
  const block = (title: string): Guard => ({ id, verdict: 'block', title, detail: null });
  if (held.some((one) => one.host === host && one.caller === null))
    return { direction: 'towardsHarm', guards: [block(`${name} is tripped itself: it cannot stand in`)] };
  if (target?.readyInstances === 0)
    return { direction: 'towardsHarm', guards: [block(`${name} has no ready instance: it cannot stand in`)] };
  const health = target === null ? 'unknown' : (folded?.serviceSignals.get(target.id)?.health ?? 'unknown');
  if (health === 'failing')
    return {
      direction: 'towardsHarm',
      guards: [
        ask(
          id,
          `Calls go to ${name}, which is failing now`,
          'Choose another fallback if there is one.',
          setting,
        ),
      ],
    };
  const ready = target?.readyInstances ?? null;
  return {
    direction: 'neutral',
    guards: [
      {
        id,
        verdict: 'pass',
        title: `${name} stands in: ${ready === null ? 'ready instances not known' : `${ready} ready`}${health === 'unknown' ? ', no figures of how it does' : ''}`,
        detail: null,
      },
    ],
  };
}

/** "5 callers are affected, 42 requests a second: checkout 30, cart 12". */
function sayAffected({ trip, callers }: TripSetting): string {
  const { caller } = trip.call;
  const hit = caller === null ? callers : callers.filter(({ callerId }) => callerId === caller.id);
  const count = caller === null ? hit.length : 1;
  const who = count === 1 ? (hit[0]?.callerName ?? caller?.name ?? 'one caller') : `${count} callers`;
  if (count === 0) return 'No caller of it is known.';
  const verb = count === 1 ? 'is' : 'are';
  const rates = hit.map(({ requestsPerSecond }) => requestsPerSecond);
  if (rates.every((rate) => rate === null))
    return `${who} ${verb} affected; how much is called now is not measured.`;
  const { sum, isAll } = sumOfKnown(rates);
  const busiest = hit
    .slice(0, 3)
    .map(
      ({ callerName, requestsPerSecond }) =>
        `${callerName} ${requestsPerSecond === null ? 'not measured' : formatPerSecond(requestsPerSecond)}`,
    );
  const named = count === 1 ? '' : `: ${formatList(busiest)}${count > 3 ? ' and others' : ''}`;
  return `${who} ${verb} affected, ${isAll ? '' : 'at least '}${formatPerSecond(sum)} requests a second${named}.`;
}
