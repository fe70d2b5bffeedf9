import type { ReadBack } from '../connectors/kit/connector.ts';
import { sayError } from '../connectors/kit/peerError.ts';
import { effectAfterMs } from './effect.ts';
import { controlOf, supersededBy, tell, type Climb } from './rungs.ts';

/** Reading may lag behind writing by a moment; a document that still reads as before is looked at so often again. */
const looksBefore = 4;
/** Time for the watch to bring who changed it, and for an undo of our own to be taken down. */
const askAgainMs = 500;

/** Reads the write back, then watches over it until its effect is read. */
export async function watchDeclared(climb: Climb): Promise<void> {
  const { record, connection, ports, signal } = climb;
  const change = record.changes[0];
  if (change === undefined) return;
  const began = ports.clock.now();
  let seen = false;
  let before = 0;
  for (let pauseMs = 100; ; pauseMs = seen ? 5_000 : Math.min(pauseMs * 2, 5_000)) {
    const now = ports.clock.now();
    try {
      const read = await controlOf(connection).verify(change, signal);
      if (read.state === 'after' && !seen) {
        seen = true;
        await tell(climb, 'declared', 'seen', `${read.detail} Seen ${now - began} ms after the answer.`, now);
      }
      if (read.state === 'before') before += 1;
      const gone = read.state === 'else' || (read.state === 'before' && (seen || before >= looksBefore));
      if (gone) {
        await tellGone(climb, read, seen);
        return;
      }
    } catch (thrown) {
      signal.throwIfAborted();
      if (!seen) await tell(climb, 'declared', 'waiting', sayError(thrown, 'Reading it back'), null);
    }
    if (now - began > effectAfterMs + 5_000) return;
    await ports.clock.sleep(pauseMs, signal);
  }
}

async function tellGone(climb: Climb, read: ReadBack, seen: boolean): Promise<void> {
  const { ports, signal } = climb;
  const noticedAt = ports.clock.now();
  let who: string | null = null;
  for (let look = 0; look < 4; look += 1) {
    await ports.clock.sleep(askAgainMs, signal);
    if ((await supersededBy(climb)) !== null) {
      if (!seen)
        await tell(
          climb,
          'declared',
          'unobservable',
          'changed again from here before it was read back',
          null,
        );
      return;
    }
    who ??= changedBy(climb, read.revision);
  }
  const by = who === null ? '' : ` by ${who}`;
  const verb = read.state === 'before' ? 'reverted' : 'changed again';
  await tell(
    climb,
    'declared',
    'contradicted',
    seen
      ? `${verb}${by} since: ${read.detail}`
      : `not as written${who === null ? '' : `, last changed by ${who}`}: ${read.detail}`,
    noticedAt,
  );
}

/** Who made the revision that was read, if the watch has brought it and the document says. */
function changedBy({ connection, record }: Climb, revision: string): string | null {
  const split = connection.splits.find(({ id }) => id === record.operation.splitId);
  return split?.revision === revision ? (split.changedBy?.who ?? null) : null;
}
