import { isExactly } from '../../../shared/analysis/misleadingName.ts';
import type { ConnectionState } from '../../../shared/model/connection.ts';
import type { Guard } from '../../../shared/model/change.ts';
import type { Plan } from '../../../shared/model/plan.ts';

/** What the operator has done in the dialog so far. */
export interface Confirmation {
  readonly ticked: ReadonlySet<string>;
  readonly typedName: string;
}

/** Why a plan cannot be applied now, and what would help. */
export interface Hindrance {
  readonly text: string;
  readonly remedy: 'replan' | 'unlock' | null;
}

/** Null when Apply may be pressed; else the first thing in its way, most final first. */
export function hindranceOf(
  plan: Plan,
  connection: ConnectionState | null,
  confirmation: Confirmation,
  now: number,
): Hindrance | null {
  const where = plan.connection.title;
  if (connection === null || connection.state === 'closed') {
    return {
      text: `${where} was closed. Nothing was applied, and this plan is no longer valid.`,
      remedy: null,
    };
  }
  if (now >= plan.expiresAt) {
    return {
      text: 'This plan has expired: the cluster may have moved on. Nothing was applied.',
      remedy: 'replan',
    };
  }
  const blocking = plan.guards.filter((guard) => guard.verdict === 'block');
  if (blocking.length > 0) {
    return { text: `Blocked: ${titlesOf(blocking)}.`, remedy: null };
  }
  if (connection.locked) {
    return { text: `${where} is read-only: unlock it to apply.`, remedy: 'unlock' };
  }
  const untouched = plan.guards.filter(
    (guard) => guard.verdict === 'tick' && !confirmation.ticked.has(guard.id),
  );
  if (untouched.length > 0) {
    return {
      text: `Tick what you accept: ${titlesOf(untouched)}.`,
      remedy: null,
    };
  }
  if (asksForName(plan) && !isExactly(confirmation.typedName, plan.serviceName)) {
    return { text: `Type ${plan.serviceName} to go on.`, remedy: null };
  }
  return null;
}

/** A watch that cannot be understood keeps a change from being applied without the one that was meant. */
export function hindranceOfWatch(problem: string | null): Hindrance | null {
  return problem === null ? null : { text: problem, remedy: null };
}

function titlesOf(guards: readonly Guard[]): string {
  return guards.map((guard) => guard.title.replace(/\.$/, '')).join('; ');
}

/** Whether this plan wants the service's name typed, byte for byte. */
export function asksForName(plan: Plan): boolean {
  return plan.guards.some((guard) => guard.verdict === 'typeName');
}

/** The same for what moves no traffic between versions. */
function frictionOfOthers({ operation, direction }: Plan, inProduction: boolean): string {
  if (direction === 'towardsHarm')
    return inProduction
      ? 'It can do harm in production: this asks for the service’s name'
      : 'It can do harm: look twice';
  return operation.kind === 'trip'
    ? 'It takes calls away for a while and gives them back by itself'
    : 'Nothing known speaks against it: one confirmation is enough';
}

/** How much friction this change has, and why. */
export function frictionOf(plan: Plan): string {
  const inProduction = plan.connection.environment === 'production';
  const { kind } = plan.operation;
  if (kind === 'endTrip' || (kind === 'trip' && plan.undoOf !== null))
    return 'Calls get through again: one confirmation is enough';
  if (kind !== 'setWeights') return frictionOfOthers(plan, inProduction);
  switch (plan.direction) {
    case 'awayFromHarm':
      return `Moving away from a failing version: one confirmation is enough${inProduction ? ', also in production' : ''}`;
    case 'towardsHarm':
      return inProduction
        ? 'Towards a failing version in production: this asks for the service’s name'
        : 'Towards a failing version: look twice';
    case 'neutral':
      return 'No version involved is known to be failing: one confirmation is enough';
  }
}
