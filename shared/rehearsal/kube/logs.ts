import { namespaceOf, type ObjectCall, subjectOf } from './call.ts';
import { isRecord } from './jsonPatch.ts';
import { isTrue } from './paths.ts';
import { badRequest, notFound } from './status.ts';
import { fieldsAt, listAt } from '../traffic/reading.ts';

/** One line a container wrote. */
export interface LogLine {
  /** Epoch ms. */
  readonly at: number;
  readonly text: string;
}

/** A container's log: what is written so far, and what comes after while somebody follows. */
export interface PodLog {
  readonly written: readonly LogLine[];
  /** Of the run before the last restart; absent where there was none. */
  readonly previous?: readonly LogLine[];
  next?(signal: AbortSignal): AsyncIterable<LogLine>;
}

/** Where logs come from; undefined when the container has none. */
export type PodLogs = (namespace: string, pod: string, container: string) => PodLog | undefined;

/** Answers `pods/…/log` as text. */
export async function podLog(call: ObjectCall, logs: PodLogs): Promise<void> {
  const { query, reply } = call;
  const pod = call.store.get('pods', namespaceOf(call), call.address.name ?? '');
  if (pod === undefined) throw notFound(subjectOf(call));
  const container = containerOf(call, pod['spec']);
  const log = logs(pod.metadata.namespace ?? '', pod.metadata.name, container);
  const tail = numberOf(query, 'tailLines');
  const from = sinceOf(call);
  const asksPrevious = isTrue(query.get('previous'));
  if (asksPrevious && log?.previous === undefined)
    throw badRequest(`previous terminated container "${container}" in pod "${pod.metadata.name}" not found`);
  const waiting = asksPrevious ? null : startOf(pod['status'], container);
  if (waiting !== null)
    throw badRequest(
      `container "${container}" in pod "${pod.metadata.name}" is waiting to start: ${waiting}`,
    );
  const recent = ((asksPrevious ? log?.previous : log?.written) ?? []).filter(
    (line) => from === null || line.at >= from,
  );
  const lines = tail === null ? recent : tail === 0 ? [] : recent.slice(-tail);
  const timestamps = isTrue(query.get('timestamps'));
  let left = numberOf(query, 'limitBytes') ?? Infinity;

  reply.start(200, { 'cache-control': 'no-cache, private', 'content-type': 'text/plain' });
  const write = (line: LogLine): void => {
    const text = timestamps ? `${nanoseconds(line.at)} ${line.text}\n` : `${line.text}\n`;
    const bytes = Buffer.from(text).subarray(0, left);
    left -= bytes.length;
    if (bytes.length > 0) reply.write(bytes);
  };
  for (const line of lines) write(line);
  if (isTrue(query.get('follow')) && !asksPrevious && log?.next !== undefined && left > 0) {
    for await (const line of log.next(reply.closed)) {
      if (reply.closed.aborted) return;
      write(line);
      if (left <= 0) break;
      await reply.drained();
    }
  }
  reply.end();
}

function containerOf(call: ObjectCall, spec: unknown): string {
  const named = (field: string): string[] =>
    isRecord(spec) && Array.isArray(spec[field])
      ? (spec[field] as unknown[]).map((entry) => (isRecord(entry) ? String(entry['name']) : ''))
      : [];
  const names = named('containers');
  const asked = call.query.get('container') ?? '';
  const pod = call.address.name ?? '';
  if (asked === '') {
    if (names.length > 1) {
      throw badRequest(
        `a container name must be specified for pod ${pod}, choose one of: [${names.join(' ')}]`,
      );
    }
    return names[0] ?? '';
  }
  if (![...names, ...named('initContainers')].includes(asked))
    throw badRequest(`container ${asked} is not valid for pod ${pod}`);
  return asked;
}

/** Why a container that never ran does not run yet; null for all others. */
function startOf(status: unknown, container: string): string | null {
  const one = ['containerStatuses', 'initContainerStatuses']
    .flatMap((field) => listAt(status, field).map((each) => fieldsAt(each)))
    .find(({ name }) => name === container);
  const waiting = fieldsAt(one, 'state')['waiting'];
  if (!isRecord(waiting) || one?.['restartCount'] !== 0) return null;
  return String(waiting['reason']);
}

function sinceOf(call: ObjectCall): number | null {
  const seconds = numberOf(call.query, 'sinceSeconds');
  if (seconds !== null) return call.now() - seconds * 1000;
  const time = call.query.get('sinceTime');
  if (time === null || time === '') return null;
  const at = Date.parse(time);
  if (Number.isNaN(at))
    throw badRequest(
      `parsing time "${time}" as "2006-01-02T15:04:05Z07:00": cannot parse "${time}" as "2006"`,
    );
  return at;
}

function numberOf(query: URLSearchParams, name: string): number | null {
  const text = query.get(name);
  if (text === null || text === '') return null;
  if (!/^\d+$/.test(text)) throw badRequest(`unable to read ${name} "${text}": a whole number is expected`);
  return Number(text);
}

// Kubelets write nine digits; ours know three of them.
const nanoseconds = (at: number): string => new Date(at).toISOString().replace('Z', '000000Z');
