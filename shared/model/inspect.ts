import { z } from 'zod';
import { CallId, ConnectionId, DocumentRef, EntityId } from './entity.ts';
import { Fallback } from './trip.ts';
import { InstanceObservation } from './topology.ts';
import { Health, Provenance } from './signals.ts';
import { InstancesUse } from './usage.ts';

/** What guards a call, as declared: what it is, in whose words, and where that is written. */
export const Protection = z.object({
  kind: z.enum(['timeout', 'retry', 'limit', 'ejection', 'breaker', 'fallback']),
  /** "2 s", "2 tries, 500 ms each", "at most 100 requests at once". */
  text: z.string(),
  evidence: z.string(),
  /** What a limit counts, where the source says so. */
  limit: z.enum(['connections', 'waiting', 'requests', 'retries']).optional(),
  /** Of retries: how often a request is sent at most, the first time included. */
  tries: z.number().int().optional(),
  /** The part of the service that it is for; absent for all of it. */
  subset: z.string().optional(),
  /** What the callers' proxies were seen to do: "1 of 4 ejected, seen by 5 of 6 callers"; null where nobody can see it. */
  observed: z.object({ text: z.string(), source: z.string(), at: z.number() }).nullable().default(null),
});
export type Protection = z.infer<typeof Protection>;

/** A call as the inspector lists it. */
export const CallView = z.object({
  callId: CallId,
  otherId: EntityId,
  otherName: z.string(),
  health: Health,
  protections: z.array(Protection),
  /** What is missing, by name, when a source could tell: "no time-out". */
  missing: z.array(z.string()),
  /** Why nobody can tell what protects it: "not known: the caller has no sidecar"; null where somebody can. */
  unknown: z.string().nullable().default(null),
  /** What callers get while a trip diverts them; null where nothing is declared. */
  fallback: Fallback.nullable().default(null),
});
export type CallView = z.infer<typeof CallView>;

/** Something wrong or doubtful in a document. */
export const Finding = z.object({
  severity: z.enum(['error', 'warning']),
  /** Stable name of the rule: `missing-subset`, `no-ready-instances`, `two-virtual-services`, … */
  rule: z.string(),
  text: z.string(),
  /** Line of the YAML text it is about, from 1; null for the whole document. */
  line: z.number().nullable(),
});
export type Finding = z.infer<typeof Finding>;

/** A document that shapes a service. */
export const DocumentView = z.object({
  document: DocumentRef,
  yaml: z.string(),
  findings: z.array(Finding),
});
export type DocumentView = z.infer<typeof DocumentView>;

/** Something the peer noted about an entity. */
export const EventView = z.object({
  at: z.number().nullable(),
  kind: z.enum(['normal', 'warning']),
  reason: z.string(),
  text: z.string(),
  about: z.string(),
  count: z.number().nullable(),
});
export type EventView = z.infer<typeof EventView>;

/** A sentence of the verdict and what it rests on. */
export const VerdictSentence = z.object({ text: z.string(), evidence: z.string() });
export type VerdictSentence = z.infer<typeof VerdictSentence>;

/** What is wrong, since when, what changed just before, what to do next; only what a source can know. */
export const Verdict = z.object({
  health: Health,
  headline: z.string(),
  sentences: z.array(VerdictSentence),
  /** Offers that begin a pending change: "Send v2 to 0 %". */
  suggestions: z.array(
    z.object({
      title: z.string(),
      connectionId: ConnectionId,
      splitId: z.string(),
      weights: z.array(z.number()),
    }),
  ),
  /** Where the cause seems to lie, when it is not here. */
  causeId: EntityId.nullable(),
});
export type Verdict = z.infer<typeof Verdict>;

/** Everything the inspector shows of one service besides charts and splits. */
export const ServiceDetail = z.object({
  serviceId: EntityId,
  verdict: Verdict,
  instances: z.array(InstanceObservation),
  /** What they use; null where no source says. */
  use: InstancesUse.nullable().default(null),
  callsIn: z.array(CallView),
  callsOut: z.array(CallView),
  events: z.array(EventView),
  documents: z.array(DocumentView),
  provenance: z.array(Provenance),
  /** What of its protections cannot be seen at work, and the one setting that would show it; null where it can be seen. */
  unseen: z.object({ text: z.string(), setting: z.string() }).nullable().default(null),
  /** Whether some source could set its protections; where none can, none is called missing. */
  protectable: z.boolean().default(true),
  problems: z.array(z.string()),
});
export type ServiceDetail = z.infer<typeof ServiceDetail>;
