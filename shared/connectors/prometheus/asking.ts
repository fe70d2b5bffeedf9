import { PeerError, sayError } from '../kit/peerError.ts';
import type { QueryAnswer, Series } from './answers.ts';
import type { PrometheusApi, RangeOf } from './api.ts';
import type { Dialect, MetricQuery } from './dialect.ts';
import { selector } from './promql.ts';

/** Queries with what goes around them: counting, warnings, the peer's own clock, splitting what is too large. One per reading. */
export interface Asking {
  /** Sent so far for this reading. */
  readonly queries: number;
  /** What was noticed so far, each once. */
  problems(): string[];
  /** An instant query at the peer's own now. */
  vector(expression: string, signal: AbortSignal): Promise<readonly Series[]>;
  /** One query over all namespaces; piece by piece only once an answer was too large. */
  parted(
    dialect: Dialect,
    query: MetricQuery,
    signal: AbortSignal,
    write: (select: string) => string,
  ): Promise<readonly Series[]>;
  /** A range in our own time; sample times come back in our own time too. */
  range(expression: string, range: RangeOf, signal: AbortSignal): Promise<readonly Series[]>;
  /** Raw samples of a range selector up to now, in our own time. */
  samples(expression: string, signal: AbortSignal): Promise<readonly Series[]>;
  toOurTime(at: number): number;
}

/** What is remembered of a peer from one reading to the next. */
export interface PeerMemory {
  /** How far the peer's clock is ahead of ours, in ms; 0 while it is close enough. */
  skewMs: number;
  /** Until when (our time) queries are sent piece by piece. */
  partedUntil: number;
}

/** Network and evaluation take moments too; only more than this is taken as a clock that differs. */
const SKEW_MS = 5_000;
/** Skew worth telling an operator about. */
const TOLD_SKEW_MS = 30_000;
/** After a too large answer, pieces are asked for at once for this long. */
const PARTED_MS = 10 * 60_000;
const MOST_PARTS = 500;

export function createAsking(api: PrometheusApi, clock: { now(): number }, memory: PeerMemory): Asking {
  let queries = 0;
  const problems = new Set<string>();

  function note(answer: QueryAnswer): readonly Series[] {
    for (const problem of answer.problems) problems.add(problem);
    return answer.series;
  }

  async function instant(expression: string, signal: AbortSignal): Promise<QueryAnswer> {
    queries += 1;
    return api.query(expression, signal);
  }

  /** The time an instant vector is evaluated at is the peer's now, as long as we give none. */
  async function vector(expression: string, signal: AbortSignal): Promise<readonly Series[]> {
    const asked = clock.now();
    const series = note(await instant(expression, signal));
    const at = series[0]?.samples[0]?.[0];
    if (at !== undefined) {
      const difference = at - (asked + clock.now()) / 2;
      memory.skewMs = Math.abs(difference) > SKEW_MS ? difference : 0;
    }
    return series;
  }

  async function parts(
    dialect: Dialect,
    query: MetricQuery,
    signal: AbortSignal,
    write: (select: string) => string,
  ): Promise<readonly Series[]> {
    const names = await api.labelValues(dialect.partLabel, selector(query.metric, query.matchers), signal);
    queries += 1;
    if (names.length > MOST_PARTS)
      problems.add(
        `Figures of ${names.length - MOST_PARTS} namespaces are left out: too many to ask one by one`,
      );
    // The empty value stands for series without the label.
    const values = ['', ...names.slice(0, MOST_PARTS)];
    const answers = await Promise.all(
      values.map(async (value) => {
        const matchers = [
          ...query.matchers,
          { label: dialect.partLabel, is: 'equal' as const, values: [value] },
        ];
        try {
          return note(await instant(write(selector(query.metric, matchers)), signal));
        } catch (error) {
          if (!(error instanceof PeerError) || error.kind !== 'tooLarge') throw error;
          problems.add(sayError(error, `Figures of namespace ${value} are left out`));
          return [];
        }
      }),
    );
    return answers.flat();
  }

  return {
    get queries() {
      return queries;
    },
    problems() {
      const { skewMs } = memory;
      return Math.abs(skewMs) >= TOLD_SKEW_MS ? [...problems, saySkew(skewMs)] : [...problems];
    },
    vector,
    async parted(dialect, query, signal, write) {
      if (clock.now() < memory.partedUntil) return parts(dialect, query, signal, write);
      try {
        return await vector(write(selector(query.metric, query.matchers)), signal);
      } catch (error) {
        if (!(error instanceof PeerError) || error.kind !== 'tooLarge') throw error;
        memory.partedUntil = clock.now() + PARTED_MS;
        return parts(dialect, query, signal, write);
      }
    },
    async range(expression, range, signal) {
      queries += 1;
      const { skewMs } = memory;
      const theirs = { ...range, from: range.from + skewMs, to: range.to + skewMs };
      return note(await api.queryRange(expression, theirs, signal)).map((series) => shift(series, skewMs));
    },
    async samples(expression, signal) {
      return note(await instant(expression, signal)).map((series) => shift(series, memory.skewMs));
    },
    toOurTime: (at) => at - memory.skewMs,
  };
}

function shift(series: Series, skewMs: number): Series {
  if (skewMs === 0) return series;
  return { ...series, samples: series.samples.map(([at, value]) => [at - skewMs, value] as const) };
}

function saySkew(skewMs: number): string {
  const minutes = Math.abs(skewMs) / 60_000;
  const much = minutes >= 2 ? `${Math.round(minutes)} min` : `${Math.round(Math.abs(skewMs) / 1000)} s`;
  return `Prometheus’s clock is ${much} ${skewMs > 0 ? 'ahead of' : 'behind'} this computer’s; times are corrected by that`;
}
