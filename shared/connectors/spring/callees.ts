import type { Breaker, BreakerState } from './breakers.ts';
import type { Fleet, Member } from './fleet.ts';

/** One breaker of one service, over its instances. */
export interface HeldBreaker {
  readonly name: string;
  /** The service whose instances have it. */
  readonly holder: string;
  readonly namespace: string;
  /** The service that it guards calls to, by its name; null where the name does not say. */
  readonly callee: string | null;
  readonly members: readonly (Member & { readonly breaker: Breaker })[];
}

/** Every breaker of every service, as last read. */
export function breakersOf(fleet: Fleet): HeldBreaker[] {
  const services = fleet.services();
  return services.flatMap((holder) => {
    const members = fleet.of(holder);
    const names = new Set(members.flatMap(({ breakers }) => [...(breakers?.keys() ?? [])]));
    return [...names].map((name): HeldBreaker => ({
      name,
      holder,
      namespace: members[0]?.instance.namespace ?? '',
      callee: calleeOf(
        name,
        services.filter((service) => service !== holder),
      ),
      members: having(members, name),
    }));
  });
}

/** Those of the members that have made this breaker. */
export const having = (members: readonly Member[], name: string): HeldBreaker['members'] =>
  members.flatMap((member) => {
    const breaker = member.breakers?.get(name);
    return breaker === undefined ? [] : [{ ...member, breaker }];
  });

/** A breaker named after a service guards calls to it: "payment", "paymentService", "payment-client", "PAYMENT_CB". */
export function calleeOf(name: string, services: readonly string[]): string | null {
  const plain = plainName(name);
  return services.find((service) => plainName(service) === plain) ?? null;
}

const plainName = (name: string): string => {
  const letters = name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
  return letters.replace(/(circuitbreaker|breaker|service|client|api|cb)+$/, '') || letters;
};

/** "CLOSED on 2 of 3, FORCED_OPEN on 1". */
export function sayStates(states: readonly BreakerState[], all: number): string {
  const counts = [...Map.groupBy(states, (state) => state)].sort(([, a], [, b]) => b.length - a.length);
  return counts
    .map(([state, of]) => `${state.toLowerCase().replace('_', '-')} on ${of.length} of ${all}`)
    .join(', ');
}

/** Instances that tell no count leave the sum a lower bound, which is not none; null where none refused any. */
export function sayRefused(counts: readonly (number | null)[], unread: number): string | null {
  const known = counts.filter((count) => count !== null);
  const sum = known.reduce((total, count) => total + count, 0);
  const untold = counts.length - known.length;
  if (sum === 0) return untold === 0 ? null : `calls refused: not told by ${untold} of ${counts.length}`;
  return `${untold + unread > 0 ? 'at least ' : ''}${sum} calls refused, which the caller’s own fallback answers`;
}
