import type { CutLog, LogOf, LogPiece, LogRead } from '../../kit/logs.ts';
import { errorOf } from '../../kube/answers.ts';
import type { KubeClient } from '../../kube/client.ts';
import { pathOf, pods } from '../../kube/resources.ts';
import { readCutLines, readStamp } from './lines.ts';

/** More of one line is told on request. */
export const longestShown = 4_000;
const longestStamp = 40;
const longestWhole = 1024 * 1024;

export type Line = Extract<LogPiece, { readonly kind: 'line' }>;

/** The lines of a container as they come. The query says which; times are always asked for. */
export async function* openLog(
  client: KubeClient,
  { namespace, instance, container }: LogOf,
  query: Readonly<Record<string, string>>,
  signal: AbortSignal,
  longest = longestShown,
): AsyncGenerator<readonly Line[], void, undefined> {
  const asked = new URLSearchParams({ container, timestamps: 'true', ...query });
  const answer = await client.openStream({
    method: 'GET',
    path: `${pathOf(pods, namespace, instance)}/log?${asked}`,
    headers: { accept: 'text/plain, */*' },
    signal,
  });
  try {
    if (answer.status !== 200) {
      let body = '';
      for await (const [line] of readCutLines(answer.body, 64 * 1024)) body += line?.text ?? '';
      throw errorOf(
        { ...answer, body },
        client.server,
        `Reading the log of ${namespace}/${instance}, container ${container}`,
      );
    }
    for await (const lines of readCutLines(answer.body, longest + longestStamp)) {
      yield lines.map(({ text, missingChars }) => {
        const read = readStamp(text);
        const over = Math.max(0, read.text.length - longest);
        return {
          kind: 'line',
          ...read,
          text: read.text.slice(0, longest),
          missingChars: missingChars + over,
        };
      });
    }
  } finally {
    answer.body.destroy();
  }
}

/** What stands in a log now, and no more; who follows gets the rest of it by following. */
export async function* readLog(
  client: KubeClient,
  of: LogOf,
  { previous, follow, sinceAt, lines: most }: LogRead,
  signal: AbortSignal,
): AsyncGenerator<readonly LogPiece[], void, undefined> {
  const query = {
    ...(previous && { previous: 'true' }),
    ...(sinceAt === null ? { tailLines: String(most) } : { sinceTime: new Date(sinceAt).toISOString() }),
  };
  let left = most;
  for await (const lines of openLog(client, of, query, signal)) {
    // `sinceTime` knows whole seconds.
    const wanted = lines.filter(({ at }) => sinceAt === null || at === null || at >= sinceAt);
    if (wanted.length > left) {
      yield wanted.slice(0, left);
      if (!follow)
        yield [
          { kind: 'note', tone: 'calm', text: `More follows: these are the first ${most} from then on.` },
        ];
      return;
    }
    left -= wanted.length;
    if (wanted.length > 0) yield wanted;
  }
}

/** A line that was cut, found again by its time. */
export async function readWholeLine(
  client: KubeClient,
  of: LogOf,
  { stamp, text }: CutLog,
  previous: boolean,
  signal: AbortSignal,
): Promise<string | null> {
  const at = Date.parse(stamp);
  if (!Number.isFinite(at)) return null;
  const query = { sinceTime: new Date(at).toISOString(), ...(previous && { previous: 'true' }) };
  for await (const lines of openLog(client, of, query, signal, longestWhole)) {
    const found = lines.find((line) => line.stamp === stamp && line.text.startsWith(text));
    if (found !== undefined) return found.text;
    if (lines.some((line) => line.at !== null && line.at > at + 1000)) return null;
  }
  return null;
}
