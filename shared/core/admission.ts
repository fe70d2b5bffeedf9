import type { Journal } from './journal.ts';
import type { LiveConnection } from './liveConnection.ts';
import { readOnlyJournal, type KeptPlan } from './plans.ts';
import { Refusal } from './refusal.ts';
import { sayPlace } from './sayPlace.ts';

/** The moment at which a plan is judged. */
interface Now {
  /** What the plan's connection id means by now. */
  readonly connection: LiveConnection | undefined;
  readonly at: number;
}

/** What the operator said to the guards of a plan. */
export interface Consent {
  readonly ticked: readonly string[];
  readonly typedName: string | null;
}

/**
 * Consent: an operator applies it now. `agreed`: Podium takes back by itself what an operator wrote; that was agreed to when it
 * was written, so neither a lock set since nor a guard that asks holds it up. One that blocks does.
 */
export type Standing = Consent | 'agreed';

/** What must hold until the very moment of the write: the same open connection, a young plan, unlocked. */
export function hindranceOf(
  { plan, connection, generation }: KeptPlan,
  now: Now,
  standing: Standing,
): Refusal | null {
  if (now.connection !== connection || generation !== connection.generation) {
    return new Refusal(
      'GONE',
      `${plan.connection.title} was closed or opened anew after this plan was made. Nothing was changed. Review it again.`,
    );
  }
  if (now.at > plan.expiresAt) {
    return new Refusal('GONE', 'This plan is older than ten minutes. Nothing was changed. Review it again.');
  }
  if (connection.locked && standing !== 'agreed') {
    return new Refusal(
      'LOCKED',
      `${sayPlace(connection)} is read-only until you unlock it. Nothing was changed.`,
    );
  }
  return null;
}

/** Everything that must hold at the moment of the write, not only when it was reviewed. */
export function admit(
  kept: KeptPlan,
  now: Now,
  journal: Pick<Journal, 'writable'>,
  standing: Standing,
): void {
  const { plan } = kept;
  const hindrance = hindranceOf(kept, now, standing);
  if (hindrance !== null) throw hindrance;
  if (!journal.writable) throw new Refusal('REFUSED', readOnlyJournal.title);
  for (const guard of plan.guards) {
    if (guard.verdict === 'block') throw new Refusal('REFUSED', `Not applied: ${guard.title}.`);
    if (standing === 'agreed') continue;
    const { ticked, typedName } = standing;
    if (guard.verdict === 'tick' && !ticked.includes(guard.id)) {
      throw new Refusal('REFUSED', `Not applied: this needs your acknowledgement: ${guard.title}.`);
    }
    if (guard.verdict === 'typeName' && typedName !== plan.serviceName) {
      throw new Refusal(
        'REFUSED',
        `Not applied: ${guard.title}. Type the service's name, ${plan.serviceName}, to go on.`,
      );
    }
  }
}
