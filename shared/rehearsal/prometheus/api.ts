import { parseDurationMs } from './duration.ts';
import { QueryError } from './errors.ts';
import { formatLabels } from './format.ts';
import { parseSelector } from './parse.ts';
import { instantQuery, rangeQuery } from './queries.ts';
import { valuesOf, type SampleStore } from './sampleStore.ts';
import type { Series } from './series.ts';

/** What an answer is made of, before it is sent. */
export interface Answer {
  readonly status: number;
  readonly body: string;
}

/** What the API answers from. */
export interface ApiSource {
  readonly store: SampleStore;
  readonly now: () => number;
  readonly metadata: Readonly<Record<string, { readonly type: string; readonly help: string }>>;
  /** What its rules found; absent where it has none. */
  readonly alerts?: () => readonly unknown[];
}

/** The Prometheus version whose manners are followed. */
export const followedVersion = '2.42.0';

/** Answers one request of `/api/v1/…`; null when there is no such path. */
export function answer(path: string, params: URLSearchParams, source: ApiSource): Answer | null {
  try {
    const data = dataOf(path, params, source);
    return data === null ? null : { status: 200, body: `{"status":"success","data":${data}}` };
  } catch (error) {
    if (!(error instanceof QueryError)) throw error;
    const status = error.type === 'bad_data' ? 400 : 422;
    return {
      status,
      body: JSON.stringify({ status: 'error', errorType: error.type, error: error.message }),
    };
  }
}

function dataOf(path: string, params: URLSearchParams, source: ApiSource): string | null {
  const { store, now } = source;
  const named = /^\/api\/v1\/label\/([^/]+)\/values$/.exec(path);
  if (named !== null) return JSON.stringify(labelValues(decodeURIComponent(named[1] ?? ''), params, source));
  switch (path) {
    case '/api/v1/query': {
      const atMs = params.has('time') ? timeOf(params, 'time', "Invalid time value for 'time': ") : now();
      return inQuery(() => instantQuery(store, params.get('query') ?? '', atMs, lookbackOf(params)));
    }
    case '/api/v1/query_range': {
      const range = rangeOf(params);
      // Unlike an instant query, this one does not name the parameter when it cannot be parsed.
      return rangeQuery(store, params.get('query') ?? '', range, lookbackOf(params));
    }
    case '/api/v1/series': {
      if (params.getAll('match[]').length === 0)
        throw new QueryError('bad_data', 'no match[] parameter provided');
      return `[${chosenSeries(params, source)
        .map(({ labels }) => formatLabels(labels))
        .join(',')}]`;
    }
    case '/api/v1/labels': {
      const names = new Set<string>();
      for (const { labels } of chosenSeries(params, source))
        for (const { name } of labels.pairs) names.add(name);
      return JSON.stringify([...names].sort());
    }
    case '/api/v1/metadata':
      return metadataOf(params, source);
    case '/api/v1/alerts':
      return JSON.stringify({ alerts: source.alerts?.() ?? [] });
    case '/api/v1/status/buildinfo':
      return JSON.stringify({
        version: `${followedVersion}-rehearsal`,
        revision: 'rehearsal',
        branch: 'rehearsal',
        buildUser: 'podium',
        buildDate: '',
        goVersion: '',
      });
    default:
      return null;
  }
}

/** A refusal while parsing names the parameter, as Prometheus does. */
function inQuery(run: () => string): string {
  try {
    return run();
  } catch (error) {
    if (error instanceof QueryError && error.type === 'bad_data') {
      throw new QueryError('bad_data', `invalid parameter "query": ${error.message}`);
    }
    throw error;
  }
}

function labelValues(label: string, params: URLSearchParams, source: ApiSource): string[] {
  if (!/^[A-Za-z_]\w*$/.test(label))
    throw new QueryError('bad_data', `invalid label name: ${JSON.stringify(label)}`);
  return valuesOf(chosenSeries(params, source), label);
}

/** Series that `match[]` names and that have a scrape between start and end. */
function chosenSeries(params: URLSearchParams, { store }: ApiSource): readonly Series[] {
  const startMs = params.has('start') ? timeOf(params, 'start', "Invalid time value for 'start': ") : null;
  const endMs = params.has('end') ? timeOf(params, 'end', "Invalid time value for 'end': ") : null;
  const selectors = params.getAll('match[]').map(selectorOf);
  const chosen =
    selectors.length === 0 ? store.all() : [...new Set(selectors.flatMap((one) => store.select(one)))];
  return chosen.filter(({ timeline }) => {
    const newest = timeline.at(timeline.count() - 1);
    const oldest = timeline.at(timeline.oldest());
    return !(startMs !== null && newest < startMs) && !(endMs !== null && oldest > endMs);
  });
}

function selectorOf(text: string): ReturnType<typeof parseSelector> {
  try {
    return parseSelector(text);
  } catch (error) {
    if (!(error instanceof QueryError)) throw error;
    const why = error.message.endsWith('at least one non-empty matcher')
      ? 'match[] must contain at least one non-empty matcher'
      : error.message;
    throw new QueryError(error.type, `invalid parameter "match[]": ${why}`);
  }
}

function metadataOf(params: URLSearchParams, { metadata }: ApiSource): string {
  const wanted = params.get('metric');
  const known = Object.entries(metadata).filter(
    ([name]) => wanted === null || wanted === '' || name === wanted,
  );
  return JSON.stringify(
    Object.fromEntries(known.map(([name, { type, help }]) => [name, [{ type, help, unit: '' }]])),
  );
}

function rangeOf(params: URLSearchParams): { startMs: number; endMs: number; stepMs: number } {
  const startMs = timeOf(params, 'start');
  const endMs = timeOf(params, 'end');
  if (endMs < startMs) {
    throw new QueryError('bad_data', 'invalid parameter "end": end timestamp must not be before start time');
  }
  const stepMs = durationOf(params, 'step');
  if (stepMs <= 0) {
    throw new QueryError(
      'bad_data',
      'invalid parameter "step": zero or negative query resolution step widths are not accepted. Try a positive integer',
    );
  }
  if ((endMs - startMs) / stepMs > 11_000) {
    throw new QueryError(
      'bad_data',
      'exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)',
    );
  }
  return { startMs, endMs, stepMs };
}

function timeOf(params: URLSearchParams, name: string, words = ''): number {
  const text = params.get(name) ?? '';
  const seconds = Number(text);
  if (text.trim() !== '' && Number.isFinite(seconds)) return Math.round(seconds * 1000);
  const parsed = /^\d{4}-\d\d-\d\dT/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(parsed)) return parsed;
  throw new QueryError(
    'bad_data',
    `invalid parameter ${JSON.stringify(name)}: ${words}cannot parse ${JSON.stringify(text)} to a valid timestamp`,
  );
}

function durationOf(params: URLSearchParams, name: string): number {
  const text = params.get(name) ?? '';
  const seconds = Number(text);
  if (text.trim() !== '' && Number.isFinite(seconds)) return Math.round(seconds * 1000);
  const durationMs = parseDurationMs(text);
  if (durationMs !== null) return durationMs;
  throw new QueryError(
    'bad_data',
    `invalid parameter ${JSON.stringify(name)}: cannot parse ${JSON.stringify(text)} to a valid duration`,
  );
}

function lookbackOf(params: URLSearchParams): number | undefined {
  return params.has('lookback_delta') ? durationOf(params, 'lookback_delta') : undefined;
}
