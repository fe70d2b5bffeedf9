import type { CallRow, Endpoint } from '../../kit/signals.ts';
import type { Fleet } from '../fleet.ts';
import type { HttpCounter } from './counting.ts';
import { rateAt } from './samples.ts';

/** The service that a caller means: by its name, else by the address of one of its instances; null for anybody else. */
export function serviceOf(fleet: Fleet, to: string): string | null {
  const wanted = to.toLowerCase();
  const named = fleet.services().find((service) => service.toLowerCase() === wanted);
  if (named !== undefined) return named;
  const at = fleet
    .members()
    .filter(({ instance }) => hostIn(instance.address) === wanted)
    .map(({ instance }) => instance.service);
  return new Set(at).size === 1 ? (at[0] ?? null) : null;
}

const hostIn = (address: string | null): string | null => address?.replace(/:\d+$/, '').toLowerCase() ?? null;

/** What Spring says where there was no answer is no status. */
export const codeOf = (status: string): string => (/^\d{3}$/.test(status) ? status : '0');
export const isFailure = (status: string): boolean => codeOf(status) === '0' || status.startsWith('5');

/** Calls as their callers counted them, but those that another source counts (`isCounted`). */
export function callerRows(
  fleet: Fleet,
  counters: readonly HttpCounter[],
  { now, windowSeconds }: Window,
  isCounted: (caller: string, callee: string) => boolean,
): CallRow[] {
  return counters.flatMap(({ instance, to, status, samples }) => {
    if (to === null) return [];
    const callee = serviceOf(fleet, to);
    const host = callee ?? to;
    const perSecond = rateAt(samples, now, windowSeconds);
    if (perSecond === null || isCounted(instance.service, host)) return [];
    const { namespace, service, version, name } = instance;
    return [
      {
        ...plain,
        reporter: 'source' as const,
        source: { namespace, workload: null, service, version, instance: name },
        destination: { ...nobody, namespace: callee === null ? null : namespace, service: host },
        host,
        responseCode: codeOf(status),
        perSecond,
      },
    ];
  });
}

interface Window {
  readonly now: number;
  readonly windowSeconds: number;
}

const nobody: Endpoint = { namespace: null, workload: null, service: null, version: null, instance: null };
const plain = { subset: null, protocol: 'http', grpcStatus: null, flags: [] } as const;

/** Less than this part of what a service served, or this rate, is the difference of readings at different moments. */
const toleratedPart = 0.1;
const toleratedRate = 0.1;

/** What services served beyond the calls whose callers are known: somebody calls them whom no source names. */
export function strangerRows(
  counters: readonly HttpCounter[],
  { now, windowSeconds }: Window,
  known: readonly CallRow[],
): CallRow[] {
  const served = counters.filter(({ to }) => to === null);
  return [...Map.groupBy(served, ({ instance }) => instance.service)].flatMap(([service, own]) => {
    const namespace = own[0]?.instance.namespace ?? null;
    const sum = (rates: readonly (number | null)[]): number =>
      rates.reduce<number>((total, rate) => total + (rate ?? 0), 0);
    const rateOf = (some: readonly HttpCounter[]): number =>
      sum(some.map(({ samples }) => rateAt(samples, now, windowSeconds)));
    const named = known.filter(({ destination }) => destination.service === service);
    const total = rateOf(own);
    const rest = total - sum(named.map(({ perSecond }) => perSecond));
    if (rest <= Math.max(total * toleratedPart, toleratedRate)) return [];
    const failing = rateOf(own.filter(({ status }) => isFailure(status)));
    const namedFailing = named.filter(({ responseCode }) => isFailure(responseCode ?? ''));
    const failed = Math.min(rest, Math.max(0, failing - sum(namedFailing.map(({ perSecond }) => perSecond))));
    const row = (responseCode: string, perSecond: number): CallRow => ({
      ...plain,
      reporter: 'destination',
      source: nobody,
      destination: { ...nobody, namespace, service },
      host: service,
      responseCode,
      perSecond,
    });
    return [row('200', rest - failed), row('500', failed)].filter(({ perSecond }) => perSecond > 0);
  });
}
