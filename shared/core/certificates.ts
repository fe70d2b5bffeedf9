import { sayError } from '../connectors/kit/peerError.ts';
import type { EndingCertificate } from '../model/certificate.ts';
import type { LiveConnection } from './liveConnection.ts';
import type { Ports } from './ports.ts';
import type { World } from './world.ts';

interface Told {
  readonly certificates: readonly EndingCertificate[];
  readonly problems: readonly string[];
}

/** They end after months: nobody is asked more often than this. */
const keptMs = 30 * 60_000;
/** What could not be read may be readable soon. */
const failedMs = 2 * 60_000;
/** Long enough beforehand to do something about it. */
const soonMs = 30 * 24 * 3_600_000;

/** Reads what ends within a month, or has ended, of all that is connected; kept, for it changes seldom. */
export function createCertificateReader(
  world: World,
  { clock }: Pick<Ports, 'clock'>,
): (signal: AbortSignal | undefined) => Promise<Told> {
  const kept = new Map<
    LiveConnection,
    Told & { readonly at: number; readonly forMs: number; readonly generation: number }
  >();
  return async (signal) => {
    const open = [...world.connections.open.values()];
    for (const connection of kept.keys()) if (!open.includes(connection)) kept.delete(connection);
    const told = await Promise.all(
      open.map(async (connection): Promise<Told> => {
        const { generation } = connection;
        const before = kept.get(connection);
        const isKept = before?.generation === generation && clock.now() - before.at < before.forMs;
        if (isKept) return before;
        const read = await readOf(connection, signal);
        if (connection.sources.length > 0) {
          const forMs = read.problems.length === 0 ? keptMs : failedMs;
          kept.set(connection, { ...read, at: clock.now(), forMs, generation });
        }
        return read;
      }),
    );
    const soon = clock.now() + soonMs;
    return {
      certificates: told
        .flatMap(({ certificates }) => certificates)
        .filter(({ endsAt }) => endsAt < soon)
        .sort((a, b) => a.endsAt - b.endsAt),
      problems: told.flatMap(({ problems }) => problems),
    };
  };
}

async function readOf(connection: LiveConnection, signal: AbortSignal | undefined): Promise<Told> {
  const limit = AbortSignal.any([connection.closed, ...(signal === undefined ? [] : [signal])]);
  const certificates: EndingCertificate[] = [];
  const problems: string[] = [];
  for (const { session } of [...connection.sources]) {
    if (session.certificates === undefined) continue;
    try {
      const read = await session.certificates.read(limit);
      certificates.push(...read.certificates.map((one) => ({ ...one, connectionId: connection.id })));
      problems.push(...read.problems.map((text) => `${connection.title}: ${text}`));
    } catch (thrown) {
      if (limit.aborted) return { certificates, problems };
      problems.push(sayError(thrown, `Reading certificates of ${connection.title}`));
    }
  }
  return { certificates, problems };
}
