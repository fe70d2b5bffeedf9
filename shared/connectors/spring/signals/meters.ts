import { PeerError } from '../../kit/peerError.ts';
import type { Actuator } from '../api.ts';
import { type Meter, meterIn, valuesOf } from '../meter.ts';

/** What one process counted since it began. */
export interface HttpCount {
  /** Whom it called, by the host it asked for; null where it was called itself. */
  readonly to: string | null;
  /** "200"; where it got no answer, what Spring says instead: "IO_ERROR", "CLIENT_ERROR". */
  readonly status: string;
  readonly count: number;
}

/** Spring itself keeps no more paths apart (management.metrics.web.server.max-uri-tags), and a caller has fewer callees. */
const mostPaths = 100;
const mostHosts = 50;
const mostStatuses = 20;

/**
 * Reads what a process served and what it called, by status: one question for each path and each callee, one more for each
 * status where there are several. What is asked of actuators is not counted: that is Podium, and others who look.
 */
export async function readHttpCounts(
  actuator: Actuator,
  management: string,
  signal: AbortSignal,
): Promise<HttpCount[]> {
  const served = await countsBy(
    actuator,
    'http.server.requests',
    'uri',
    isPath(management),
    mostPaths,
    signal,
  );
  const called = await countsBy(
    actuator,
    'http.client.requests',
    'client.name',
    () => true,
    mostHosts,
    signal,
  );
  const byStatus = Map.groupBy(served ?? [], ({ status }) => status);
  return [
    // It counts, and nothing of its own yet: that is a zero.
    ...(served?.length === 0 ? [{ to: null, status: '200', count: 0 }] : []),
    ...[...byStatus].map(([status, some]) => ({
      to: null,
      status,
      count: some.reduce((sum, { count }) => sum + count, 0),
    })),
    ...(called ?? []).map(({ value, status, count }) => ({ to: value, status, count })),
  ];
}

/** Whether a path is the application's own. */
function isPath(management: string): (uri: string) => boolean {
  const bases = ['/actuator', URL.parse(management)?.pathname ?? '/actuator'];
  return (uri) => !bases.some((base) => uri === base || uri.startsWith(`${base}/`));
}

interface Tagged {
  readonly value: string;
  readonly status: string;
  readonly count: number;
}

/** Null where it shows no such meter. */
async function countsBy(
  actuator: Actuator,
  name: string,
  tag: string,
  isMeant: (value: string) => boolean,
  most: number,
  signal: AbortSignal,
): Promise<Tagged[] | null> {
  const whole = await read(actuator, name, {}, signal);
  if (whole === null) return null;
  const values = valuesOf(whole, tag).filter(isMeant).slice(0, most);
  const found: Tagged[] = [];
  for (const value of values) {
    const one = await read(actuator, name, { [tag]: value }, signal);
    if (isRegistry(one)) continue;
    const statuses = valuesOf(one, 'status').slice(0, mostStatuses);
    const [only] = statuses;
    if (one === null || only === undefined) continue;
    if (statuses.length === 1) found.push({ value, status: only, count: one.count });
    else
      for (const status of statuses) {
        const part = await read(actuator, name, { [tag]: value, status }, signal);
        if (part !== null) found.push({ value, status, count: part.count });
      }
  }
  return found;
}

/** Heartbeats and lists are no calls of a process's work. */
function isRegistry(meter: Meter | null): boolean {
  const paths = valuesOf(meter, 'uri').filter((uri) => uri !== 'none');
  return paths.length > 0 && paths.every((uri) => uri.startsWith('/eureka/'));
}

/** Null where it counted none yet, or shows no metrics. */
async function read(
  actuator: Actuator,
  name: string,
  tags: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Meter | null> {
  const query = Object.entries(tags)
    .map(([tag, value]) => `tag=${encodeURIComponent(`${tag}:${value}`)}`)
    .join('&');
  const path = `/metrics/${name}${query === '' ? '' : `?${query}`}`;
  try {
    const meter = meterIn(await actuator.ask({ tried: 'Reading counts of requests', path }, signal));
    if (meter === null)
      throw new PeerError(
        'notThePeer',
        `What answers ${actuator.route}${path.split('?')[0]} is no meter of Micrometer’s that counts.`,
      );
    return meter;
  } catch (error) {
    if (error instanceof PeerError && error.kind === 'notFound') return null;
    throw error;
  }
}
