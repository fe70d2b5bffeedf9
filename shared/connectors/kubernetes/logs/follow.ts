import { anySignal } from '../../kit/anySignal.ts';
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
/** Whoever follows a rollout waits for what is about to start. */
const longestStartMs = 4_000;

/**
 * What stands in a log, then what is written to it. A container that has not started has no log yet: it is waited for. A kubelet
 * ends what is followed without a word when the file is turned over or the container ends: it is opened again from the last
 * second on, and what came of the container is said. Of one that has ended the rest is read once.
 */
export async function* followLog(
  client: KubeClient,
  clock: ConnectorHost['clock'],
  of: LogOf,
  how: LogRead,
  signal: AbortSignal,
): AsyncGenerator<readonly LogPiece[], void, undefined> {
  const resume = createResume();
  let uid: string | null = null;
  let restarts: number | null = null;
  let readOut: string | null = null;
  let isBegun = false;
  let lost: string | null = null;
  let pauseMs = firstPauseMs;
  for (;;) {
    const pod = await readPod(client, of, signal).catch((error: unknown) => {
      signal.throwIfAborted();
      if (!isPassing(error)) throw error;
      return undefined;
    });
    const end = pod == null ? null : endOf(pod, of.container);
    if (pod !== undefined) {
      uid ??= pod?.metadata.uid ?? null;
      if (pod === null || pod.metadata.uid !== uid || (isOver(pod) && end === readOut)) {
        yield [note('calm', goneText(pod, uid))];
        return;
      }
      const run = runOf(pod, of.container);
      if (run !== null && restarts !== null && run.restarts > restarts) {
        yield [note('warn', restartText(of.container, run.lastEnd))];
        pauseMs = firstPauseMs;
      }
      restarts = run?.restarts ?? restarts;
    }
    if (end === null || end !== readOut) {
      let broken: Error | null = null;
      try {
        if (!isBegun) {
          for await (const pieces of readLog(client, of, { ...how, previous: false }, signal)) {
            isBegun = true;
            for (const piece of pieces) if (piece.kind === 'line') resume.isNew(piece.stamp, piece.at);
            yield pieces;
          }
          isBegun = true;
          lost = null;
          yield [{ kind: 'caughtUp' }];
        }
        for await (const pieces of followOnce(client, of, resume, how.sinceAt, signal)) {
          if (lost !== null) yield [note('calm', 'The log goes on.')];
          lost = null;
          if (pieces.length === 0) continue;
          pauseMs = firstPauseMs;
          yield pieces;
        }
        readOut = end;
      } catch (error) {
        signal.throwIfAborted();
        broken = error instanceof Error ? error : new Error(String(error));
      }
      signal.throwIfAborted();
      if (broken !== null && !isPassing(broken)) throw broken;
      if (broken instanceof PeerError && broken.kind === 'notFound') {
        // Of an instance that went this moment there is nothing to be opened again.
        const now = await readPod(client, of, signal).catch(() => undefined);
        signal.throwIfAborted();
        if (now === null) {
          yield [note('calm', goneText(now, uid))];
          return;
        }
      }
      if (broken !== null && lost === null) {
        lost = broken.message;
        const text = isBegun
          ? `The log broke off and is opened again: ${lost}`
          : `There is no log yet, and it is asked for again: ${lost}`;
        yield [note(isBegun ? 'warn' : 'calm', text), { kind: 'caughtUp' }];
      }
    }
    await clock.sleep(pauseMs, signal);
    pauseMs = Math.min(pauseMs * 2, isBegun ? longestPauseMs : longestStartMs);
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
  const absent = new AbortController();
  using _heard = client.watches.onAbsence((what) => absent.abort(new PeerError('unreachable', `${what}.`)));
  try {
    for await (const lines of openLog(client, of, query, anySignal([signal, absent.signal])))
      yield lines.filter(({ stamp, at: time }) => resume.isNew(stamp, time));
  } finally {
    // However the reading takes being broken off: what happened is what is told.
    if (!signal.aborted) absent.signal.throwIfAborted();
  }
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

/** What tells one end of a container from the next; null while it runs, and where nobody knows. */
function endOf(pod: KubeObject, container: string): string | null {
  const run = runOf(pod, container);
  const isRunning = run === null || run.isRunning;
  return isRunning && !isOver(pod) ? null : `${isOver(pod)} ${run?.restarts}`;
}

function goneText(pod: KubeObject | null, uid: string | null): string {
  if (pod === null) return 'This instance is gone, and its log with it.';
  if (pod.metadata.uid !== uid) return 'This instance was replaced by another of the same name.';
  const deleted = at(pod, 'metadata', 'deletionTimestamp') !== undefined;
  return `This instance has ended${deleted ? ' and is being removed' : ''}; nothing more will be written.`;
}

const restartText = (container: string, lastEnd: string): string =>
  `Container ${container} was started anew${lastEnd === '' ? '' : `, after it ended: ${lastEnd}`}. What it wrote before is its previous log.`;

const note = (tone: 'calm' | 'warn', text: string): LogPiece => ({ kind: 'note', tone, text });
