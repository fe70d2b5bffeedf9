import type { Plan } from '../../../shared/model/plan.ts';

/**
 * Where a review stands. `plan` stays on screen while it is made anew; once something was sent there is no way back to a
 * plan that could be sent again by the same press.
 */
export type ReviewFlow =
  | { readonly phase: 'planning'; readonly plan: Plan | null; readonly note: string | null }
  | { readonly phase: 'refused'; readonly text: string }
  | { readonly phase: 'planned'; readonly plan: Plan; readonly note: string | null }
  | { readonly phase: 'sending'; readonly plan: Plan }
  | { readonly phase: 'sent'; readonly plan: Plan; readonly operationId: string }
  | { readonly phase: 'unanswered'; readonly plan: Plan; readonly text: string };

/** What a failed Apply means for the plan on screen. */
export type ApplyFailure =
  | { readonly kind: 'stillValid'; readonly text: string }
  | { readonly kind: 'planAgain'; readonly text: string }
  | { readonly kind: 'unanswered'; readonly text: string };

/** Reads the console's refusal by its code; anything without one may have been carried out. */
export function applyFailureOf(error: unknown): ApplyFailure {
  const text = sentence(
    error instanceof Error && error.message !== '' ? error.message : 'The console said nothing',
  );
  switch (codeOf(error)) {
    case 'LOCKED':
    case 'REFUSED':
      return { kind: 'stillValid', text };
    case 'GONE':
    case 'CONFLICT':
      return { kind: 'planAgain', text };
    // The console journals before it writes: an error of the peer comes by the operation, not here.
    case 'PEER':
    case 'BAD_REQUEST':
      return { kind: 'stillValid', text };
    default:
      return {
        kind: 'unanswered',
        text: `${text} Whether it was applied is not known; the journal will tell. It is not sent again.`,
      };
  }
}

function sentence(text: string): string {
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}

/** The code of a refusal of the console's; null for any other error. */
export function codeOf(error: unknown): string | null {
  if (typeof error !== 'object' || error === null || !('code' in error)) return null;
  return typeof error.code === 'string' ? error.code : null;
}
