import { z } from 'zod';
import { ConnectionId, EntityId } from './entity.ts';

/** `pending`: its condition holds, and not long enough yet; `silenced` and `inhibited`: it fires, and nobody is told. */
export const AlertPhase = z.enum(['firing', 'pending', 'silenced', 'inhibited']);
export type AlertPhase = z.infer<typeof AlertPhase>;

/** A silence that holds an alert back, as whoever made it worded it. */
export const SeenSilence = z.object({
  id: z.string(),
  by: z.string(),
  why: z.string(),
  /** By this machine's clock. */
  until: z.number().nullable(),
});
export type SeenSilence = z.infer<typeof SeenSilence>;

/** One alert as its source tells it. All texts are the cluster's own. */
export const AlertObservation = z.object({
  /** Stable while it lasts: its fingerprint, or what stands for it. */
  key: z.string(),
  name: z.string(),
  phase: AlertPhase,
  severity: z.string().nullable(),
  /** By the peer's own clock. */
  since: z.number().nullable(),
  labels: z.record(z.string(), z.string()),
  /** Names of labels that were too long and are shown in part. */
  cutLabels: z.array(z.string()),
  summary: z.string().nullable(),
  description: z.string().nullable(),
  /** An https address; anything else is left out. */
  runbook: z.string().nullable(),
  /** Ids of the silences that hold it back. */
  silencedBy: z.array(z.string()),
  /** What is known of them. */
  silences: z.array(SeenSilence),
});
export type AlertObservation = z.infer<typeof AlertObservation>;

/** An alert with the place it has on the map. */
export const Alert = AlertObservation.extend({
  /** Of its source and the alert. */
  id: z.string(),
  connectionId: ConnectionId,
  /** Whose it is among the board's sources. */
  sourceId: z.string(),
  /** "Alertmanager 0.25". */
  source: z.string(),
  /** When its source told of it last, while it answers no more; null while it answers. */
  asOf: z.number().nullable(),
  /** Whether it can be silenced where it comes from. */
  silenceable: z.boolean(),
  /** The service that its labels name; null where none on the map is. */
  serviceId: EntityId.nullable(),
  /** By which label it was placed, or why it could not be. */
  placed: z.string(),
});
export type Alert = z.infer<typeof Alert>;

/** `asked`: it has not answered yet; `silent`: it does not answer, and what it said last is all that is known. */
const AlertBoardSource = z.object({
  id: z.string(),
  /** "Alertmanager 0.25". */
  title: z.string(),
  state: z.enum(['answers', 'silent', 'asked']),
});

/** All alerts of everything that is open, worst first. */
export const AlertBoard = z.object({
  alerts: z.array(Alert),
  /** Where alerts come from; empty where nothing tells of any. */
  sources: z.array(AlertBoardSource),
  problems: z.array(z.string()),
});
export type AlertBoard = z.infer<typeof AlertBoard>;

const matchedName = /^[a-zA-Z_][a-zA-Z0-9_]{0,199}$/;

/** Why a silence cannot name this label of an alert; null where it can. */
export function unmatchable({ cutLabels }: Pick<AlertObservation, 'cutLabels'>, name: string): string | null {
  if (cutLabels.includes(name)) return 'too long to be named here whole';
  return matchedName.test(name) ? null : 'its name has signs that older Alertmanagers do not take';
}

/** What an alert must carry to be silenced. All that are given must hold. */
export const Matcher = z.object({
  name: z.string().regex(matchedName),
  value: z.string().max(1000),
  isRegex: z.boolean(),
  /** False for what must not hold. */
  isEqual: z.boolean(),
});
export type Matcher = z.infer<typeof Matcher>;
