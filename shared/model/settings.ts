import { z } from 'zod';
import { RememberedConnection } from './connection.ts';
import { EntityId, Environment } from './entity.ts';
import { AllowedProgram } from './program.ts';
import { TimeZone } from './timeZone.ts';
import { WebhookSetting } from './webhook.ts';

/** Where health changes; a service may have its own. */
export const HealthThresholds = z.object({
  degradedErrorRatio: z.number().min(0).max(1),
  failingErrorRatio: z.number().min(0).max(1),
  /** Fewer calls than this in the window give no verdict on errors. */
  minimumCalls: z.number().int().min(1),
});
export type HealthThresholds = z.infer<typeof HealthThresholds>;

export const defaultHealthThresholds: HealthThresholds = {
  degradedErrorRatio: 0.01,
  failingErrorRatio: 0.03,
  minimumCalls: 20,
};

/** Which services of different systems are one. */
export const Joins = z.object({
  /** Same name, and the same namespace where both have one. */
  convention: z.boolean(),
  /** An address that instances of both have. */
  addresses: z.boolean(),
  /** Pairs that the operator joined, and pairs that they keep apart, whatever the rules say. */
  together: z.array(z.tuple([EntityId, EntityId])).max(1000),
  apart: z.array(z.tuple([EntityId, EntityId])).max(1000),
});
export type Joins = z.infer<typeof Joins>;

/** Where a node was put, in the map's own pixels. */
const Place = z.object({ x: z.number(), y: z.number() });

/** What is said of two services; null for nothing, so that the rules decide again. */
const PairMark = z.object({
  pair: z.tuple([EntityId, EntityId]),
  is: z.enum(['together', 'apart']).nullable(),
});
export type PairMark = z.infer<typeof PairMark>;

/** What the console remembers for the operator, one key each. */
export const Settings = z.object({
  /** Nodes placed by hand, by connection title and service id: survives restarts and reconnects. */
  positions: z.record(z.string(), z.record(EntityId, Place)),
  /** Panels and view: free to the window, small. */
  view: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.array(z.string())])),
  health: z.object({
    default: HealthThresholds,
    services: z.record(EntityId, HealthThresholds),
  }),
  /** Environments that the operator set, by connection title. */
  environments: z.record(z.string(), Environment),
  /** Connections that were typed, so that they need not be again. */
  remembered: z.array(RememberedConnection),
  joins: Joins,
  /** Login programs that the operator allowed; no window writes them. */
  programs: z.array(AllowedProgram),
  /** Who else is told of what is written from here. */
  sharing: z.object({
    /** A Kubernetes Event on the object of each operation. */
    events: z.boolean(),
    /** An address that is told of each operation; null for none. No window writes it. */
    webhook: WebhookSetting.nullable().default(null),
  }),
  /** What is told outside the window while somebody looks elsewhere, where the host can. */
  notifications: z.object({
    /** Trips, watches and canaries of this Podium. */
    own: z.boolean(),
    failing: z.boolean(),
    alerts: z.boolean(),
  }),
  /** In which zone times are told; what is copied, saved or linked is absolute whatever it says. */
  timeZone: TimeZone,
  /** When somebody last looked at a connection, by its title and by its peer's own clock; no window writes it. */
  looked: z.record(z.string(), z.number()),
  tourDone: z.boolean(),
});
export type Settings = z.infer<typeof Settings>;

/** Single entries to set, or by null to take away: what another window set beside them stays. */
export const Marks = z
  .object({
    environments: z.record(z.string(), Environment.nullable()),
    health: HealthThresholds,
    healthOf: z.record(EntityId, HealthThresholds.nullable()),
    /** Places by connection title and service; all of a connection by null. */
    positions: z.record(z.string(), z.record(EntityId, Place.nullable()).nullable()),
    joins: z
      .object({ convention: z.boolean(), addresses: z.boolean(), pairs: z.array(PairMark).max(2000) })
      .partial(),
    /** Whether Events are left. */
    events: z.boolean(),
  })
  .partial();
export type Marks = z.infer<typeof Marks>;

export const defaultSettings: Settings = {
  positions: {},
  view: {},
  health: { default: defaultHealthThresholds, services: {} },
  environments: {},
  remembered: [],
  joins: { convention: true, addresses: true, together: [], apart: [] },
  programs: [],
  notifications: { own: true, failing: false, alerts: false },
  timeZone: '',
  looked: {},
  sharing: { events: true, webhook: null },
  tourDone: false,
};
