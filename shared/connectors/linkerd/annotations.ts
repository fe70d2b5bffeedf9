/** Annotations that Linkerd reads, by what they are for; all others are somebody else's and stay as they are. */
export const accrual = {
  mode: 'balancer.linkerd.io/failure-accrual',
  failures: 'balancer.linkerd.io/failure-accrual-consecutive-max-failures',
  least: 'balancer.linkerd.io/failure-accrual-consecutive-min-penalty',
  most: 'balancer.linkerd.io/failure-accrual-consecutive-max-penalty',
  jitter: 'balancer.linkerd.io/failure-accrual-consecutive-jitter-ratio',
  rate: 'balancer.alpha.linkerd.io/failure-accrual-success-rate-threshold',
  window: 'balancer.alpha.linkerd.io/failure-accrual-success-rate-window',
  requests: 'balancer.alpha.linkerd.io/failure-accrual-success-rate-min-requests',
} as const;
export const retry = {
  http: 'retry.linkerd.io/http',
  grpc: 'retry.linkerd.io/grpc',
  limit: 'retry.linkerd.io/limit',
  timeout: 'retry.linkerd.io/timeout',
} as const;
export const timeout = {
  request: 'timeout.linkerd.io/request',
  response: 'timeout.linkerd.io/response',
  idle: 'timeout.linkerd.io/idle',
} as const;

type Annotations = ReadonlyMap<string, string>;
/** A part of the annotations as Linkerd reads it: it takes a part as a whole or not at all. */
export type Part = 'accrual' | 'retry' | 'timeout';

/** What Linkerd makes of one part: nothing said, something it can use, or something for which it drops the whole part. */
export type Read<Value> =
  | { readonly state: 'unset' }
  | { readonly state: 'read'; readonly value: Value }
  | { readonly state: 'dropped'; readonly because: string };

export interface Accrual {
  readonly mode: 'consecutive' | 'unified';
  readonly failures: number;
  readonly least: string;
  readonly most: string;
  /** Of mode `unified` only. */
  readonly rate: { readonly threshold: number; readonly window: string; readonly requests: number } | null;
}

export interface Retry {
  readonly conditions: string | null;
  readonly limit: number;
  readonly timeout: string | null;
}

export type Timeouts = Readonly<Record<keyof typeof timeout, string | null>>;

/** Whether any annotation of a part is there. */
export const hasPart = (annotations: Annotations, part: Part): boolean =>
  Object.values({ accrual, retry, timeout }[part]).some((name) => annotations.has(name));

/** Milliseconds of a duration: one whole number with one unit, and nothing like 1m30s or 0.5s; null for what is none. */
export function linkerdMs(text: string): number | null {
  const [, amount = '', unit = ''] = /^(\d{1,15})(ms|s|m|h|d)$/.exec(text.trim()) ?? [];
  if (amount !== '') return Number(amount) * (unitMs[unit] ?? Number.NaN);
  return /^0+$/.test(text.trim()) ? 0 : null;
}
const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1e3, m: 6e4, h: 3.6e6, d: 8.64e7 };

/** Whether a text is what Linkerd takes for a list of answers to be tried again: 5xx, gateway-error, 503, 500-504. */
export const isHttpConditions = (text: string): boolean =>
  text.split(',').every((one) => {
    if (/^(5xx|gateway-error|[1-5]\d\d)$/i.test(one)) return true;
    const [, first, last] = /^([1-5]\d\d)-([1-5]\d\d)$/.exec(one) ?? [];
    return first !== undefined && last !== undefined && Number(first) <= Number(last);
  });

export const grpcConditions: readonly string[] = [
  'cancelled',
  'deadline-exceeded',
  'internal',
  'resource-exhausted',
  'unavailable',
];

/** What stands between the start and the end of reading one part. */
class Dropped extends Error {}
const drop = (because: string): never => {
  throw new Dropped(because);
};

function reading<Value>(read: () => Value): Read<Value> {
  try {
    return { state: 'read', value: read() };
  } catch (error) {
    if (error instanceof Dropped) return { state: 'dropped', because: error.message };
    throw error;
  }
}

/** How failing instances are left out. Without the mode nothing else of it counts. */
export function readAccrual(annotations: Annotations): Read<Accrual> {
  const mode = annotations.get(accrual.mode);
  if (mode === undefined) return { state: 'unset' };
  return reading(() => {
    if (mode !== 'consecutive' && mode !== 'unified')
      return drop(`${said(accrual.mode, mode)} is neither consecutive nor unified`);
    const failures = wholeOf(annotations, accrual.failures, 7, 4_294_967_295);
    const least = durationOf(annotations, accrual.least) ?? '1s';
    const most = durationOf(annotations, accrual.most) ?? '1m';
    if (msOf(least) > msOf(most)) drop(`the least penalty ${least} is longer than the greatest, ${most}`);
    if (msOf(most) === 0) drop('the greatest penalty is 0');
    ratioOf(annotations, accrual.jitter, 0.5, 100);
    const common = { mode, failures, least, most } as const;
    if (mode === 'consecutive') return { ...common, rate: null };
    const threshold = ratioOf(annotations, accrual.rate, 0.8, 1);
    const window = durationOf(annotations, accrual.window) ?? '10s';
    if (msOf(window) < (threshold === 0 ? 1 : 10)) drop(`a window of ${window} is too short`);
    const requests = wholeOf(annotations, accrual.requests, 5, threshold === 0 ? 4_294_967_295 : 1_000_000);
    return { ...common, rate: { threshold, window, requests } };
  });
}

/** What is tried again. A limit or a time of zero counts as none. */
export function readRetry(annotations: Annotations, protocol: 'http' | 'grpc'): Read<Retry> {
  if (![retry[protocol], retry.limit, retry.timeout].some((name) => annotations.has(name)))
    return { state: 'unset' };
  const read = reading(() => {
    const limit = wholeOf(annotations, retry.limit, 0, 65_535);
    const each = durationOf(annotations, retry.timeout);
    const conditions = annotations.get(retry[protocol]) ?? null;
    if (conditions !== null) {
      const known =
        protocol === 'http'
          ? isHttpConditions(conditions)
          : conditions.split(',').every((one) => grpcConditions.includes(one));
      if (!known) drop(`${said(retry[protocol], conditions)} is no list of what may be tried again`);
    }
    return { conditions, limit, timeout: each === null || msOf(each) === 0 ? null : each };
  });
  if (read.state !== 'read') return read;
  const { conditions, limit, timeout: each } = read.value;
  if (conditions === null && limit === 0 && each === null) return { state: 'unset' };
  return { state: 'read', value: { conditions, limit: limit === 0 ? 1 : limit, timeout: each } };
}

export function readTimeouts(annotations: Annotations): Read<Timeouts> {
  if (!hasPart(annotations, 'timeout')) return { state: 'unset' };
  return reading(() => ({
    request: durationOf(annotations, timeout.request),
    response: durationOf(annotations, timeout.response),
    idle: durationOf(annotations, timeout.idle),
  }));
}

/** Why Linkerd drops parts of a document’s annotations, each in a sentence's end. */
export function droppedParts(annotations: Annotations): { readonly part: Part; readonly because: string }[] {
  const all: readonly (readonly [Part, Read<unknown>])[] = [
    ['accrual', readAccrual(annotations)],
    ['retry', readRetry(annotations, 'http')],
    ['retry', readRetry(annotations, 'grpc')],
    ['timeout', readTimeouts(annotations)],
  ];
  const found = new Map<string, { readonly part: Part; readonly because: string }>();
  for (const [part, read] of all)
    if (read.state === 'dropped') found.set(read.because, { part, because: read.because });
  return [...found.values()];
}

const msOf = (text: string): number => linkerdMs(text) ?? 0;
const said = (name: string, text: string): string => `${name} “${text.slice(0, 80)}”`;

function wholeOf(annotations: Annotations, name: string, usual: number, most: number): number {
  const text = annotations.get(name);
  if (text === undefined) return usual;
  const value = /^\d{1,10}$/.test(text.trim()) ? Number(text) : Number.NaN;
  return value <= most ? value : drop(`${said(name, text)} is not a whole number from 0 to ${most}`);
}

function ratioOf(annotations: Annotations, name: string, usual: number, most: number): number {
  const text = annotations.get(name);
  if (text === undefined) return usual;
  const value = /^\d{1,10}(\.\d{1,10})?$/.test(text.trim()) ? Number(text) : Number.NaN;
  return value <= most ? value : drop(`${said(name, text)} is not a number from 0 to ${most}`);
}

function durationOf(annotations: Annotations, name: string): string | null {
  const text = annotations.get(name);
  if (text === undefined) return null;
  return linkerdMs(text) === null
    ? drop(`${said(name, text)} is no duration of Linkerd’s: one whole number with one unit, like 90s`)
    : text.trim();
}
