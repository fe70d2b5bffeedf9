import type { OperationRecord } from '../model/record.ts';
import type { Connections } from './connections.ts';
import { writes } from './controls.ts';
import type { Journal } from './journal.ts';
import { cutOff } from './ladder.ts';
import type { LiveConnection } from './liveConnection.ts';
import type { Ports } from './ports.ts';
import { wasWrittenOn } from './writtenOn.ts';

/** Taking up what was left open. */
interface Resumed extends Disposable {
  /** Resolves once the journal says of all written operations what an earlier run knew of them. */
  readonly closed: Promise<void>;
}

/**
 * Takes up what an earlier run, or an earlier opening of a connection, left open. Ladders of written operations that were
 * cut off say so at once; a write whose answer never came is resolved by reading, as soon as its connection is open again
 * and names the same server.
 */
export function resumeOperations(
  connections: Connections,
  journal: Journal,
  ports: Ports,
  follow: (record: OperationRecord, connection: LiveConnection) => void,
  isFollowed: (operationId: string) => boolean,
): Resumed {
  const stop = new AbortController();
  /** Generation of each connection that was looked at; a later opening is looked at anew. */
  const seenAt = new WeakMap<LiveConnection, number>();

  async function closeCutOff(): Promise<void> {
    // Whatever their time says: the clock may have been set back since they were written.
    const written = await journal.list({ states: ['written'], unfinished: true, limit: Infinity });
    for (const { id, undoOf } of written) {
      if (isFollowed(id)) continue;
      // The process may have ended between taking down an undo and telling what was undone.
      if (undoOf !== null)
        await journal
          .update(undoOf, (undone) => ({ ...undone, undoneBy: undone.undoneBy ?? id }))
          .catch(() => undefined);
      await cutOff(journal, id, 'Podium was closed before this was seen', ports.clock.now());
    }
  }

  async function takeUp(connection: LiveConnection): Promise<void> {
    const open = await journal.list({ states: ['writing', 'unknown'], unfinished: true, limit: Infinity });
    for (const record of open) {
      if (isFollowed(record.id) || !wasWrittenOn(record, connection)) continue;
      follow(await journal.update(record.id, (now) => ({ ...now, state: 'unknown' })), connection);
    }
  }

  const closed = journal.writable
    ? closeCutOff().catch((thrown: unknown) =>
        ports.log.warn('ladders of an earlier run could not be closed', { why: String(thrown) }),
      )
    : Promise.resolve();

  async function run(): Promise<void> {
    if (!journal.writable) return;
    await closed;
    let seen = 0;
    while (!stop.signal.aborted) {
      seen = await connections.changes.after(seen, stop.signal);
      for (const connection of connections.open.values()) {
        if (seenAt.get(connection) === connection.generation) continue;
        if (!connection.sources.some(({ session }) => writes(session))) continue;
        seenAt.set(connection, connection.generation);
        await takeUp(connection).catch((thrown: unknown) =>
          ports.log.warn('taking up what was left open failed', { why: String(thrown) }),
        );
      }
    }
  }

  run().catch((thrown: unknown) => {
    if (!stop.signal.aborted) ports.log.warn('taking up what was left open failed', { why: String(thrown) });
  });
  return { closed, [Symbol.dispose]: () => stop.abort(new Error('closed')) };
}
