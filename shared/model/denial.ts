import { z } from 'zod';

/** A policy that speaks of a call, and what it says. */
export const PolicyWord = z.object({
  apiVersion: z.string(),
  kind: z.string(),
  namespace: z.string(),
  name: z.string(),
  /** What it does to calls of this caller, so far as that can be known without one request. */
  effect: z.enum(['denies', 'doesNotAdmit', 'mayDeny', 'mayAdmit', 'admits']),
  /** "denied by AuthorizationPolicy shop/no-orders (DENY)". */
  text: z.string(),
  /** Epoch ms since when it is there; null where it does not say. */
  createdAt: z.number().nullable(),
  /** Until when Podium holds a trip by it; null where it is no trip. */
  heldUntil: z.number().nullable(),
});
export type PolicyWord = z.infer<typeof PolicyWord>;

/** What the policies of one system say of a call. */
export const DenialJudgement = z.object({
  /** "Istio’s authorization policies". */
  source: z.string(),
  /** `unruled`: no policy is about the callee; `unknown`: they could not be read. */
  outcome: z.enum(['denied', 'maybe', 'admitted', 'unruled', 'unknown']),
  text: z.string(),
  /** What decides first. */
  policies: z.array(PolicyWord),
  /** What it rests on, or what could not be read. */
  notes: z.array(z.string()),
});
export type DenialJudgement = z.infer<typeof DenialJudgement>;

/** A refusal that the callee's own proxies wrote down, by who refused. */
export const LoggedDenial = z.object({
  /** "shop/no-orders"; null where no policy admitted the call. */
  policy: z.string().nullable(),
  count: z.number().int(),
  firstAt: z.number().nullable(),
  lastAt: z.number().nullable(),
});
export type LoggedDenial = z.infer<typeof LoggedDenial>;

/** What access logs of a service's proxies say of refusals. */
export const DenialLog = z.object({
  /** `off`: no line of an access log is among what was read. */
  state: z.enum(['read', 'off', 'unreadable']),
  text: z.string(),
  denials: z.array(LoggedDenial),
  problems: z.array(z.string()),
});
export type DenialLog = z.infer<typeof DenialLog>;
