import { z } from 'zod';
import { Holder } from '../../kit/holding.ts';
import { PeerError } from '../../kit/peerError.ts';
import { targetOf } from '../names.ts';

/** What a proxy's runtime holds: values that stand above its configuration. */
export interface Runtime {
  readonly layers: readonly string[];
  /** The values in force, by key. */
  readonly values: ReadonlyMap<string, string>;
}

const Shape = z.object({
  layers: z.array(z.string()),
  entries: z.record(z.string(), z.object({ final_value: z.string() })).default({}),
});

/** Throws `PeerError` where it is no runtime of an Envoy. */
export function readRuntime(body: unknown): Runtime {
  const read = Shape.safeParse(body).data;
  if (read === undefined)
    throw new PeerError('notThePeer', 'What answers /runtime says nothing of its layers.');
  const values = Object.entries(read.entries).map(([key, { final_value: value }]) => [key, value] as const);
  return { layers: read.layers, values: new Map(values) };
}

/** Only this layer takes what is set while a proxy runs. Consul's own bootstrap has none, Istio's has one. */
export const canBeSet = ({ layers }: Runtime): boolean => layers.includes('admin');

const limit = /^circuit_breakers\.(.+)\.default\.max_requests$/;

/** Of the only limit that holds for every call: at 0 a proxy refuses each at once. */
export const limitKey = (cluster: string): string => `circuit_breakers.${cluster}.default.max_requests`;

/** The clusters of a host whose limit stands in the runtime, with what it is. */
export function limitsFor(runtime: Runtime, host: string): ReadonlyMap<string, string> {
  const found = [...runtime.values].filter(([key]) => {
    const cluster = limit.exec(key)?.[1];
    return cluster !== undefined && targetOf(cluster)?.host === host;
  });
  return new Map(found);
}

/** What a trip tells of itself in each proxy. */
export const Marker = Holder.extend({
  /** The service that calls are kept from. */
  host: z.string().max(300),
  /** Whose calls are stopped; null for everybody's. */
  caller: z.object({ namespace: z.string().max(300).nullable(), name: z.string().max(300) }).nullable(),
  /** Limits that somebody had set in this proxy before, by key. */
  was: z.record(z.string(), z.string()).default({}),
});
export type Marker = z.infer<typeof Marker>;

const sign = 'podium-held.';

/** Envoy keeps any key and tells it again: every Podium can see by it whose the limits are. */
export const markerKey = (host: string): string => `${sign}${host}`;

/** Null where the proxy holds no trip to the host. */
export function markerFor(runtime: Runtime, host: string): Marker | null {
  const text = runtime.values.get(markerKey(host));
  if (text === undefined || text.length > 8_000) return null;
  try {
    const marker = Marker.safeParse(JSON.parse(text)).data;
    return marker?.host === host ? marker : null;
  } catch {
    return null;
  }
}

/** Every trip that a proxy tells of. */
export const markersIn = (runtime: Runtime): readonly Marker[] =>
  [...runtime.values.keys()].flatMap((key) =>
    key.startsWith(sign) ? (markerFor(runtime, key.slice(sign.length)) ?? []) : [],
  );
