import { type Answered, type Endpoint, springError } from './server.ts';

/** Tags of a timer, always the same names for one timer. */
export type Tags = Readonly<Record<string, string>>;

/** What one process counts, as Micrometer keeps it: timers by name and tags. */
export interface Meters {
  /** Notes `calls` that took `totalSeconds` together, the longest of them `maxSeconds`. */
  time(
    name: string,
    tags: Tags,
    taken: { readonly calls: number; readonly totalSeconds: number; readonly maxSeconds: number },
    at: number,
  ): void;
  readonly endpoint: Endpoint;
}

interface Timer {
  readonly tags: Tags;
  calls: number;
  totalSeconds: number;
  maxSeconds: number;
  maxAt: number;
}

/** Micrometer forgets a maximum after three turns of a minute each. */
const maxLastsMs = 120_000;

export function createMeters(now: () => number): Meters {
  const timers = new Map<string, Map<string, Timer>>();

  function read(name: string, wanted: readonly string[]): object | null {
    const chosen = wanted.map((pair): [string, string] => {
      const at = pair.indexOf(':');
      return [pair.slice(0, at), pair.slice(at + 1)];
    });
    const matching = [...(timers.get(name)?.values() ?? [])].filter(({ tags }) =>
      chosen.every(([tag, value]) => tags[tag] === value),
    );
    const [first] = matching;
    if (first === undefined) return null;
    const sum = (of: (timer: Timer) => number): number =>
      matching.reduce((total, timer) => total + of(timer), 0);
    const lately = matching.filter(({ maxAt }) => now() - maxAt < maxLastsMs);
    const left = Object.keys(first.tags).filter((tag) => chosen.every(([one]) => one !== tag));
    return {
      name,
      baseUnit: 'seconds',
      measurements: [
        { statistic: 'COUNT', value: sum(({ calls }) => calls) },
        { statistic: 'TOTAL_TIME', value: sum(({ totalSeconds }) => totalSeconds) },
        { statistic: 'MAX', value: Math.max(0, ...lately.map(({ maxSeconds }) => maxSeconds)) },
      ],
      availableTags: left.map((tag) => ({
        tag,
        values: [...new Set(matching.map(({ tags }) => tags[tag] ?? ''))],
      })),
    };
  }

  return {
    time(name, tags, { calls, totalSeconds, maxSeconds }, at) {
      if (calls === 0) return;
      const named = timers.get(name) ?? new Map<string, Timer>();
      timers.set(name, named);
      const key = Object.values(tags).join('\n');
      const timer = named.get(key) ?? { tags, calls: 0, totalSeconds: 0, maxSeconds: 0, maxAt: 0 };
      named.set(key, timer);
      timer.calls += calls;
      timer.totalSeconds += totalSeconds;
      if (maxSeconds < timer.maxSeconds && at - timer.maxAt < maxLastsMs) return;
      timer.maxSeconds = maxSeconds;
      timer.maxAt = at;
    },
    endpoint({ method, path, query }): Answered | undefined {
      if (path === '/actuator/metrics') return { status: 200, body: { names: [...timers.keys()].sort() } };
      const name = /^\/actuator\/metrics\/(.+)$/.exec(path)?.[1];
      if (name === undefined) return undefined;
      if (method !== 'GET') return springError(405, 'Method Not Allowed', path);
      const body = read(name, query.getAll('tag'));
      // A meter that is not there has no page, and no words either.
      return body === null ? { status: 404 } : { status: 200, body };
    },
  };
}

/** "SUCCESS" of 200, as Spring's observations tell it. */
export const outcomeOf = (status: number): string =>
  ['INFORMATIONAL', 'SUCCESS', 'REDIRECTION', 'CLIENT_ERROR', 'SERVER_ERROR'][Math.floor(status / 100) - 1] ??
  'UNKNOWN';
