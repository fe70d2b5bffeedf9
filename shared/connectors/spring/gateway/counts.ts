import { z } from 'zod';
import { PeerError } from '../../kit/peerError.ts';
import type { GatewayApi } from './api.ts';

/** What one gateway counted of one route since it began, by the status that it answered with. */
export interface RouteCount {
  readonly routeId: string;
  readonly status: string;
  readonly count: number;
}

const Meter = z.object({
  measurements: z.array(z.object({ statistic: z.string(), value: z.number() })),
  availableTags: z.array(z.object({ tag: z.string(), values: z.array(z.string().max(1_000)) })),
});

/** A gateway with more routes, or statuses, is asked for so many. */
const mostRoutes = 100;
const mostStatuses = 12;

/** Asks for the counts of some routes. One that nobody called yet has none, and none is no zero. */
export async function readCounts(
  api: GatewayApi,
  routeIds: readonly string[],
  signal: AbortSignal,
): Promise<RouteCount[]> {
  const all = await meterOf(api, {}, signal);
  const called = valuesOf(all, 'routeId');
  const asked = routeIds.filter((id) => called.includes(id)).slice(0, mostRoutes);
  const counts = await Promise.all(asked.map((routeId) => countsOf(api, routeId, signal)));
  return counts.flat();
}

async function countsOf(api: GatewayApi, routeId: string, signal: AbortSignal): Promise<RouteCount[]> {
  const whole = await meterOf(api, { routeId }, signal);
  const statuses = valuesOf(whole, 'httpStatusCode').slice(0, mostStatuses);
  const [only] = statuses;
  if (only !== undefined && statuses.length === 1) return [{ routeId, status: only, count: countIn(whole) }];
  return Promise.all(
    statuses.map(async (status) => ({
      routeId,
      status,
      count: countIn(await meterOf(api, { routeId, status }, signal)),
    })),
  );
}

/** Null before the first request. */
async function meterOf(
  api: GatewayApi,
  of: Parameters<GatewayApi['requests']>[0],
  signal: AbortSignal,
): Promise<z.infer<typeof Meter> | null> {
  try {
    const meter = Meter.safeParse(await api.requests(of, signal));
    if (!meter.success) throw new PeerError('notThePeer', 'Its counts of requests are none of Micrometer’s.');
    return meter.data;
  } catch (error) {
    if (error instanceof PeerError && error.kind === 'notFound') return null;
    throw error;
  }
}

const valuesOf = (meter: z.infer<typeof Meter> | null, tag: string): readonly string[] =>
  meter?.availableTags.find((one) => one.tag === tag)?.values ?? [];

const countIn = (meter: z.infer<typeof Meter> | null): number =>
  meter?.measurements.find(({ statistic }) => statistic === 'COUNT')?.value ?? 0;
