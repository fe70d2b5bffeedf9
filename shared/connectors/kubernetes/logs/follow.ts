import type { ConnectorHost } from '../../kit/connector.ts';
import type { LogOf, LogPiece, LogRead } from '../../kit/logs.ts';
import { PeerError } from '../../kit/peerError.ts';
import type { KubeClient } from '../../kube/client.ts';
import { at, type KubeObject, textAt } from '../../kube/objects.ts';
import { pods } from '../../kube/resources.ts';
import { runOf } from './containers.ts';
import { openLog, readLog } from './read.ts';
import { createResume, type Resume } from './resume.ts';

const firstPauseMs = 500;
const longestPauseMs = 15_000;

/**
 * What stands in a log, then what is written to it. A kubelet ends what is followed without a word when the file is turned over
 * or the container ends: it is opened again from the last second on, and what came of the container is said.
 */
export async function* followLog(
  client: KubeClient,
  clock: ConnectorHost['clock'],
  of: LogOf,
  how: LogRead,
  signal: AbortSignal,
): AsyncGenerator<readonly LogPiece[], void, undefined> {
  const resume = createResume();
  const pod = await readPod(client, of, signal);
  let restarts = pod === null ? null : (runOf(pod, of.container)?.restarts ?? null);
  const uid = pod?.metadata.uid ?? null;
  for await (const pieces of readLog(client, of, { ...how, previous: false }, signal)) {
    for (const piece of pieces) if (piece.kind === 'line') resume.isNew(piece.stamp, piece.at);
    yield pieces;
  }
  yield [{ kind: 'caughtUp' }];
  let pauseMs = firstPauseMs;
  let lost: string | null = null;
  for (;;) {
    let ended: Error | null = null;
    try {
      for await (const pieces of followOnce(client, of, resume, how.sinceAt, signal)) {
        if (lost !== null) yield [note('calm', 'The log goes on.')];
        lost = null;
        pauseMs = firstPauseMs;
        if (pieces.length > 0) yield pieces;
      }
    } catch (error) {
      signal.throwIfAborted();
      ended = error instanceof Error ? error : new Error(String(error));
    }
    signal.throwIfAborted();
    if (ended !== null && !isPassing(ended)) throw ended;
    const now = await readPod(client, of, signal).catch((error: unknown) => {
      signal.throwIfAborted();
      if (!isPassing(error)) throw error;
      return undefined;
    });
    if (now !== undefined) {
      if (now === null || now.metadata.uid !== uid || isOver(now)) {
        yield [note('calm', goneText(now, uid))];
        return;
      }
      const run = runOf(now, of.container);
      if (run !== null && restarts !== null && run.restarts > restarts) {
        yield [note('warn', restartText(of.container, run.lastEnd))];
        pauseMs = firstPauseMs;
      }
      restarts = run?.restarts ?? restarts;
    }
    if (ended !== null && lost === null) {
      lost = ended.message;
      yield [note('warn', `The log broke off and is opened again: ${lost}`)];
    }
    await clock.sleep(pauseMs, signal);
    pauseMs = Math.min(pauseMs * 2, longestPauseMs);
  }
}

/** One opening, until the kubelet ends it. Its first piece, which may be empty, says that it was opened. */
async function* followOnce(
  client: KubeClient,
  of: LogOf,
  resume: Resume,
  sinceAt: number | null,
  signal: AbortSignal,
): AsyncGenerator<readonly LogPiece[], void, undefined> {
  const from = resume.since() ?? (sinceAt === null ? null : new Date(sinceAt).toISOString());
  resume.again();
  const query = { follow: 'true', ...(from === null ? {} : { sinceTime: from }) };
  for await (const lines of openLog(client, of, query, signal))
    yield lines.filter(({ stamp, at: time }) => resume.isNew(stamp, time));
}

async function readPod(client: KubeClient, of: LogOf, signal: AbortSignal): Promise<KubeObject | null> {
  return client.object(pods, of.namespace, of.instance, signal).catch((error: unknown) => {
    if (error instanceof PeerError && error.kind === 'notFound') return null;
    throw error;
  });
}

/** What may be better in a moment; a right that is missing, and an answer that makes no sense, are not. */
const isPassing = (error: unknown): boolean =>
  !(error instanceof PeerError) ||
  ['unreachable', 'unanswered', 'busy', 'broken', 'refused', 'notFound'].includes(error.kind);

const isOver = (pod: KubeObject): boolean =>
  /^(Succeeded|Failed)$/.test(textAt(pod, 'status', 'phase') ?? '');

function goneText(pod: KubeObject | null, uid: string | null): string {
  if (pod === null) return 'This instance is gone, and its log with it.';
  if (pod.metadata.uid !== uid) return 'This instance was replaced by another of the same name.';
  const deleted = at(pod, 'metadata', 'deletionTimestamp') !== undefined;
  return `This instance has ended${deleted ? ' and is being removed' : ''}; nothing more will be written.`;
}

const restartText = (container: string, lastEnd: string): string =>
  `Container ${container} was started anew${lastEnd === '' ? '' : `, after it ended: ${lastEnd}`}. What it wrote before is its previous log.`;

const note = (tone: 'calm' | 'warn', text: string): LogPiece => ({ kind: 'note', tone, text });
