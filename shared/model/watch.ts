import { z } from 'zod';
import { ConnectionId, EntityId } from './entity.ts';

/** Something that must not come true while an operation is watched. Ratios 0..1, latency in ms. */
export const WatchCondition = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('errors'),
    /** Null for the service as a whole. */
    version: z.string().nullable(),
    aboveRatio: z.number().min(0).max(1),
  }),
  z.object({ kind: z.literal('latency'), version: z.string().nullable(), aboveP99Ms: z.number().positive() }),
  /** No call arrives for so long. */
  z.object({
    kind: z.literal('noTraffic'),
    version: z.string().nullable(),
    forSeconds: z.number().int().min(10),
  }),
]);
export type WatchCondition = z.infer<typeof WatchCondition>;

/** How long to look, and what takes the change back. */
export const WatchRequest = z.object({
  forSeconds: z.number().int().min(15).max(86_400),
  conditions: z.array(WatchCondition).min(1).max(8),
});
export type WatchRequest = z.infer<typeof WatchRequest>;

/**
 * A moment as the machine itself counts time: asleep or awake, whatever its clock is set to. Only comparable within one run
 * of the machine.
 */
export const Moment = z.object({ boot: z.string(), ms: z.number() });
export type Moment = z.infer<typeof Moment>;

/**
 * A watch over one written operation: `watching`; `passed`: time is up, nothing came true; `returning`: a condition came
 * true and the way back is under way; `returned`; `stopped`: by the operator or because the change is gone; `stuck`: it
 * should go back and cannot, with the reason in `note`.
 */
export const WatchState = z.object({
  request: WatchRequest,
  serviceId: EntityId.nullable(),
  startedAt: z.number(),
  endsAt: z.number(),
  /** The same moment by the machine's own count; null where it has none. */
  endsAtMoment: Moment.nullable().default(null),
  state: z.enum(['watching', 'passed', 'returning', 'returned', 'stopped', 'stuck']),
  note: z.string(),
  /** The newest reading of each condition: errors 0..1, p99 in ms, calls per second; null where nothing measures it. */
  readings: z.array(z.number().nullable()),
  returnedBy: z.string().nullable(),
});
export type WatchState = z.infer<typeof WatchState>;

/**
 * A trip's end. `held`; `returning`: the way back is under way; `ended`; `changed`: someone else wrote there since, so that
 * nothing is put back unasked; `stuck`: it is due and cannot be ended, with the reason in `note`.
 */
export const HoldState = z.object({
  until: z.number(),
  /** The same moment by the machine's own count; null where it has none. */
  untilMoment: Moment.nullable().default(null),
  state: z.enum(['held', 'returning', 'ended', 'changed', 'stuck']),
  note: z.string(),
  endedBy: z.string().nullable(),
  /** Who left it in force when it should have ended; nothing looks after it any more. */
  leftBy: z.string().nullable().default(null),
  /** Attempts to end it so far that failed. */
  attempts: z.number().int(),
});
export type HoldState = z.infer<typeof HoldState>;

/** A step of a guided canary: the canary's share in percent, and how long it is watched there. */
export const CanaryStep = z.object({
  percent: z.number().int().min(0).max(100),
  forSeconds: z.number().int().min(15).max(86_400),
});
export type CanaryStep = z.infer<typeof CanaryStep>;

/** What an operator asks for when starting a guided canary. */
export const CanaryRequest = z.object({
  connectionId: ConnectionId,
  splitId: z.string(),
  /** Position of the destination that gains. */
  destination: z.number().int().min(0),
  steps: z.array(CanaryStep).min(1).max(20),
  conditions: z.array(WatchRequest.shape.conditions.element).min(1).max(8),
  reason: z.string().max(2000),
});
export type CanaryRequest = z.infer<typeof CanaryRequest>;

/** A guided canary, running or over. */
export const Canary = z.object({
  id: z.string(),
  request: CanaryRequest,
  title: z.string(),
  connectionTitle: z.string(),
  serviceId: EntityId.nullable(),
  serviceName: z.string(),
  state: z.enum(['running', 'paused', 'finished', 'takenBack', 'stuck']),
  /** Position of the step that is in force or next. */
  step: z.number().int(),
  /** When the step took effect; null before that. */
  stepStartedAt: z.number().nullable(),
  note: z.string(),
  /** The operation of each step so far. */
  operationIds: z.array(z.string()),
  /** Weights before the first step. */
  before: z.array(z.number().nullable()),
  /** What the operator acknowledged at the start; anything else that asks later pauses it. */
  consent: z.object({ ticked: z.array(z.string()), typedName: z.string().nullable() }),
  startedAt: z.number(),
  finishedAt: z.number().nullable(),
});
export type Canary = z.infer<typeof Canary>;

/** The states in which a canary may still set weights. */
export const openCanaryStates: readonly Canary['state'][] = ['running', 'paused', 'stuck'];

/** What each step of a guided canary will set, before it is started. */
export const CanaryOutlook = z.object({
  percent: z.number().int(),
  forSeconds: z.number().int(),
  weights: z.array(z.number()),
  /** "v2 gets 25 of 100 calls, watched for 10 min". */
  text: z.string(),
});
export type CanaryOutlook = z.infer<typeof CanaryOutlook>;

/** Something that Podium holds or watches and will end by itself: for the title bar. */
export const Holding = z.object({
  operationId: z.string(),
  /** `expiry`: a change that takes itself back after a time. */
  kind: z.enum(['trip', 'expiry', 'watch']),
  title: z.string(),
  serviceId: EntityId.nullable(),
  serviceName: z.string(),
  /** Epoch ms by the clock as it is set now. */
  until: z.number(),
  state: z.enum(['held', 'watching', 'returning', 'changed', 'stuck']),
  note: z.string(),
  connection: z.object({ id: ConnectionId, title: z.string() }),
});
export type Holding = z.infer<typeof Holding>;

/**
 * One change of a set. `unknown`: it was sent, and whether it was written is being found out; `undone`: written and taken
 * back; `stopped`: not written, which ended the set; `leftOut`: not begun because of that; `neverBegun`: not begun because
 * Podium ended.
 */
export const SetItem = z.object({
  title: z.string(),
  state: z.enum([
    'waiting',
    'writing',
    'unknown',
    'written',
    'undone',
    'partly',
    'stopped',
    'leftOut',
    'neverBegun',
  ]),
  operationId: z.string().nullable(),
  error: z.string().nullable(),
});
export type SetItem = z.infer<typeof SetItem>;

/** How far a change set is: its plans are applied in order, and the first that is not written ends it. */
export const ChangeSet = z.object({
  id: z.string(),
  items: z.array(SetItem),
  /** Podium ended in the middle of it. */
  cutOff: z.boolean().default(false),
  /** The set that it takes back, where it is an undo. */
  undoOf: z.string().nullable().default(null),
  finishedAt: z.number().nullable(),
});
export type ChangeSet = z.infer<typeof ChangeSet>;
