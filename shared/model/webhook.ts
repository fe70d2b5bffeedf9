import { z } from 'zod';
import { Environment } from './entity.ts';

/** What comes with each message, so that whoever takes it knows that it is from here. */
export const WebhookProof = z.enum(['none', 'authorization', 'signature']);
export type WebhookProof = z.infer<typeof WebhookProof>;

/** What is remembered of the webhook. Its whole address and its secret are in the vault: the address of a chat is one by itself. */
export const WebhookSetting = z.object({
  /** "https://hooks.example.com", without what follows. */
  origin: z.string(),
  proof: WebhookProof,
  /** Operations from before are not told. */
  since: z.number(),
});
export type WebhookSetting = z.infer<typeof WebhookSetting>;

/** What an operator gives to have a webhook told. */
export const WebhookRequest = z.object({
  address: z.string().min(1).max(2_000),
  proof: WebhookProof,
  /** Empty where there is none. */
  secret: z.string().max(4_000),
});
export type WebhookRequest = z.infer<typeof WebhookRequest>;

/**
 * What became of an operation: `begun`: written, and not proven yet or held; `done`: proven; `undone`: proven, and takes
 * another one back; `unproven`: written, and nothing more will be seen of it; `left`: due to be taken back, and somebody left
 * it in force; `failed`; `unknown`: nobody can say whether it was written.
 */
export const WebhookOutcome = z.enum(['begun', 'done', 'undone', 'unproven', 'left', 'failed', 'unknown']);
export type WebhookOutcome = z.infer<typeof WebhookOutcome>;

/** What the webhook was last told of an operation, or why it was not. */
export const WebhookTold = z.object({
  outcome: WebhookOutcome,
  at: z.number(),
  /** Null where it took it. */
  problem: z.string().nullable(),
});
export type WebhookTold = z.infer<typeof WebhookTold>;

/** The body of a message: JSON, of this version, and of a few kilobytes at most. Fields may be added within a version. */
export const WebhookMessage = z.object({
  version: z.literal(1),
  kind: z.enum(['operation', 'test']),
  /** All of it in one sentence; chats show it. */
  text: z.string(),
  outcome: WebhookOutcome.nullable(),
  operation: z
    .object({
      id: z.string(),
      kind: z.string(),
      title: z.string(),
      reason: z.string(),
      /** The operation that this takes back. */
      undoes: z.string().nullable(),
    })
    .nullable(),
  by: z.string(),
  connection: z.object({ title: z.string(), environment: Environment }).nullable(),
  service: z.object({ namespace: z.string().nullable(), name: z.string() }).nullable(),
  /** ISO 8601. When it was asked for, when it came to this, and when Podium takes it back by itself. */
  at: z.string(),
  outcomeAt: z.string().nullable(),
  until: z.string().nullable(),
  /** Opens the service in Podium as it was then. */
  link: z.string().nullable(),
});
export type WebhookMessage = z.infer<typeof WebhookMessage>;

/** How a message was taken, for people. */
export const WebhookAnswer = z.object({ ok: z.boolean(), said: z.string() });
export type WebhookAnswer = z.infer<typeof WebhookAnswer>;

/** How it goes. */
export const WebhookState = z.object({
  setting: WebhookSetting.nullable(),
  /** False where the address has to be typed again: it was kept in memory only, or the keyring does not give it. */
  isKept: z.boolean(),
  waiting: z.number().int(),
  last: z.object({ at: z.number(), problem: z.string().nullable() }).nullable(),
});
export type WebhookState = z.infer<typeof WebhookState>;
