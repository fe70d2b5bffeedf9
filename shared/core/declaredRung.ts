import type { ReadBack } from '../connectors/kit/control.ts';
import { sayError } from '../connectors/kit/peerError.ts';
import { effectAfterMs } from './effect.ts';
import { shareDocument } from './returns/sameChanges.ts';
import { readBackAll } from './readBack.ts';
import { supersededBy, tell, type Climb } from './rungs.ts';

/** Reading may lag behind writing by a moment; a document that still reads as before is looked at so often again. */
const looksBefore = 4;
/** Time for an undo of our own to be taken down. */
const askAgainMs = 500;

/** Reads the write back, then watches over it until its effect is read. */
export async function watchDeclared(climb: Climb): Promise<void> {
  const { ports, signal } = climb;
  const began = ports.clock.now();
  let seen = false;
  let before = 0;
  for (let pauseMs = 100; ; pauseMs = seen ? 5_000 : Math.min(pauseMs * 2, 5_000)) {
    const now = ports.clock.now();
    try {
      const read = await readBackAll(climb);
      if (read.state === 'after' && !seen) {
        seen = true;
        await tell(
          climb,
          'declared',
          'seen',
          `${ended(read.detail)} Seen ${now - began} ms after the answer.`,
          now,
        );
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

const ended = (sentence: string): string => (/[.:!?…]$/.test(sentence) ? sentence : `${sentence}.`);

/** Whether a later write of this Podium is the last one into a document of this operation, wherever in it. */
async function isWrittenOver({ journal, record }: Climb, who: string | null): Promise<boolean> {
  if (who !== 'podium') return false;
  const later = await journal.list({
    connectionTitle: record.connection.title,
    from: record.at,
    states: ['written'],
    limit: 100,
  });
  return later.some(
    (other) => other.id !== record.id && other.at > record.at && shareDocument(record, other),
  );
}

async function tellGone(climb: Climb, read: ReadBack, seen: boolean): Promise<void> {
  const { ports, signal } = climb;
  const noticedAt = ports.clock.now();
  const who = read.changedBy;
  for (let look = 0; look < 4; look += 1) {
    await ports.clock.sleep(askAgainMs, signal);
    if ((await supersededBy(climb)) !== null || (await isWrittenOver(climb, who))) {
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
