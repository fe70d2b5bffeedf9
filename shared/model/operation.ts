import { z } from 'zod';
import { Matcher } from './alert.ts';
import { ConnectionId, DocumentRef, EntityId } from './entity.ts';
import { CallTarget, Fallback, TripMechanism } from './trip.ts';
import { WorkloadAction, WorkloadRef } from './workload.ts';

/**
 * Divide a route's calls anew. `weights[i]` belongs to destination i of the split; the sum stays as found. Null leaves a
 * destination without a weight, which only an undo asks for: some documents had none.
 */
export const SetWeights = z.object({
  kind: z.literal('setWeights'),
  splitId: z.string(),
  connectionId: ConnectionId,
  weights: z.array(z.number().min(0).max(1_000_000).multipleOf(0.01).nullable()).min(1),
  /** What the operator saw when deciding: the fence of "someone else changed it". */
  seen: z.object({ revision: z.string(), weights: z.array(z.number().nullable()) }),
});
export type SetWeights = z.infer<typeof SetWeights>;

/** Stop calls for a while: callers get a refusal or a fallback until the deadline. */
export const Trip = z.object({
  kind: z.literal('trip'),
  connectionId: ConnectionId,
  call: CallTarget,
  mechanism: TripMechanism,
  /** Always finite. */
  forSeconds: z.number().int().min(30).max(86_400),
});
export type Trip = z.infer<typeof Trip>;

/** End a trip that a document carries, whoever made it. */
export const EndTrip = z.object({
  kind: z.literal('endTrip'),
  connectionId: ConnectionId,
  /** `HeldTrip.id`. */
  tripId: z.string(),
  serviceId: EntityId.nullable(),
});
export type EndTrip = z.infer<typeof EndTrip>;

/** Close a caller's own breaker in each instance where it is open, so that it decides anew; nothing holds it closed. */
export const CloseBreaker = z.object({
  kind: z.literal('closeBreaker'),
  connectionId: ConnectionId,
  call: CallTarget,
  /** Its name. */
  breaker: z.string().min(1).max(200),
});
export type CloseBreaker = z.infer<typeof CloseBreaker>;

/** Declare what callers get when a service may not answer; null declares nothing any more. */
export const SetFallback = z.object({
  kind: z.literal('setFallback'),
  connectionId: ConnectionId,
  call: CallTarget,
  fallback: Fallback.nullable(),
});
export type SetFallback = z.infer<typeof SetFallback>;

/** Change time-outs, retries, limits or ejection by a form. Null unsets a field. */
export const SetProtections = z.object({
  kind: z.literal('setProtections'),
  connectionId: ConnectionId,
  serviceId: EntityId,
  formId: z.string(),
  revision: z.string(),
  values: z.record(z.string(), z.union([z.string().max(500), z.number()]).nullable()),
});
export type SetProtections = z.infer<typeof SetProtections>;

/** Which requests a grey route is for. All conditions that are given must hold. */
export const GreyMatch = z.object({
  headers: z
    .array(
      z.object({
        name: z.string().min(1).max(200),
        value: z.string().max(500),
        how: z.enum(['exact', 'prefix']),
      }),
    )
    .max(8),
  cookie: z.object({ name: z.string().min(1).max(200), value: z.string().max(500) }).nullable(),
  caller: z.object({ namespace: z.string().nullable(), name: z.string() }).nullable(),
  /** Absent for any path. */
  path: z.object({ value: z.string().max(500), how: z.enum(['exact', 'prefix']) }).optional(),
});
export type GreyMatch = z.infer<typeof GreyMatch>;

/** Route some requests to one version besides the weights, or mirror them there. */
export const SetRouting = z.object({
  kind: z.literal('setRouting'),
  connectionId: ConnectionId,
  /** The split whose document is changed. */
  splitId: z.string(),
  revision: z.string(),
  change: z.discriminatedUnion('kind', [
    z.object({
      kind: z.literal('addRoute'),
      name: z.string().min(1).max(60),
      match: GreyMatch,
      destination: z.number().int(),
    }),
    z.object({ kind: z.literal('removeRoute'), routeName: z.string() }),
    z.object({
      kind: z.literal('mirror'),
      /** Null ends mirroring. */
      destination: z.number().int().nullable(),
      percent: z.number().min(0).max(100),
    }),
  ]),
});
export type SetRouting = z.infer<typeof SetRouting>;

/** Edit one document of configuration: some of its entries, or its whole text. */
export const EditDocument = z.object({
  kind: z.literal('editDocument'),
  connectionId: ConnectionId,
  serviceId: EntityId.nullable(),
  document: DocumentRef,
  revision: z.string(),
  edit: z.discriminatedUnion('kind', [
    z.object({
      kind: z.literal('entries'),
      set: z.array(z.object({ key: z.string().min(1).max(253), value: z.string().max(1_000_000) })),
      remove: z.array(z.string()),
    }),
    z.object({ kind: z.literal('yaml'), text: z.string().max(1_500_000) }),
  ]),
  /** Workloads to restart with it, so that processes get it. */
  restart: z.array(WorkloadRef),
});
export type EditDocument = z.infer<typeof EditDocument>;

/** Scale, restart, pause, resume or roll back a workload, or take one instance out of the traffic. */
export const ChangeWorkload = z.object({
  kind: z.literal('changeWorkload'),
  connectionId: ConnectionId,
  serviceId: EntityId.nullable(),
  workload: WorkloadRef,
  revision: z.string(),
  action: WorkloadAction,
});
export type ChangeWorkload = z.infer<typeof ChangeWorkload>;

/** Tell nobody of alerts like these for a while, or end a silence that is there, whoever made it. */
export const Silence = z.object({
  kind: z.literal('silence'),
  connectionId: ConnectionId,
  /** The service whose alert it was asked for; null where none is on the map. */
  serviceId: EntityId.nullable(),
  /** Some at least, but for an end. */
  matchers: z.array(Matcher).max(20),
  /** Always finite. */
  forSeconds: z
    .number()
    .int()
    .min(60)
    .max(30 * 86_400),
  /** The id of the silence that is to end; what it holds is read anew then. */
  ends: z.string().min(1).max(100).nullable().default(null),
});
export type Silence = z.infer<typeof Silence>;

/** Everything that an operator can ask to be written. */
export const Operation = z.discriminatedUnion('kind', [
  SetWeights,
  Trip,
  EndTrip,
  CloseBreaker,
  SetFallback,
  SetProtections,
  SetRouting,
  EditDocument,
  ChangeWorkload,
  Silence,
]);
export type Operation = z.infer<typeof Operation>;
export type OperationKind = Operation['kind'];

/** Why nothing takes it back, whoever asks; null where something may. */
export function noWayBack(operation: Operation, isUndo: boolean): string | null {
  if (operation.kind === 'closeBreaker')
    return 'A breaker that was closed is not opened by an undo: it opens by itself where calls fail. Trip the call to stop them.';
  if (operation.kind === 'endTrip' || (operation.kind === 'trip' && isUndo))
    return 'A trip that was ended is not brought back by an undo, for then nothing would end it. Trip the call again.';
  if (operation.kind === 'silence' && isUndo)
    return operation.ends === null
      ? 'A silence that was ended is not brought back by an undo, for its time has gone on. Silence it again.'
      : 'A silence that was made again is ended from its alert, as any other.';
  return null;
}
