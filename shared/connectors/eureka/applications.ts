import { z } from 'zod';

/** One registered instance, as far as Podium uses what it says of itself. Everything of it is anybody's word. */
export interface Registered {
  /** "PAYMENT": Eureka knows applications by capitals. */
  readonly app: string;
  readonly id: string;
  /** UP, DOWN, STARTING, OUT_OF_SERVICE, UNKNOWN, or whatever else a server says. */
  readonly status: string;
  /** Set by an operator, whatever the instance says of itself; null where nobody did. */
  readonly override: string | null;
  readonly ip: string;
  readonly port: number | null;
  readonly isSecure: boolean;
  readonly vip: string | null;
  readonly metadata: ReadonlyMap<string, string>;
  /** Only its path is ever used: where it leads is an instance's own word. */
  readonly healthCheckUrl: string | null;
  readonly registeredAt: number | null;
  readonly upSince: number | null;
}

/** A list of applications, or of what changed in it. */
export interface Applications {
  readonly instances: readonly (Registered & { readonly isGone: boolean })[];
  /** "OUT_OF_SERVICE_1_UP_3_": how many there are of each status, by which differences are checked. */
  readonly hashcode: string;
  /** How many entries are not shaped as Eureka's should be. */
  readonly unread: number;
}

// Eureka writes a list of one as the thing itself in some versions, and numbers as texts in some fields.
const listOf = (value: unknown): readonly unknown[] =>
  value === undefined || value === null ? [] : Array.isArray(value) ? value : [value];
const number = z.coerce.number().int().nonnegative().nullish().catch(null);
const text = z.string().max(2_000);
const port = z
  .object({ $: z.coerce.number().int().min(0).max(65_535), '@enabled': z.coerce.string() })
  .nullish();

const Instance = z.object({
  instanceId: text.min(1).nullish(),
  hostName: text.nullish(),
  app: text.min(1),
  ipAddr: text.min(1),
  status: text.min(1),
  overriddenStatus: text.nullish(),
  // Before 1.10 it was written so.
  overriddenstatus: text.nullish(),
  port,
  securePort: port,
  vipAddress: text.nullish(),
  metadata: z.record(z.string(), z.unknown()).nullish(),
  healthCheckUrl: text.nullish(),
  leaseInfo: z.object({ registrationTimestamp: number, serviceUpTimestamp: number }).nullish().catch(null),
  actionType: text.nullish(),
});

const Shell = z.object({
  applications: z.object({
    apps__hashcode: z.string().max(2_000).nullish(),
    application: z.unknown(),
  }),
});

/** Null where it is no list of Eureka's at all. */
export function readApplications(body: unknown): Applications | null {
  const shell = Shell.safeParse(body);
  if (!shell.success) return null;
  const { application, apps__hashcode: hashcode } = shell.data.applications;
  const raw = listOf(application).flatMap((one) => listOf((one as { instance?: unknown } | null)?.instance));
  const instances = raw.flatMap((one) => {
    const read = readOne(one);
    return read === null ? [] : [read];
  });
  return { instances, hashcode: hashcode ?? '', unread: raw.length - instances.length };
}

/** One instance out of the answer that holds it alone. */
export const readInstance = (body: unknown): Registered | null =>
  readOne((body as { instance?: unknown } | null)?.instance);

function readOne(raw: unknown): Applications['instances'][number] | null {
  const read = Instance.safeParse(raw);
  if (!read.success) return null;
  const { data } = read;
  const isSecure = data.securePort?.['@enabled'] === 'true' && data.port?.['@enabled'] !== 'true';
  const override = data.overriddenStatus ?? data.overriddenstatus ?? 'UNKNOWN';
  const metadata = Object.entries(data.metadata ?? {}).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string' && entry[0] !== '@class',
  );
  return {
    app: data.app,
    // Old clients have no id of their own and are known by their host.
    id: data.instanceId ?? data.hostName ?? data.ipAddr,
    status: data.status,
    override: override === 'UNKNOWN' ? null : override,
    ip: data.ipAddr,
    port: (isSecure ? data.securePort?.$ : data.port?.$) ?? null,
    isSecure,
    vip: data.vipAddress ?? null,
    metadata: new Map(metadata),
    healthCheckUrl: data.healthCheckUrl ?? null,
    registeredAt: positive(data.leaseInfo?.registrationTimestamp),
    upSince: positive(data.leaseInfo?.serviceUpTimestamp),
    isGone: data.actionType === 'DELETED',
  };
}

/** Eureka writes 0 for what did not happen. */
const positive = (value: number | null | undefined): number | null =>
  value === null || value === undefined || value === 0 ? null : value;

/** "UP_3_" of these: what the server says of all that it has. */
export function hashcodeOf(instances: Iterable<Registered>): string {
  const counts = new Map<string, number>();
  for (const { status } of instances) counts.set(status, (counts.get(status) ?? 0) + 1);
  return [...counts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([status, count]) => `${status}_${count}_`)
    .join('');
}
