import { PeerError } from '../kit/peerError.ts';
import type { PeerAnswer } from '../kit/transport.ts';

/** The labels of a series. Only ever read by known names; values are whatever somebody exported. */
export type Labels = Readonly<Record<string, string>>;

/** One series of an answer. An instant vector has one sample each. `[epoch ms, value]`, oldest first. */
export interface Series {
  readonly labels: Labels;
  readonly samples: readonly (readonly [number, number])[];
}

/** What a query came to. */
export interface QueryAnswer {
  readonly series: readonly Series[];
  /** What Prometheus itself, or our reading, warns of: partial answers, histograms skipped. */
  readonly problems: readonly string[];
}

/** Reads the answer to a query, whatever it is. Throws `PeerError` in words unless it is a success of Prometheus's. */
export function readQuery(answer: PeerAnswer, tried: string): QueryAnswer {
  const { data, problems } = readSuccess(answer, tried);
  if (!isObject(data)) throw nonsense(tried);
  const { resultType, result } = data;
  if (resultType === 'scalar' && Array.isArray(result)) {
    const sample = readSample(result);
    return { series: sample === null ? [] : [{ labels: {}, samples: [sample] }], problems };
  }
  if ((resultType !== 'vector' && resultType !== 'matrix') || !Array.isArray(result)) throw nonsense(tried);
  return readSeries(result, problems);
}

/** Reads the answer of any other endpoint down to its `data`. */
export function readData(answer: PeerAnswer, tried: string): unknown {
  return readSuccess(answer, tried).data;
}

function readSeries(result: readonly unknown[], problems: readonly string[]): QueryAnswer {
  const series: Series[] = [];
  const seen = new Set<string>();
  let histograms = 0;
  let twice = 0;
  let broken = 0;
  for (const row of result) {
    if (!isObject(row)) {
      broken += 1;
      continue;
    }
    const labels = readLabels(row['metric']);
    const samples = readSamples(row);
    if (labels === null || samples === null) {
      if (row['histogram'] !== undefined || row['histograms'] !== undefined) histograms += 1;
      else broken += 1;
      continue;
    }
    const key = keyOf(labels);
    if (seen.has(key)) {
      twice += 1;
      continue;
    }
    seen.add(key);
    series.push({ labels, samples });
  }
  const told = [...problems];
  if (histograms > 0) told.push(`${histograms} native histograms are left out: Podium reads classic buckets`);
  if (twice > 0) told.push(`${twice} series came twice in one answer; each is counted once`);
  if (broken > 0) told.push(`${broken} rows of an answer could not be read`);
  return { series, problems: told };
}

function readLabels(metric: unknown): Labels | null {
  if (!isObject(metric)) return null;
  for (const key in metric) if (typeof metric[key] !== 'string') return null;
  // True by the check above.
  return metric as Labels;
}

/** Null when the row has neither a value nor values. */
function readSamples(row: Readonly<Record<string, unknown>>): (readonly [number, number])[] | null {
  const { value, values } = row;
  if (Array.isArray(value)) {
    const sample = readSample(value);
    return sample === null ? [] : [sample];
  }
  if (!Array.isArray(values)) return null;
  const samples: (readonly [number, number])[] = [];
  for (const one of values) {
    const sample = Array.isArray(one) ? readSample(one) : null;
    if (sample !== null) samples.push(sample);
  }
  return samples;
}

/** Prometheus writes values as text: "1.5", "NaN", "+Inf", "-Inf". What is no number at all is no sample. */
function readSample(pair: readonly unknown[]): readonly [number, number] | null {
  const [at, text] = pair;
  if (typeof at !== 'number' || typeof text !== 'string') return null;
  const value = text === '+Inf' || text === 'Inf' ? Infinity : text === '-Inf' ? -Infinity : Number(text);
  if (Number.isNaN(value) && text !== 'NaN') return null;
  return [Math.round(at * 1000), value];
}

function readSuccess(answer: PeerAnswer, tried: string): { data: unknown; problems: string[] } {
  const body = parse(answer, tried);
  if (!isObject(body) || typeof body['status'] !== 'string')
    throw statusError(answer, tried) ?? notPrometheus(answer, tried);
  if (body['status'] !== 'success') throw saidError(answer, body, tried);
  const problems = [
    ...textsOf(body['warnings']),
    ...textsOf(body['infos']).filter((info) => /partial/i.test(info)),
  ];
  return {
    data: body['data'],
    problems: problems.map((problem) => `Prometheus warns: ${problem.slice(0, 300)}`),
  };
}

function parse(answer: PeerAnswer, tried: string): unknown {
  try {
    return JSON.parse(answer.body);
  } catch {
    throw statusError(answer, tried) ?? notPrometheus(answer, tried);
  }
}

/** An error in Prometheus's own form: status error, errorType, error. */
function saidError(answer: PeerAnswer, body: Readonly<Record<string, unknown>>, tried: string): PeerError {
  const said = typeof body['error'] === 'string' ? plain(body['error']) : `status ${answer.status}`;
  const { status } = answer;
  if (
    /too many samples|exceeded maximum resolution|too large|limit.*(series|samples|bytes)|(series|samples|bytes).*limit/i.test(
      said,
    )
  ) {
    return new PeerError('tooLarge', `${tried}: Prometheus finds the query too large: ${said}`, { status });
  }
  switch (body['errorType']) {
    case 'timeout':
    case 'canceled':
    case 'unavailable':
      return new PeerError('busy', `${tried}: Prometheus gave up (${said}). It is asked again.`, {
        status,
        retryAfterSeconds: retryAfter(answer),
      });
    case 'bad_data':
    case 'execution':
      return new PeerError('refused', `${tried}: Prometheus refuses the query: ${said}`, { status });
    default:
      return (
        statusError(answer, tried, said) ??
        new PeerError('broken', `${tried}: Prometheus failed: ${said}`, { status })
      );
  }
}

/** What a status alone says, for answers that something before Prometheus gave; null for 2xx. */
function statusError(answer: PeerAnswer, tried: string, said?: string): PeerError | null {
  const { status } = answer;
  const more = said === undefined ? '' : `: ${said}`;
  const retryAfterSeconds = retryAfter(answer);
  if (status === 401)
    return new PeerError(
      'unauthenticated',
      `${tried}: it asks for credentials (401)${more}. Give a header when connecting.`,
      { status },
    );
  if (status === 403)
    return new PeerError(
      'forbidden',
      `${tried}: not allowed (403)${more}. Check the credentials given for Prometheus.`,
      { status },
    );
  if (status === 404)
    return new PeerError(
      'notFound',
      `${tried}: nothing there (404)${more}. Check the address of Prometheus.`,
      { status },
    );
  if (status === 413) return new PeerError('tooLarge', `${tried}: too large (413)${more}.`, { status });
  if (status === 429 || status === 503) {
    return new PeerError(
      'busy',
      `${tried}: Prometheus is busy or not ready (${status})${more}. It is asked again.`,
      { status, retryAfterSeconds },
    );
  }
  if (status === 422)
    return new PeerError('refused', `${tried}: the query cannot be carried out (422)${more}.`, { status });
  if (status >= 500)
    return new PeerError('broken', `${tried}: it answered ${status}${more}. It is asked again.`, { status });
  if (status === 405)
    return new PeerError('refused', `${tried}: the method is not allowed (405).`, { status });
  if (status >= 400) return new PeerError('refused', `${tried}: refused (${status})${more}.`, { status });
  if (status >= 300)
    return new PeerError(
      'notThePeer',
      `${tried}: it redirects (${status}), which is not followed. A login page may stand before Prometheus.`,
      { status },
    );
  return null;
}

function notPrometheus(answer: PeerAnswer, tried: string): PeerError {
  const type = answer.headers['content-type'] ?? '';
  const { status } = answer;
  if (answer.body.trim() === '') {
    return new PeerError('notThePeer', `${tried}: the answer is empty. Is this the address of Prometheus?`, {
      status,
    });
  }
  if (/html/i.test(type) || answer.body.trimStart().startsWith('<')) {
    return new PeerError(
      'notThePeer',
      `${tried}: a web page came back instead of figures. A login page or another product answers at this address.`,
      { status },
    );
  }
  return new PeerError(
    'notThePeer',
    `${tried}: what came back is not Prometheus's format. Is this the address of Prometheus?`,
    { status },
  );
}

function nonsense(tried: string): PeerError {
  return new PeerError(
    'notThePeer',
    `${tried}: the answer lacks what Prometheus always sends (resultType and result).`,
  );
}

function retryAfter(answer: PeerAnswer): number | null {
  const seconds = Number(answer.headers['retry-after']);
  return Number.isFinite(seconds) && seconds > 0 ? Math.min(60, seconds) : null;
}

/** One line, without anything that could pass for more than text. */
function plain(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]+/gu, ' ').slice(0, 300);
}

/** Stable identity of a label set. */
export function keyOf(labels: Labels): string {
  return JSON.stringify(
    Object.keys(labels)
      .sort()
      .map((name) => [name, labels[name]]),
  );
}

function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string').map(plain) : [];
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
