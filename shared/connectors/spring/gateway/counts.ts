import { PeerError } from '../../kit/peerError.ts';
import { type Meter, meterIn, valuesOf } from '../meter.ts';
import type { GatewayApi } from './api.ts';

/** What one gateway counted of one route since it began, by the status that it answered with. */
export interface RouteCount {
  readonly routeId: string;
  readonly status: string;
  readonly count: number;
}

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
  if (whole === null) return [];
  const statuses = valuesOf(whole, 'httpStatusCode').slice(0, mostStatuses);
  const [only] = statuses;
  if (only !== undefined && statuses.length === 1) return [{ routeId, status: only, count: whole.count }];
  const parts = await Promise.all(
    statuses.map(async (status) => ({ status, meter: await meterOf(api, { routeId, status }, signal) })),
  );
  return parts.flatMap(({ status, meter }) =>
    meter === null ? [] : [{ routeId, status, count: meter.count }],
  );
}

/** Null before the first request. */
async function meterOf(
  api: GatewayApi,
  of: Parameters<GatewayApi['requests']>[0],
  signal: AbortSignal,
): Promise<Meter | null> {
  try {
    const meter = meterIn(await api.requests(of, signal));
    if (meter === null)
      throw new PeerError('notThePeer', 'Its counts of requests are no meter of Micrometer’s that counts.');
    return meter;
  } catch (error) {
    if (error instanceof PeerError && error.kind === 'notFound') return null;
    throw error;
  }
}
