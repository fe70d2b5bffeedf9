import type { CloseBreaker, SetFallback, Trip } from '../../../shared/model/operation.ts';
import type { CallTarget, Fallback, TripOption } from '../../../shared/model/trip.ts';

/** What callers are to get instead, as it is being filled in. */
export interface AnswerDraft {
  readonly kind: 'service' | 'answer';
  /** Key of an AnswerTarget; null while none is chosen. */
  readonly target: string | null;
  readonly status: string;
  readonly body: string;
}

/** A trip as it is being filled in: words where words can be typed. */
export interface TripDraft {
  readonly scope: 'one' | 'all';
  readonly mechanism: TripOption['mechanism'] | null;
  readonly status: string;
  readonly answer: AnswerDraft;
  readonly minutes: string;
  readonly reason: string;
}

/** A service or a version that can answer instead. */
export interface AnswerTarget {
  readonly key: string;
  readonly title: string;
  readonly note: string;
  readonly fallback: Extract<Fallback, { kind: 'service' }>;
}

/** An operation, or what is still wrong with the draft. */
export type Drafted<O> =
  { readonly operation: O; readonly problem: null } | { readonly operation: null; readonly problem: string };

/** Minutes that are offered; anything from half a minute to a day can be typed. */
export const presetMinutes = [1, 5, 15, 30, 60] as const;

const shortestMinutes = 0.5;
const longestMinutes = 24 * 60;

/** Five minutes of refusals, unless a fallback is declared: then that is what callers get. */
export function firstDraft(scope: TripDraft['scope'], declared: Fallback | null): TripDraft {
  return {
    scope,
    mechanism: null,
    status: '503',
    answer: answerDraftOf(declared),
    minutes: '5',
    reason: '',
  };
}

/** The mechanism that is chosen to begin with: the declared fallback where it can be used, else the first that works. */
export function firstMechanism(
  options: readonly TripOption[],
  scope: TripDraft['scope'],
  hasFallback: boolean,
): TripOption['mechanism'] | null {
  const usable = options.filter((option) => hindranceOf(option, scope) === null);
  const diverting = hasFallback ? usable.find(({ mechanism }) => mechanism === 'divert') : undefined;
  return (diverting ?? usable[0])?.mechanism ?? null;
}

/** Why a mechanism cannot be chosen, in words; null where it can. */
export function hindranceOf(option: TripOption, scope: TripDraft['scope']): string | null {
  if (option.unavailable !== null) return option.unavailable;
  if (scope === 'one' && !option.perCaller) return 'It stops every caller; it cannot be meant for one.';
  return null;
}

/** What is typed as minutes in whole seconds; null where it is no time that a trip can last. */
export function secondsOf(minutes: string): number | null {
  const value = Number(minutes.trim().replace(',', '.'));
  if (minutes.trim() === '' || !Number.isFinite(value)) return null;
  if (value < shortestMinutes || value > longestMinutes) return null;
  return Math.round(value * 60);
}

/** The trip that the draft asks for, or the end of what a breaker does by itself. */
export function tripOf(
  draft: TripDraft,
  at: { readonly connectionId: string; readonly call: CallTarget },
  targets: readonly AnswerTarget[],
  options: readonly TripOption[] = [],
): Drafted<Trip | CloseBreaker> {
  if (draft.mechanism === null) return wrong('Choose how the calls are stopped.');
  if (draft.mechanism === 'closeBreaker') {
    const breaker = options.find(({ mechanism }) => mechanism === 'closeBreaker')?.breaker;
    if (breaker === undefined) return wrong('No breaker of this call is open any more.');
    return { operation: { kind: 'closeBreaker', ...at, breaker }, problem: null };
  }
  const forSeconds = secondsOf(draft.minutes);
  if (forSeconds === null) return wrong('Say for how long: from half a minute to 1440 minutes.');
  const mechanism = mechanismOf(draft, targets, options);
  if (typeof mechanism === 'string') return wrong(mechanism);
  return { operation: { kind: 'trip', ...at, mechanism, forSeconds }, problem: null };
}

/** The declaration that the draft asks for. */
export function fallbackOf(
  draft: AnswerDraft,
  at: { readonly connectionId: string; readonly call: CallTarget },
  targets: readonly AnswerTarget[],
): Drafted<SetFallback> {
  const fallback = readAnswer(draft, targets);
  if (typeof fallback === 'string') return wrong(fallback);
  return { operation: { kind: 'setFallback', ...at, fallback }, problem: null };
}

export function answerDraftOf(declared: Fallback | null): AnswerDraft {
  const empty = { kind: 'service', target: null, status: '200', body: '' } as const;
  if (declared === null) return empty;
  if (declared.kind === 'service') return { ...empty, target: targetKey(declared.host, declared.subset) };
  return { ...empty, kind: 'answer', status: String(declared.status), body: declared.body };
}

/** The name of a target among others. */
export function targetKey(host: string, subset: string | null): string {
  return JSON.stringify([host, subset]);
}

function mechanismOf(
  draft: TripDraft,
  targets: readonly AnswerTarget[],
  options: readonly TripOption[],
): Trip['mechanism'] | string {
  switch (draft.mechanism) {
    case 'refuse': {
      const status = statusOf(draft.status);
      if (status === null || status < 400) return 'A refusal has a status from 400 to 599.';
      return { kind: 'refuse', status };
    }
    case 'divert': {
      const to = readAnswer(draft.answer, targets);
      return typeof to === 'string' ? to : { kind: 'divert', to };
    }
    case 'deny':
    case 'runtime':
      return { kind: draft.mechanism };
    case 'breaker':
    case 'breakerOff': {
      const name = options.find(({ mechanism }) => mechanism === draft.mechanism)?.breaker;
      if (name === undefined) return 'No breaker is known for this call.';
      return { kind: 'breaker', name, state: draft.mechanism === 'breaker' ? 'forcedOpen' : 'disabled' };
    }
    case 'block': {
      const blocked = options.find(({ mechanism }) => mechanism === 'block')?.blocked;
      if (blocked === undefined) return 'No application is known that could block this call.';
      return { kind: 'block', ...blocked };
    }
    case 'closeBreaker':
    case null:
      return 'Choose how the calls are stopped.';
  }
}

function readAnswer(draft: AnswerDraft, targets: readonly AnswerTarget[]): Fallback | string {
  if (draft.kind === 'answer') {
    const status = statusOf(draft.status);
    if (status === null || status < 200) return 'A fixed answer has a status from 200 to 599.';
    if (draft.body.length > 4096) return 'A fixed answer has at most 4096 characters.';
    return { kind: 'answer', status, body: draft.body };
  }
  const target = targets.find(({ key }) => key === draft.target);
  return target?.fallback ?? 'Choose the service or version that answers instead.';
}

function statusOf(text: string): number | null {
  const value = Number(text.trim());
  return /^\d{3}$/.test(text.trim()) && value <= 599 ? value : null;
}

function wrong(problem: string): { readonly operation: null; readonly problem: string } {
  return { operation: null, problem };
}
