import { z } from 'zod';
import { Affected, Change, Expectation, Guard, ThreeWay } from './change.ts';
import { ConnectionId, EntityId, Environment } from './entity.ts';
import { Operation } from './operation.ts';

/** The same write for use elsewhere; null where that form cannot say it. */
export const Copies = z.object({
  /** For a terminal. */
  command: z.string(),
  /** The program it is for; kubectl unless said. */
  tool: z.string().optional(),
  curl: z.string(),
  patch: z.string(),
  strategicMerge: z.string().nullable().default(null),
  kustomize: z.string().nullable().default(null),
});
export type Copies = z.infer<typeof Copies>;

/** A reviewed change, ready to apply: lives ten minutes and dies when its fence moves. */
export const Plan = z.object({
  id: z.string(),
  operation: Operation,
  /** "Shift payment: v1 70 → 95, v2 30 → 5". */
  title: z.string(),
  serviceId: EntityId.nullable(),
  serviceName: z.string(),
  connection: z.object({ id: ConnectionId, title: z.string(), environment: Environment, server: z.string() }),
  actor: z.string(),
  /** "VirtualService shop/payment, route “default”". */
  target: z.string(),
  changes: z.array(Change),
  guards: z.array(Guard),
  /** What will happen, in sentences with figures. */
  forecast: z.array(z.string()),
  /** Who is affected, busiest first; empty where nobody can say. */
  affected: z.array(Affected).default([]),
  expectation: Expectation,
  /** What each rung of the ladder will be able to say here. */
  rungs: z.array(
    z.object({ rung: z.enum(['accepted', 'declared', 'loaded', 'measured']), note: z.string() }),
  ),
  direction: z.enum(['awayFromHarm', 'towardsHarm', 'neutral']),
  threeWay: ThreeWay.nullable(),
  copies: Copies,
  /** For how long a trip holds, from the moment it is applied; null for what does not end by itself. */
  holdSeconds: z.number().nullable().default(null),
  undoOf: z.string().nullable(),
  createdAt: z.number(),
  expiresAt: z.number(),
});
export type Plan = z.infer<typeof Plan>;
