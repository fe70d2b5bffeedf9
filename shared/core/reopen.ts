import { sayError } from '../connectors/kit/peerError.ts';
import type { Connections } from './connections.ts';
import type { Journal } from './journal.ts';
import type { Ports } from './ports.ts';

/**
 * Opens again, read-only, each connection on which an earlier run left a trip, a watch or a canary: what was agreed to end by
 * itself must not wait until somebody thinks of connecting. One that is not there any more, or needs a secret, is left; its
 * operations are told of as held. Never throws: a console that cannot look must still start.
 */
export async function reopenHeld(
  connections: Connections,
  journal: Journal,
  ports: Pick<Ports, 'canaries' | 'log'>,
): Promise<void> {
  await openAll(connections, journal, ports).catch((thrown: unknown) =>
    ports.log.error('what is held could not be looked for', { why: sayError(thrown, 'Looking for it') }),
  );
}

async function openAll(
  connections: Connections,
  journal: Journal,
  ports: Pick<Ports, 'canaries' | 'log'>,
): Promise<void> {
  // Another process on this data folder tends them.
  if (!journal.writable) return;
  const records = await journal.list({ holding: true, limit: Infinity });
  const canaries = await ports.canaries.open();
  const titles = new Set([
    ...records.map(({ connection }) => connection.title),
    ...canaries.map(({ connectionTitle }) => connectionTitle),
  ]);
  if (titles.size === 0) return;
  await openWithoutMissing(titles, connections, ports);
  // A keyring may ask for its password first, and nobody may be there to type it.
  await connections.recallSecrets();
  await openWithoutMissing(titles, connections, ports);
}

/** Those of these titles that need no secret which is not known; takes them out of `titles`, for each is opened once. */
async function openWithoutMissing(
  titles: Set<string>,
  connections: Connections,
  ports: Pick<Ports, 'log'>,
): Promise<void> {
  const { candidates } = await connections.discover();
  for (const { key, title, problem, typed } of candidates) {
    const isOpen = connections.states().some((state) => state.title === title);
    if (!titles.has(title) || problem !== null || isOpen || (typed?.secrets.length ?? 0) > 0) continue;
    titles.delete(title);
    const opened = typed === null ? connections.openByKey(key, {}) : connections.openTyped(typed);
    await opened.catch((thrown: unknown) =>
      ports.log.warn('a connection that holds something could not be opened again', {
        why: sayError(thrown, title),
      }),
    );
  }
}
