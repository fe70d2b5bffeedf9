import type { Plan } from '../../../shared/model/plan.ts';
import type { ReviewRequest } from '../../state/review.ts';

/** How long a change is to last that a repository will decide about in the end. */
export const expiries = [
  { id: 'never', title: 'until someone changes it', seconds: null },
  { id: '15m', title: '15 min', seconds: 15 * 60 },
  { id: '1h', title: '1 h', seconds: 3_600 },
  { id: '4h', title: '4 h', seconds: 4 * 3_600 },
  { id: '1d', title: '1 day', seconds: 86_400 },
] as const;
export type Expiry = (typeof expiries)[number]['id'];

export const secondsOf = (expiry: Expiry): number | null =>
  expiries.find(({ id }) => id === expiry)?.seconds ?? null;

/** Asked where somebody else decides about the document, and where it can be taken back. */
export function mayExpire({ kind }: ReviewRequest, plan: Plan): boolean {
  const isOwned = plan.guards.some(({ id, verdict }) => id.startsWith('ownership') && verdict === 'tick');
  const canGoBack =
    plan.undoOf === null && plan.holdSeconds === null && plan.changes.every(({ withheld }) => !withheld);
  return kind === 'plan' && isOwned && canGoBack;
}
