import type { Protection } from '../model/inspect.ts';
import type { ProxySighting, SightingsObservation } from '../model/observations.ts';
import { formatPercentNumber } from './formats.ts';
import { sumOfKnown } from './sumIfKnown.ts';

/** What is known of one call: what its caller's proxies say, and what its responses say. */
export interface CallEvidence {
  /** Of this caller's proxies and for the callee's hosts; empty where none of them says anything. */
  readonly proxies: readonly ProxySighting[];
  readonly proxiesSeen: Pick<NonNullable<Protection['observed']>, 'source' | 'at'> | null;
  readonly windowSeconds: number;
  /** Instances of the callee by version; for "1 of 4". */
  readonly instances: readonly { readonly version: string | null }[];
  /** Share of calls by Envoy's response flag, 0..1; null where nobody measures the call. */
  readonly flags: Readonly<Record<string, number>> | null;
  readonly flagsSeen: Pick<NonNullable<Protection['observed']>, 'source' | 'at'> | null;
}

/**
 * The protections with what was seen of them at work. A mesh has no "open" or "closed": proxies reach limits, or eject.
 * Whoever declares one may have seen it himself, as a breaker's own process does.
 */
export function withObserved(protections: readonly Protection[], evidence: CallEvidence): Protection[] {
  return protections.map((protection) => ({
    ...protection,
    observed: observedOf(protection, evidence) ?? protection.observed,
  }));
}

function observedOf(protection: Protection, evidence: CallEvidence): Protection['observed'] {
  const told = fromProxies(protection, evidence);
  const flagged = fromFlags(protection, evidence);
  const seen = told === null ? evidence.flagsSeen : evidence.proxiesSeen;
  const parts = [told, flagged].filter((part) => part !== null);
  return parts.length === 0 || seen === null ? null : { ...seen, text: parts.join('; ') };
}

function fromProxies(protection: Protection, evidence: CallEvidence): string | null {
  const { subset } = protection;
  const proxies = evidence.proxies.filter((one) => subset === undefined || one.subset === subset);
  if (protection.kind === 'limit') return limitText(protection, proxies, evidence.windowSeconds);
  if (protection.kind === 'ejection') {
    const own = evidence.instances.filter(({ version }) => version === subset);
    return ejectionText(proxies, own.length === 0 ? evidence : { ...evidence, instances: own });
  }
  return null;
}

function limitText(
  { limit }: Protection,
  sightings: readonly ProxySighting[],
  windowSeconds: number,
): string | null {
  const telling = sightings.filter(({ reached }) => reached !== null);
  const all = instancesIn(telling).size;
  if (all === 0) return null;
  const seenFull = ({ reached }: ProxySighting) =>
    limit === undefined ? (reached ?? []).length > 0 : reached?.includes(limit) === true;
  // A limit lowered while idle leaves its gauge at 0 although every request is refused, and one that is full for a moment
  // may fall between two scrapes: then only the count tells.
  const byCount = telling.filter(
    (one) => limit !== 'connections' && limit !== 'retries' && !seenFull(one) && !one.reached?.some(refuses),
  );
  const hit = telling.filter((one) => seenFull(one) || (byCount.includes(one) && (one.refused ?? 0) > 0));
  const untold = instancesIn(byCount.filter(({ refused }) => refused === null)).size;
  const when = lastWords(windowSeconds);
  const those = count(all, 'calling proxy', 'calling proxies');
  if (hit.length === 0)
    return untold === 0
      ? `not reached ${when} in any of ${those}`
      : `never seen full ${when} in any of ${those}; what ${untold} of them refused is not counted, so that it may have been reached`;
  const { sum, isAll } = sumOfKnown(hit.map((one) => one.refused));
  const said = `reached in ${untold === 0 ? '' : 'at least '}${instancesIn(hit).size} of ${those} ${when}`;
  const refused = sum === null ? 0 : Math.round(sum);
  return refused === 0
    ? said
    : `${said}, ${isAll ? '' : 'at least '}${count(refused, 'request', 'requests')} refused`;
}

/** Of the kinds of limits, those that refuse requests; a full one of connections lets them wait. */
const refuses = (kind: string): boolean => kind === 'requests' || kind === 'waiting';

function ejectionText(
  sightings: readonly ProxySighting[],
  { instances, windowSeconds }: CallEvidence,
): string | null {
  const telling = sightings.filter(({ ejected }) => ejected !== null);
  const proxies = instancesIn(telling);
  if (proxies.size === 0) return null;
  const perProxy = [...proxies].map((proxy) => ejectedBy(telling.filter((one) => nameOf(one) === proxy)));
  const most = Math.max(...perProxy);
  const ejections = Math.round(Math.max(0, ...telling.map((one) => one.ejections ?? 0)));
  const all = count(proxies.size, 'calling proxy', 'calling proxies');
  if (most === 0)
    return ejections > 0
      ? `none ejected now in any of ${all}; ${count(ejections, 'ejection', 'ejections')} ${lastWords(windowSeconds)}`
      : `none ejected in any of ${all}`;
  const seeing = perProxy.filter((ejected) => ejected > 0).length;
  const of = instances.length === 0 ? '' : ` of ${instances.length}`;
  return `${perProxy.every((one) => one === 0 || one === most) ? '' : 'up to '}${most}${of} ejected, seen by ${seeing} of ${all}`;
}

/** Each subset is a cluster of its own beside the one of the whole host, and the same instance may be out in both. */
function ejectedBy(clusters: readonly ProxySighting[]): number {
  const sum = (wanted: (subset: string | null) => boolean): number =>
    clusters.reduce((total, one) => total + (wanted(one.subset) ? (one.ejected ?? 0) : 0), 0);
  return Math.max(
    sum((subset) => subset === null),
    sum((subset) => subset !== null),
  );
}

/** Envoy's flags that mean that a protection acted (access log documentation, %RESPONSE_FLAGS%). */
const meanings: Partial<Record<Protection['kind'], readonly [string, string]>> = {
  limit: ['UO', 'of its calls were refused by a limit'],
  ejection: ['UH', 'of its calls found no instance left'],
  timeout: ['UT', 'of its calls ran into a time-out'],
  retry: ['URX', 'of its calls failed after all retries'],
};

function fromFlags({ kind }: Protection, { flags }: CallEvidence): string | null {
  const meaning = meanings[kind];
  if (meaning === undefined || flags === null) return null;
  const [flag, words] = meaning;
  const share = Object.hasOwn(flags, flag) ? (flags[flag] ?? 0) : 0;
  return share > 0 ? `${formatPercentNumber(share, 1)} % ${words} (${flag})` : null;
}

const nameOf = ({ namespace, instance }: ProxySighting): string => `${namespace ?? ''}/${instance}`;
const instancesIn = (sightings: readonly ProxySighting[]): Set<string> => new Set(sightings.map(nameOf));
const count = (of: number, one: string, many: string): string => `${of} ${of === 1 ? one : many}`;
const lastWords = (seconds: number): string =>
  seconds === 60 ? 'in the last minute' : `in the last ${seconds} s`;

/** Callers whose proxies do not say what their limits and ejections do; null where all do. */
export function unseenCallers(
  callers: readonly {
    readonly name: string;
    readonly workloads: readonly string[];
    readonly seen: boolean;
  }[],
  unheard: SightingsObservation['unheard'],
): { readonly text: string; readonly setting: string } | null {
  const silent = callers.filter(({ seen, workloads }) => !seen && workloads.length > 0);
  if (silent.length === 0) return null;
  const workloads = new Set(silent.flatMap((caller) => caller.workloads));
  const names = silent.slice(0, 3).map(({ name }) => name);
  const more = silent.length - names.length;
  return {
    text: `What limits and ejections do in the proxies of ${names.join(', ')}${more > 0 ? ` and ${more} more` : ''} cannot be seen: of ${count(workloads.size, 'workload', 'workloads')}, ${unheard.why}.`,
    setting: unheard.setting,
  };
}
