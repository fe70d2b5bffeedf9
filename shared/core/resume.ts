import type { OperationRecord } from '../model/operation.ts';
import type { Connections } from './connections.ts';
import type { Journal } from './journal.ts';
import type { LiveConnection } from './liveConnection.ts';
import type { Ports } from './ports.ts';

/**
 * Takes up what an earlier run left open: writes whose answer never came are resolved by reading as soon as their connection
 * is open again and names the same server; ladders that were cut off say so.
 */
export function resumeOperations(
  connections: Connections,
  journal: Journal,
  ports: Ports,
  follow: (record: OperationRecord, connection: LiveConnection) => void,
): Disposable {
  const stop = new AbortController();
  const startedAt = ports.clock.now();
  const taken = new Set<string>();

  async function takeUp(connection: LiveConnection): Promise<void> {
    const open = await journal.list({
      connectionTitle: connection.title,
      states: ['writing', 'unknown', 'written'],
      limit: 100,
    });
    for (const record of open) {
      if (record.finishedAt !== null || record.at >= startedAt || taken.has(record.id)) continue;
      if (record.connection.server !== connection.server()) continue;
      taken.add(record.id);
      if (record.state === 'written') await closeCutOff(record);
      else follow(await journal.update(record.id, (now) => ({ ...now, state: 'unknown' })), connection);
    }
  }

  async function closeCutOff(record: OperationRecord): Promise<void> {
    await journal.update(record.id, (now) => ({
      ...now,
      finishedAt: ports.clock.now(),
      rungs: now.rungs.map((rung) =>
        rung.state === 'waiting'
          ? { ...rung, state: 'unobservable' as const, detail: 'Podium was closed before this was seen' }
          : rung,
      ),
    }));
  }

  async function run(): Promise<void> {
    let seen = 0;
    while (journal.writable && !stop.signal.aborted) {
      seen = await connections.changes.after(seen, stop.signal);
      for (const connection of connections.open.values()) {
        const ready = connection.sources.some((source) => source.session.weights !== undefined);
        if (ready)
          await takeUp(connection).catch((thrown: unknown) =>
            ports.log.warn('taking up failed', { why: String(thrown) }),
          );
      }
    }
  }

  run().catch(() => undefined);
  return { [Symbol.dispose]: () => stop.abort(new Error('closed')) };
}
