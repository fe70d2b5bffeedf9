import { certificateEnd } from '../analysis/certificateEnd.ts';
import { serviceId } from '../analysis/entityIds.ts';
import { anySignal } from '../connectors/kit/anySignal.ts';
import { sayError } from '../connectors/kit/peerError.ts';
import type { EndingCertificate } from '../model/certificate.ts';
import type { LiveConnection } from './liveConnection.ts';
import type { Ports } from './ports.ts';
import type { World } from './world.ts';

interface Told {
  readonly certificates: readonly EndingCertificate[];
  readonly problems: readonly { readonly connectionId: string; readonly text: string }[];
}

/** Reads what ends soon; what was read lately is told again. */
export type CertificateReader = (signal: AbortSignal | undefined) => Promise<Told>;

/** They end after months: nobody is asked more often than this. */
const keptMs = 30 * 60_000;
/** What could not be read may be readable soon. */
const failedMs = 2 * 60_000;
/** What ends soon is perhaps being renewed just now; what was not readable twice is likely not to be for a while. */
const soonerMs = 10 * 60_000;

/** Reads what ends within a month, or has ended, of all that is connected; kept, for it changes seldom. */
export function createCertificateReader(world: World, { clock }: Pick<Ports, 'clock'>): CertificateReader {
  const kept = new Map<
    LiveConnection,
    Told & { readonly at: number; readonly forMs: number; readonly generation: number }
  >();
  const isNear = (one: EndingCertificate): boolean => certificateEnd(one, clock.now()) !== null;
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
          const isEnding = read.certificates.some(isNear);
          const isNewlyMissed = read.problems.some(
            ({ text }) => before?.problems.every((known) => known.text !== text) ?? true,
          );
          const isSooner = isEnding || read.problems.length > 0;
          const forMs = isNewlyMissed ? failedMs : isSooner ? soonerMs : keptMs;
          kept.set(connection, { ...read, at: clock.now(), forMs, generation });
        }
        return read;
      }),
    );
    return {
      certificates: told
        .flatMap(({ certificates }) => certificates)
        .filter(isNear)
        .sort((a, b) => a.endsAt - b.endsAt),
      problems: told.flatMap(({ problems }) => problems),
    };
  };
}

async function readOf(connection: LiveConnection, signal: AbortSignal | undefined): Promise<Told> {
  const limit = anySignal([connection.closed, ...(signal === undefined ? [] : [signal])]);
  const certificates: EndingCertificate[] = [];
  const problems: { connectionId: string; text: string }[] = [];
  const { id, title } = connection;
  for (const { session } of [...connection.sources]) {
    if (session.certificates === undefined) continue;
    try {
      const read = await session.certificates.read(limit);
      certificates.push(
        ...read.certificates.map(({ services, ...one }) => ({
          ...one,
          connectionId: id,
          serviceIds: services.map(({ namespace, name }) => serviceId(id, namespace, name)),
        })),
      );
      problems.push(...read.problems.map((text) => ({ connectionId: id, text })));
    } catch (thrown) {
      if (limit.aborted) return { certificates, problems };
      problems.push({ connectionId: id, text: sayError(thrown, `Reading certificates of ${title}`) });
    }
  }
  return { certificates, problems };
}
