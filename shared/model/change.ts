import { z } from 'zod';
import { DocumentRef, EntityId } from './entity.ts';
import { WorkloadRef } from './workload.ts';

/** One step of an RFC 6902 patch. */
export const PatchStep = z.object({
  op: z.enum(['test', 'replace', 'add', 'remove']),
  path: z.string(),
  value: z.unknown().optional(),
});
export type PatchStep = z.infer<typeof PatchStep>;

/** What would change in one document. */
export const Change = z.object({
  /** Of a document that is created, the uid is empty until the peer gave one. */
  document: DocumentRef,
  action: z.enum(['patch', 'create', 'delete']).default('patch'),
  /** The revision that was read; empty where the document must not exist yet. */
  revision: z.string(),
  patch: z.array(PatchStep),
  inverse: z.array(PatchStep),
  /** What the operator wrote of it as YAML, before and after; empty where it does not exist. */
  before: z.string(),
  after: z.string(),
  /** Values are kept out of all four texts (a Secret's): then it cannot be undone from the journal. */
  withheld: z.boolean().default(false),
});
export type Change = z.infer<typeof Change>;

/** A check made before a write: passed, wants a tick, wants a typed name, or blocks. */
export const Guard = z.object({
  id: z.string(),
  verdict: z.enum(['pass', 'tick', 'typeName', 'block']),
  title: z.string(),
  detail: z.string().nullable(),
});
export type Guard = z.infer<typeof Guard>;

/** A caller as metrics and documents name it. */
export const Caller = z.object({ namespace: z.string().nullable(), name: z.string() });
export type Caller = z.infer<typeof Caller>;

/** The shares of calls that each version should get. */
export const Shares = z.object({
  kind: z.literal('shares'),
  splitId: z.string(),
  host: z.string(),
  gateways: z.array(z.string()),
  /** Namespace of the document that governs the callers. */
  namespace: z.string().nullable(),
  /** Of whose calls; absent for those of every caller. */
  caller: Caller.optional(),
  /** True when other routes of the document send calls to the same destinations, so that counts cannot be told apart. */
  ambiguous: z.string().nullable(),
  destinations: z.array(
    z.object({
      index: z.number().int(),
      host: z.string(),
      subset: z.string().nullable(),
      version: z.string().nullable(),
      share: z.number(),
    }),
  ),
});
export type Shares = z.infer<typeof Shares>;

/** What stops calls: a fault in the callers' proxies, a fixed answer of theirs, a policy of the callee's, or a limit of the callers' proxies that lets none through. */
export const StoppedBy = z.enum(['fault', 'answer', 'policy', 'limit']);
export type StoppedBy = z.infer<typeof StoppedBy>;

/** Calls to a host that should all be refused, or given a fixed answer. */
export const Refusals = z.object({
  kind: z.literal('refusals'),
  host: z.string(),
  namespace: z.string().nullable(),
  /** Null for every caller. */
  caller: Caller.nullable(),
  /** The HTTP status that callers get. */
  status: z.number().int(),
  /** Envoy's response flags that tell such a refusal from the service's own errors: `FI`, `DI`; empty where only the status tells. */
  flags: z.array(z.string()),
  how: StoppedBy.optional(),
  /** Names, as namespace/name, by which metrics may call the callee's own proxies, where these refuse. */
  proxies: z.array(z.string()).optional(),
  /** What else makes the same proxies answer so, where their counters do not say of which host; null where nothing does. */
  otherStops: z.string().nullable().optional(),
});
export type Refusals = z.infer<typeof Refusals>;

/** Calls to a host that should go to another one instead. */
export const Diversion = z.object({
  kind: z.literal('diversion'),
  host: z.string(),
  namespace: z.string().nullable(),
  caller: Caller.nullable(),
  to: z.object({ host: z.string(), subset: z.string().nullable() }),
});
export type Diversion = z.infer<typeof Diversion>;

/** Calls to a host that should reach it again: no refusal of ours, no detour. */
export const Served = z.object({
  kind: z.literal('served'),
  host: z.string(),
  namespace: z.string().nullable(),
  caller: Caller.nullable(),
  flags: z.array(z.string()),
  /** What stopped them until now, where something did. */
  how: StoppedBy.optional(),
  /** As of refusals. */
  proxies: z.array(z.string()).optional(),
});
export type Served = z.infer<typeof Served>;

/** Workloads that should run what was asked for, on every instance. */
export const Rollout = z.object({
  kind: z.literal('rollout'),
  host: z.string().nullable(),
  workloads: z.array(WorkloadRef),
  /** An instance that should take traffic again, or none any more. */
  instance: z
    .object({ namespace: z.string(), name: z.string(), uid: z.string(), serving: z.boolean() })
    .nullable()
    .default(null),
});
export type Rollout = z.infer<typeof Rollout>;

/** A breaker of some services that every one of their instances should have in this state. */
export const Breakers = z.object({
  kind: z.literal('breakers'),
  /** The service that it guards calls to; null where its name does not say. */
  host: z.string().nullable(),
  /** Whose instances have it. */
  holders: z.array(z.object({ namespace: z.string(), name: z.string() })),
  name: z.string(),
  /** `closed`: it decides by itself, whatever it decided; `closedNow`: it lets calls through. */
  state: z.enum(['forcedOpen', 'disabled', 'closed', 'closedNow']),
});
export type Breakers = z.infer<typeof Breakers>;

/** Properties or levels of loggers that every instance of some services should have. */
export const Settings = z.object({
  kind: z.literal('settings'),
  host: z.string().nullable(),
  holders: z.array(z.object({ namespace: z.string(), name: z.string() })),
  what: z.enum(['property', 'logger']),
  /** Those that were there when it was planned; one that is not registered any more does not have it. */
  instances: z.array(z.string()),
  /** Where a property should come from, as the end of its source's name: "payment.yml", "manager". */
  source: z.string().nullable(),
  settings: z.array(
    z.object({
      key: z.string(),
      /** Null where that source, or that logger, should have none. */
      value: z.string().nullable(),
      /** Of one instance alone; null for every one. */
      instance: z.string().nullable(),
    }),
  ),
});
export type Settings = z.infer<typeof Settings>;

/** A count or a time; null is the proxy's own default. */
const Setting = z.number().nullable();

/** What callers' proxies should hold about the calls to a host; parts that are absent are not looked at. */
export const InProxies = z.object({
  namespace: z.string().nullable(),
  /** Null for every caller. */
  caller: Caller.nullable(),
  limits: z.object({ connections: Setting, waiting: Setting, requests: Setting }).optional(),
  ejection: z
    .object({
      consecutive5xx: Setting,
      intervalMs: Setting,
      baseMs: Setting,
      maxPercent: Setting,
      enforcingPercent: Setting,
    })
    .optional(),
  /** Of calls that no condition singles out. */
  everyCall: z.object({ timeoutMs: Setting, retries: Setting }).optional(),
  /** Which service answers when no instance is left; null where none does. */
  failover: z.object({ host: z.string().nullable() }).optional(),
  /** A route for some requests, as Envoy has it, that should be there or be gone. */
  route: z
    .object({
      path: z.object({ how: z.enum(['exact', 'prefix']), value: z.string() }).nullable(),
      headers: z.array(
        z.object({ name: z.string(), how: z.enum(['exact', 'prefix', 'regex']), value: z.string() }),
      ),
      to: z.object({ host: z.string(), subset: z.string().nullable() }),
      present: z.boolean(),
    })
    .optional(),
});
export type InProxies = z.infer<typeof InProxies>;

/** Resources that every instance of an application should block, or block by no trip any more. */
export const Blocks = z.object({
  kind: z.literal('blocks'),
  /** The service that calls are kept from. */
  host: z.string(),
  application: z.string(),
  resources: z.array(z.string()),
  blocked: z.boolean(),
});
export type Blocks = z.infer<typeof Blocks>;

/** A write that no traffic figure can prove, with the reason. */
export const Unmeasured = z.object({
  kind: z.literal('unmeasured'),
  /** The host whose errors and latency are shown around it, if there is one. */
  host: z.string().nullable(),
  why: z.string(),
  /** What proxies can be asked instead. */
  inProxies: InProxies.optional(),
});
export type Unmeasured = z.infer<typeof Unmeasured>;

/** Alerts that a silence should hold back, or hold back no more. */
export const Silenced = z.object({
  kind: z.literal('silenced'),
  /** No traffic shows it. */
  host: z.null(),
  /** Those that it was about when it was planned. */
  alerts: z.array(z.object({ key: z.string(), name: z.string() })),
  silenced: z.boolean(),
});
export type Silenced = z.infer<typeof Silenced>;

/** What should be seen once the write is loaded. */
export const Expectation = z.discriminatedUnion('kind', [
  Shares,
  Refusals,
  Diversion,
  Served,
  Rollout,
  Breakers,
  Blocks,
  Settings,
  Silenced,
  Unmeasured,
]);
export type Expectation = z.infer<typeof Expectation>;

/** The three versions of a split when someone else wrote between looking and asking. */
export const WeightsThreeWay = z.object({
  kind: z.literal('weights').default('weights'),
  seen: z.array(z.number().nullable()),
  now: z.array(z.number().nullable()),
  /** Null takes a weight away, which only an undo asks for. */
  wanted: z.array(z.number().nullable()),
  titles: z.array(z.string()),
  changedBy: z.string().nullable(),
});
export type WeightsThreeWay = z.infer<typeof WeightsThreeWay>;

/** The three versions of a document, as YAML: as it was written or seen, as it is, as it would be. */
export const DocumentThreeWay = z.object({
  kind: z.literal('document'),
  document: DocumentRef,
  seen: z.string(),
  now: z.string(),
  wanted: z.string(),
  changedBy: z.string().nullable(),
});
export type DocumentThreeWay = z.infer<typeof DocumentThreeWay>;

export const ThreeWay = z.union([DocumentThreeWay, WeightsThreeWay]);
export type ThreeWay = z.infer<typeof ThreeWay>;

/** Who is affected by a change: who calls, and how much. */
export const Affected = z.object({
  callerId: EntityId,
  callerName: z.string(),
  requestsPerSecond: z.number().nullable(),
});
export type Affected = z.infer<typeof Affected>;
