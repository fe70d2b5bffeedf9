import type { Guard } from '../../../model/change.ts';
import { fewAtOnce } from '../../kit/fewAtOnce.ts';
import { PeerError, sayError } from '../../kit/peerError.ts';
import { guardOf } from '../../kit/splitGuards.ts';
import type { Actuator } from '../api.ts';
import type { Fleet, Member } from '../fleet.ts';
import { type Asker, type SourceFile, fileOf, isFromConfigServer, isSameFile } from './configServer.ts';
import { effectiveIn, type Environment } from './environment.ts';
import { environmentOf } from './endpoints.ts';

/** What became of asking one instance. */
export type Asked<T> = { readonly member: Member; readonly name: string } & (
  { readonly told: T; readonly error: null } | { readonly told: null; readonly error: PeerError }
);

/** Asks instances, a few at once; one that fails keeps no other from it. */
export async function askEach<T>(
  fleet: Fleet,
  members: readonly Member[],
  ask: (actuator: Actuator, member: Member) => Promise<T>,
  signal: AbortSignal,
): Promise<readonly Asked<T>[]> {
  return await fewAtOnce(members, async (member): Promise<Asked<T>> => {
    const { name } = member.instance;
    try {
      return {
        member,
        name,
        told: await ask(await fleet.actuator(member.instance.uid), member),
        error: null,
      };
    } catch (thrown) {
      signal.throwIfAborted();
      const error =
        thrown instanceof PeerError ? thrown : new PeerError('broken', sayError(thrown, 'Asking it'));
      return { member, name, told: null, error };
    }
  });
}

/**
 * As `askEach`, the first alone and then a quarter at a time: at a refresh Eureka's client registers anew, and a list that is
 * made in that moment, which clients use for half a minute, lacks the instance.
 */
export async function askInTurns<T>(
  fleet: Fleet,
  members: readonly Member[],
  ask: (actuator: Actuator, member: Member) => Promise<T>,
  signal: AbortSignal,
): Promise<readonly Asked<T>[]> {
  const size = Math.ceil((members.length - 1) / 4);
  const outcomes: Asked<T>[] = [];
  for (let at = 0; at < members.length; at += at === 0 ? 1 : size) {
    const turn = members.slice(at, at === 0 ? 1 : at + size);
    outcomes.push(...(await askEach(fleet, turn, ask, signal)));
  }
  return outcomes;
}

/** The instances of a service, waiting a little for those that are just registering anew. */
export const membersOf = (
  fleet: Fleet,
  service: string,
  names: readonly string[],
  signal: AbortSignal,
): Promise<readonly Member[]> => awaited(fleet, () => fleet.look(service, signal), names, signal);

/** The instances of all services, as above. */
export async function everybody(
  fleet: Fleet,
  names: readonly string[],
  signal: AbortSignal,
): Promise<readonly Member[]> {
  const look = async (): Promise<readonly Member[]> => {
    const [first = ''] = fleet.services();
    // It waits for the registry, and nothing else of it is needed.
    await fleet.look(first, signal);
    return fleet.members();
  };
  return awaited(fleet, look, names, signal);
}

async function awaited(
  fleet: Fleet,
  look: () => Promise<readonly Member[]>,
  names: readonly string[],
  signal: AbortSignal,
): Promise<readonly Member[]> {
  for (let looks = 0; ; looks += 1) {
    const members = await look();
    const isMissing = names.some((name) => !members.some(({ instance }) => instance.name === name));
    if (!isMissing || looks >= 6) return members;
    await fleet.host.clock.sleep(1_000, signal);
  }
}

/** Those that had it and are not there now. */
export const goneGuard = (gone: readonly string[]): Guard =>
  guardOf(
    'instances-gone',
    'tick',
    `Not registered now: ${sayNames(gone)}`,
    'What runs on keeps what was set until it restarts or refreshes.',
  );

export const environmentsOf = (
  fleet: Fleet,
  members: readonly Member[],
  signal: AbortSignal,
): Promise<readonly Asked<Environment>[]> =>
  askEach(fleet, members, (actuator) => environmentOf(actuator, signal), signal);

/** What an instance asks the Config Server for, by its own environment; by its service's name where that says nothing. */
export function askerOf(environment: Environment | null, service: string): Asker {
  const said = (key: string): string | null =>
    environment === null ? null : (effectiveIn(environment, key)?.value ?? null);
  const profiles = said('spring.cloud.config.profile')?.split(',') ?? environment?.profiles ?? [];
  return {
    app: said('spring.cloud.config.name') ?? said('spring.application.name') ?? service,
    profiles: profiles.length > 0 ? profiles.map((one) => one.trim()) : ['default'],
    label: said('spring.cloud.config.label'),
  };
}

/** Whether an instance has a file of the Config Server's among its sources; null where nobody knows. */
export const hasFile = ({ told }: Asked<Environment>, file: SourceFile): boolean | null =>
  told === null
    ? null
    : told.sources.some(({ name }) => isFromConfigServer(name) && isSameFile(fileOf(name), file));

/** "payment-1 and payment-2", "payment-1, payment-2 and 3 more". */
export function sayNames(names: readonly string[]): string {
  if (names.length <= 3) return new Intl.ListFormat('en-GB', { type: 'conjunction' }).format(names);
  return `${names.slice(0, 2).join(', ')} and ${names.length - 2} more`;
}

/** "2 of 3 instances; order-3: it is busy". */
export function sayOutcomes(outcomes: readonly Asked<unknown>[]): string {
  const failed = outcomes.flatMap(({ name, error }) => (error === null ? [] : [`${name}: ${error.message}`]));
  const good = outcomes.length - failed.length;
  return [`${good} of ${outcomes.length} instances`, ...failed].join('; ').slice(0, 500);
}

/** The worst of what happened where nothing was done at all; null where something was. */
export function totalFailure(outcomes: readonly Asked<unknown>[]): PeerError | null {
  const failures = outcomes.flatMap(({ error }) => error ?? []);
  if (failures.length === 0 || failures.length < outcomes.length) return null;
  // Nobody knows whether a write without an answer was done: that is for a reading to say.
  return failures.find(({ kind }) => kind === 'unanswered') ?? failures[0] ?? null;
}

/** Said wherever something is refreshed. */
export const registersAnew =
  'At a refresh an instance registers with Eureka anew and is away from it for a moment, so a few at a time refresh.';
