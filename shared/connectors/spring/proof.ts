import type { Breakers, Rollout } from '../../model/change.ts';
import type { Proof, ProofSource } from '../kit/connector.ts';
import type { BreakerState } from './breakers.ts';
import { having } from './callees.ts';
import type { Fleet, Member } from './fleet.ts';
import { isForced, stateOf } from './isolation/words.ts';

/** What each instance itself says: its breaker's state, and whom its discovery client still counts. */
export function createProof(fleet: Fleet): ProofSource {
  return {
    note(expectation) {
      if (expectation.kind === 'breakers') return 'read in every instance: k of n';
      return expectation.kind === 'rollout' && expectation.instance !== null
        ? 'seen when the discovery clients of the other services count it no more, or again'
        : null;
    },
    loaded(expectation, since) {
      if (expectation.kind === 'breakers') return Promise.resolve(breakersProof(fleet, expectation, since));
      if (expectation.kind === 'rollout') return Promise.resolve(clientsProof(fleet, expectation, since));
      return Promise.resolve(null);
    },
  };
}

function breakersProof(fleet: Fleet, { holders, name, state }: Breakers, since: number): Proof | null {
  const all = holders.flatMap((holder) => fleet.of(holder.name));
  if (all.length === 0) return null;
  const isThere = (found: BreakerState): boolean => {
    if (state === 'closed') return !isForced(found);
    return state === 'closedNow' ? found === 'CLOSED' : found === stateOf(state);
  };
  const said = ((): string => {
    if (state === 'closed') return 'decide by themselves';
    return state === 'closedNow' ? 'closed' : stateOf(state).toLowerCase().replace('_', '-');
  })();
  const unread = all.filter((one) => one.breakers === null || (one.readAt ?? 0) < since);
  const have = having(
    all.filter((one) => !unread.includes(one)),
    name,
  );
  const good = have.filter(({ breaker }) => isThere(breaker.state));
  const n = have.length + unread.length;
  const bad = [
    ...have
      .filter(({ breaker }) => !isThere(breaker.state))
      .map(({ instance, breaker }) => `${instance.name} ${breaker.state}`),
    ...unread.map(({ instance, problem }) => `${instance.name} ${problem ?? 'not read since'}`),
  ];
  const detail = `${good.length} of ${n} instances ${said}${bad.length === 0 ? '' : `; ${bad.join('; ')}`}`;
  return { state: n > 0 && bad.length === 0 ? 'seen' : 'waiting', detail: detail.slice(0, 500) };
}

/**
 * Whether clients have it too. Each keeps its own copy of the registry, asked for every 30 s by default, and a load
 * balancer caches that for another 35 s: what the registry says holds for callers only when their copies say it.
 */
function clientsProof(fleet: Fleet, { instance }: Rollout, since: number): Proof | null {
  const target = fleet.members().find((one) => one.instance.uid === instance?.uid);
  if (target === undefined || instance === null) return null;
  const { service } = target.instance;
  const counted = fleet
    .of(service)
    .filter((one) => (one === target ? instance.serving : one.instance.serving)).length;
  const clients = fleet.members().flatMap((member) => {
    const view = viewOf(member, service);
    return view === null ? [] : [{ member, view }];
  });
  const awaited = fleet
    .members()
    .some(({ problem, healthAt }) => problem === null && (healthAt ?? 0) < since);
  if (clients.length === 0 && awaited)
    return { state: 'waiting', detail: 'no instance was asked since for what its discovery client has' };
  if (clients.length === 0)
    return { state: 'unobservable', detail: 'no client shows its own copy of the registry in its health' };
  const fresh = clients.filter(({ member }) => (member.healthAt ?? 0) >= since);
  const agreeing = fresh.filter(({ view }) => view === counted);
  return {
    state: agreeing.length === clients.length ? 'seen' : 'waiting',
    detail: `${agreeing.length} of ${clients.length} clients count ${counted} of ${service}${agreeing.length === clients.length ? '' : `; ${sayOthers(clients.filter((one) => !agreeing.includes(one)))}`}`,
  };
}

/** What one client counts of a service; a service without any is left out of its list. */
function viewOf({ health }: Member, service: string): number | null {
  const view = health?.clientView ?? null;
  if (view === null) return null;
  return [...view].find(([app]) => app.toLowerCase() === service.toLowerCase())?.[1] ?? 0;
}

const sayOthers = (others: readonly { readonly member: Member; readonly view: number }[]): string =>
  others
    .slice(0, 5)
    .map(({ member, view }) => `${member.instance.name} still counts ${view}`)
    .join(', ');
