import { createHolding, type Holding } from '../../kit/holding.ts';
import { PeerError } from '../../kit/peerError.ts';
import type { EnvoyApi } from '../api.ts';
import { readClusters } from '../held.ts';
import { targetOf } from '../names.ts';
import type { Member, ProxyFleet } from './fleet.ts';
import {
  canBeSet,
  limitKey,
  limitsFor,
  type Marker,
  markerFor,
  markerKey,
  readRuntime,
  type Runtime,
} from './runtime.ts';

/** Calls of one service, or of all, to a host. */
export type CallsTo = Pick<Marker, 'host' | 'caller'>;
/** A trip of theirs. */
export type Stop = Omit<Marker, 'was'>;
export type StopHolding = Holding<Stop, Stop, Member>;

const everyCall = '0';

/** One that does not answer and is of no known service: it may be anybody's. */
export const isAnybodys = ({ service, runtime }: Member): boolean => service === '' && runtime === null;

/** Whether a proxy is one of those whose calls are meant, or may be. */
export const isCaller = (member: Member, { caller }: CallsTo): boolean =>
  caller === null ||
  ((member.service === caller.name || isAnybodys(member)) &&
    (caller.namespace === null || member.namespace === '' || member.namespace === caller.namespace));

export const clustersTo = (clusters: readonly string[], host: string): readonly string[] =>
  clusters.filter((name) => targetOf(name)?.host === host);

/** The callers' proxies that reach the host, or that cannot be asked whether they do. */
export const callersIn = (members: readonly Member[], calls: CallsTo): readonly Member[] =>
  members.filter(
    (one) =>
      isCaller(one, calls) && (one.runtime === null || clustersTo(one.clusters, calls.host).length > 0),
  );

/** Whether each cluster of the host refuses every call for this trip. */
export const isStopped = (runtime: Runtime, clusters: readonly string[], { host, operationId }: Stop) =>
  markerFor(runtime, host)?.operationId === operationId &&
  clustersTo(clusters, host).every((name) => runtime.values.get(limitKey(name)) === everyCall);

/** What this session holds in every proxy of the callers, while they come and go. */
export function holdStops(fleet: ProxyFleet): StopHolding {
  const holding = createHolding<Stop, Stop, Member>(
    {
      keyOf: ({ host, operationId }) => JSON.stringify([host, operationId]),
      operationOf: ({ operationId }) => operationId,
      untilOf: ({ until }) => until,
      now: fleet.host.clock.now,
      members: (stop) => callersIn(fleet.members(), stop),
      lifeOf: ({ uid, life, readAt }) => ({ uid, life, readAt }),
      shows: ({ runtime, clusters }, stop) =>
        runtime === null || !canBeSet(runtime) ? null : isStopped(runtime, clusters, stop),
      carries: ({ runtime }, { host, operationId }) =>
        runtime && markerFor(runtime, host)?.operationId === operationId,
      set: stopIn,
      unset: endIn,
      nameOf: ({ name }, { host }) => ({ proxy: name, host }),
      marked: true,
    },
    fleet.host,
  );
  fleet.afterRound.add(holding.goOn);
  fleet.held.add(() => {
    const all = holding.all();
    return all.length === 0 ? null : (member) => all.some((stop) => isCaller(member, stop));
  });
  return holding;
}

/** Has one proxy refuse every call to the host, by a reading of this very moment. Throws `PeerError`; `broken` where it took it and shows something else. */
export async function stopIn(member: Member, stop: Stop, signal: AbortSignal): Promise<void> {
  const { host } = stop;
  const api = apiOf(member);
  const before = readRuntime(await api.runtime(signal));
  if (!canBeSet(before))
    throw new PeerError(
      'refused',
      `${member.name} has no layer that is set while it runs; nothing was sent.`,
    );
  const held = markerFor(before, host);
  if (held !== null && held.operationId !== stop.operationId)
    throw new PeerError('conflict', `${member.name} holds a trip of ${held.by} to ${host} by now.`);
  const statuses = readClusters(await api.clusters(signal)) ?? [];
  const keys = clustersTo(
    statuses.map(({ name }) => name),
    host,
  ).map(limitKey);
  if (keys.length === 0)
    throw new PeerError('notFound', `${member.name} has no cluster of ${host} now; nothing was sent.`);
  const was: Record<string, string> = { ...held?.was };
  for (const key of keys) {
    const value = before.values.get(key);
    const isOurs = held !== null && value === everyCall;
    if (value !== undefined && !isOurs) was[key] ??= value;
  }
  const text = JSON.stringify({ ...stop, was });
  const answer = await api.setRuntime(
    new Map([...keys.map((key) => [key, everyCall] as const), [markerKey(host), text]]),
    signal,
  );
  const after = readRuntime(await api.runtime(signal));
  const missing = keys.filter((key) => after.values.get(key) !== everyCall);
  if (missing.length > 0 || after.values.get(markerKey(host)) !== text)
    throw new PeerError(
      'broken',
      `${member.name} answered “${answer}” and holds ${missing[0] === undefined ? 'another mark' : `${missing[0]} = ${after.values.get(missing[0]) ?? 'nothing'}`}: another layer stands above, or somebody wrote at the same moment.`,
    );
}

/** Takes away what a trip put into one proxy, and puts back what somebody had there before. Throws `PeerError`, as `stopIn` does. */
export async function endIn(
  member: Member,
  { host, operationId }: Pick<Stop, 'host' | 'operationId'>,
  signal: AbortSignal,
): Promise<void> {
  const api = apiOf(member);
  const before = readRuntime(await api.runtime(signal));
  const held = markerFor(before, host);
  // One that began anew has lost it by itself; another trip is not ours to end.
  if (held?.operationId !== operationId) return;
  // What somebody set to something else meanwhile is theirs.
  const ours = [...limitsFor(before, host)].filter(([, value]) => value === everyCall);
  const back = new Map(ours.map(([key]) => [key, held.was[key] ?? '']));
  await api.setRuntime(new Map([...back, [markerKey(host), '']]), signal);
  const after = readRuntime(await api.runtime(signal));
  const left = [...back].filter(([key, value]) => (after.values.get(key) ?? '') !== value);
  if (left.length > 0 || after.values.has(markerKey(host)))
    throw new PeerError(
      'broken',
      `${member.name} took it and still holds ${left[0]?.[0] ?? 'the mark of the trip'}.`,
    );
}

function apiOf({ api, name, problem }: Member): EnvoyApi {
  if (api === null) throw new PeerError('unreachable', `${name}: ${problem ?? 'it cannot be asked'}`);
  return api;
}
