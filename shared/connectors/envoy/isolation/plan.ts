import type { Change, Expectation, Guard } from '../../../model/change.ts';
import type { Trip } from '../../../model/operation.ts';
import type { PlannedWrite } from '../../kit/control.ts';
import { PeerError } from '../../kit/peerError.ts';
import { guardOf } from '../../kit/splitGuards.ts';
import { quoted, sayTime } from '../../kit/words.ts';
import type { Member, ProxyFleet } from './fleet.ts';
import { callersIn, type CallsTo, clustersTo, isAnybodys, isCaller, type Stop } from './holding.ts';
import { canBeSet, limitKey, limitsFor, markerFor, markerKey } from './runtime.ts';
import { refOf, type Wanted, writeLimits, writeWanted } from './wanted.ts';

const short = (host: string): string => host.split('.')[0] ?? host;
const sayCaller = ({ caller }: CallsTo): string => caller?.name ?? 'all callers';
const sayCount = (members: readonly Member[]): string =>
  members.length === 1 ? '1 proxy' : `${members.length} proxies`;
const canSet = ({ runtime }: Member): boolean => runtime !== null && canBeSet(runtime);

/** Why nothing can be set for these calls, in words; null where something can. */
export function hindranceOf(members: readonly Member[], calls: CallsTo): string | null {
  const all = callersIn(members, calls);
  const read = all.filter(({ runtime }) => runtime !== null);
  if (all.every(isAnybodys) && (all.length === 0 || calls.caller !== null))
    return `No proxy of ${sayCaller(calls)} that can be asked here has a cluster of ${calls.host}.`;
  if (read.length === 0) return `No proxy of ${sayCaller(calls)} answers: ${all[0]?.problem ?? ''}`;
  if (!read.some(canSet))
    return `None of ${sayCount(read)} of ${sayCaller(calls)} has a runtime layer that is set while it runs (admin_layer in its bootstrap): they take no trip.`;
  return null;
}

/** What would be done to have the callers' proxies refuse every call. Reads only. */
export async function planTrip(
  fleet: ProxyFleet,
  { call, forSeconds }: Trip,
  signal: AbortSignal,
): Promise<PlannedWrite> {
  const calls: CallsTo = {
    host: call.host,
    caller: call.caller === null ? null : { namespace: call.caller.namespace, name: call.caller.name },
  };
  const members = await fleet.look(signal, (one) => isCaller(one, calls));
  const hindrance = hindranceOf(members, calls);
  if (hindrance !== null) throw new PeerError('refused', hindrance);
  const now = fleet.host.clock.now();
  const stop: Stop = {
    ...calls,
    // Told when it is applied; until then it is what a copied command writes.
    operationId: 'plan',
    by: 'a copied command',
    reason: '',
    since: now,
    until: now + forSeconds * 1_000,
  };
  const concerned = callersIn(members, calls);
  const able = concerned.filter(canSet);
  const said = `${sayCaller(calls)} → ${short(call.host)}`;
  return {
    title: `Trip ${said}: refused by the memory of ${sayCount(able)} for ${sayTime(forSeconds)}`,
    target: `runtime of ${able.map(({ name }) => name).join(', ')}`,
    changes: [changeOf(fleet, concerned, { stopped: true, stop, proxies: able.map(({ uid }) => uid) })],
    guards: [
      guardOf(
        'proxies',
        'pass',
        `${able.length} of ${concerned.length} proxies of ${sayCaller(calls)} can be set while they run`,
        able.map(({ name }) => name).join(', '),
      ),
      ...unableGuard(concerned, sayCaller(calls)),
      ...heldGuards(able, calls.host),
      guardOf(
        'memory-only',
        'tick',
        'It lives in the memory of each single proxy, and nowhere else',
        'No document and no control plane knows of it. A proxy that restarts has lost it until Podium sets it again.',
      ),
    ],
    expectation: refusalsOf(stop),
    threeWay: null,
    copies: copiesOf(able, (one) =>
      [...clustersTo(one.clusters, calls.host)].map((cluster) => [limitKey(cluster), '0'] as const),
    ),
    split: null,
    notes: [
      `${said}: the limit of requests at once (max_requests) of each cluster of it is set to 0 by the runtime, so the callers’ own proxies answer 503 at once and nothing leaves for ${short(call.host)}.`,
      'Podium sets it again in a proxy that restarts and in those that join, while it runs and is connected. Does it not run at the deadline, it stays until Podium runs again, or until the proxy restarts.',
      'Envoy has no dry run: what it makes of it is read back from each proxy. Calls that are marked as of high priority have a limit of their own and pass.',
    ],
    direction: 'neutral',
  };
}

/** What would be done to take a trip out of the proxies that hold it. Reads only. */
export async function planEnd(fleet: ProxyFleet, stop: Stop, signal: AbortSignal): Promise<PlannedWrite> {
  const members = await fleet.look(signal, (one) => isCaller(one, stop));
  const { host, operationId } = stop;
  const holding = members.filter(
    ({ runtime }) => runtime !== null && markerFor(runtime, host)?.operationId === operationId,
  );
  const unread = callersIn(members, stop).filter(({ runtime }) => runtime === null);
  if (holding.length === 0 && unread.length === 0)
    throw new PeerError('refused', 'No proxy holds this trip any more: there is nothing to end.');
  const [silent] = unread;
  if (holding.length === 0 && silent !== undefined)
    throw new PeerError(
      'unreachable',
      `No proxy that answers holds this trip, and ${sayCount(unread)} cannot be asked whether they do. ${silent.name}: ${silent.problem ?? ''}`,
    );
  const back = ({ runtime }: Member): readonly (readonly [string, string])[] => {
    const held = runtime === null ? null : markerFor(runtime, host);
    if (runtime === null || held === null) return [];
    const ours = [...limitsFor(runtime, host)].filter(([, value]) => value === '0');
    return [...ours.map(([key]) => [key, held.was[key] ?? ''] as const), [markerKey(host), ''] as const];
  };
  const concerned = [...holding, ...unread];
  return {
    title: `End trip of ${sayCaller(stop)} → ${short(host)}: ${sayCount(holding)} let calls through again`,
    target: `runtime of ${holding.map(({ name }) => name).join(', ')}`,
    changes: [changeOf(fleet, concerned, { stopped: false, stop, proxies: holding.map(({ uid }) => uid) })],
    guards: unableGuard(concerned, sayCaller(stop)),
    expectation: {
      kind: 'served',
      host,
      namespace: stop.caller?.namespace ?? null,
      caller: callerIn(stop),
      how: 'limit',
      flags: ['UO'],
    },
    threeWay: null,
    copies: copiesOf(holding, back),
    split: null,
    notes: [
      'What somebody else had set for the same clusters is put back; what was set to something else meanwhile stays.',
    ],
    direction: 'awayFromHarm',
  };
}

const callerIn = ({ caller }: CallsTo) =>
  caller === null ? null : { namespace: caller.namespace ?? '', name: caller.name };

const refusalsOf = (stop: Stop): Expectation => ({
  kind: 'refusals',
  host: stop.host,
  namespace: stop.caller?.namespace ?? null,
  caller: callerIn(stop),
  status: 503,
  flags: ['UO'],
  how: 'limit',
});

function unableGuard(concerned: readonly Member[], whose: string): Guard[] {
  const unable = concerned.filter((one) => !canSet(one));
  if (unable.length === 0) return [];
  const why = unable.map((one) => {
    const { name, problem, runtime } = one;
    if (runtime !== null) return `${name}: no layer that is set while it runs`;
    return `${name}: ${isAnybodys(one) ? 'it may be of another service; ' : ''}${problem ?? 'it cannot be asked'}`;
  });
  return [
    guardOf(
      'instances',
      'tick',
      `${unable.length} of ${concerned.length} proxies of ${whose} cannot be set now, and let calls through`,
      why.join('; ').slice(0, 500),
    ),
  ];
}

function heldGuards(able: readonly Member[], host: string): Guard[] {
  const held = able.flatMap(({ name, runtime }) => {
    const marker = runtime === null ? null : markerFor(runtime, host);
    return marker === null ? [] : [{ name, by: marker.by }];
  });
  if (held[0] !== undefined)
    return [
      guardOf(
        'held-already',
        'block',
        `A trip holds it already, by ${held[0].by}: end that one first`,
        held.map(({ name }) => name).join(', '),
      ),
    ];
  const set = able.flatMap(({ name, runtime }) =>
    runtime === null ? [] : [...limitsFor(runtime, host)].map(([key, value]) => `${name}: ${key} = ${value}`),
  );
  if (set.length === 0) return [];
  return [
    guardOf(
      'overridden',
      'tick',
      'Somebody has set these limits by hand, and is not this Podium',
      `${set.join('; ')}. That is put back at the end.`.slice(0, 500),
    ),
  ];
}

function changeOf(fleet: ProxyFleet, members: readonly Member[], wanted: Wanted): Change {
  const { host } = wanted.stop;
  const before = writeLimits(members, host);
  return {
    document: refOf(fleet.host.connectionId, wanted.stop),
    action: 'patch',
    withheld: false,
    revision: members
      .map(({ name, runtime }) =>
        runtime === null ? `${name} unread` : `${name} ${limitsFor(runtime, host).size} set`,
      )
      .join(', '),
    patch: [{ op: 'replace', path: '/stopped', value: wanted.stopped }],
    inverse: [{ op: 'replace', path: '/stopped', value: !wanted.stopped }],
    before,
    after: writeWanted(wanted),
  };
}

/** One request for each proxy, by its address, or by the agent beside it where only its pod is known. */
function copiesOf(
  members: readonly Member[],
  values: (member: Member) => readonly (readonly [string, string])[],
): PlannedWrite['copies'] {
  const lines = members.map((one) => {
    const query = values(one)
      .map((pair) => pair.map(encodeURIComponent).join('='))
      .join('&');
    return one.address === null
      ? `kubectl exec --namespace ${quoted(one.namespace)} ${quoted(one.name)} --container istio-proxy -- pilot-agent request POST ${quoted(`runtime_modify?${query}`)}`
      : `curl --fail --request POST ${quoted(`${one.address}/runtime_modify?${query}`)}`;
  });
  const text = lines.join('\n');
  return { tool: 'curl', command: text, curl: text, patch: text };
}
