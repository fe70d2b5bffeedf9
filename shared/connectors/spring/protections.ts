import type { Protection } from '../../model/inspect.ts';
import type { ProtectionSource } from '../kit/connector.ts';
import { breakersOf, type HeldBreaker, sayRefused, sayStates } from './callees.ts';
import type { Fleet } from './fleet.ts';

/** The callers' own breakers, with what they are in now. */
export function createProtections(fleet: Fleet): ProtectionSource {
  return {
    declared() {
      const all = breakersOf(fleet).filter(({ callee }) => callee !== null);
      return new Map(
        [...Map.groupBy(all, ({ callee }) => callee ?? '')].map(([callee, breakers]) => [
          callee,
          breakers.map((one) => protectionOf(one, fleet)),
        ]),
      );
    },
  };
}

function protectionOf({ name, holder, members }: HeldBreaker, fleet: Fleet): Protection {
  const all = fleet.of(holder);
  const unread = all.filter(({ breakers }) => breakers === null);
  const threshold = members
    .map(({ breaker }) => breaker.failureRatioThreshold)
    .find((ratio) => ratio !== null);
  const failing = worst(members.map(({ breaker }) => breaker.failureRatio));
  const refused = sayRefused(
    members.map(({ breaker }) => breaker.notPermittedCalls),
    unread.length,
  );
  const at = Math.min(...members.map(({ readAt }) => readAt ?? 0));
  const states = sayStates(
    members.map(({ breaker }) => breaker.state),
    all.length,
  );
  return {
    kind: 'breaker',
    text: `breaker “${name}” in ${holder}${threshold === undefined || threshold === null ? '' : `, opens at ${Math.round(threshold * 100)} % failed`}`,
    evidence: `actuators of ${members.length} of ${all.length} instances of ${holder}`,
    observed: {
      text: [
        states,
        failing === null ? 'too few calls for a rate' : `${(failing * 100).toFixed(1)} % failed at worst`,
        // Counted since each breaker's state began; no request of these ever left its caller.
        ...(refused === null ? [] : [refused]),
        ...(unread.length === 0 ? [] : [`${unread.length} not read`]),
      ].join('; '),
      source: 'Spring actuators',
      at,
    },
  };
}

const worst = (ratios: readonly (number | null)[]): number | null => {
  const known = ratios.filter((ratio) => ratio !== null);
  return known.length === 0 ? null : Math.max(...known);
};
