import { anySignal } from '../connectors/kit/anySignal.ts';
import { sayError } from '../connectors/kit/peerError.ts';
import type { NoteBoard } from '../connectors/kit/notes.ts';
import type { OperationKind } from '../model/operation.ts';
import type { OperationRecord } from '../model/record.ts';
import type { GraphService } from '../model/graph.ts';
import type { Mark } from '../model/signals.ts';
import type { Journal } from './journal.ts';
import type { LiveConnection } from './liveConnection.ts';
import type { Ports } from './ports.ts';
import type { SettingsKeeper } from './settings.ts';

/** One word for each kind, as Events have it. */
const reasonOf: Readonly<Record<OperationKind, string>> = {
  setWeights: 'PodiumWeights',
  trip: 'PodiumTrip',
  endTrip: 'PodiumTripEnded',
  closeBreaker: 'PodiumBreakerClosed',
  setFallback: 'PodiumFallback',
  setProtections: 'PodiumProtections',
  setRouting: 'PodiumRouting',
  editDocument: 'PodiumConfig',
  changeWorkload: 'PodiumWorkload',
  silence: 'PodiumSilence',
};

const limitMs = 15_000;
/** An operation that a former run wrote was noted then, or nobody looks any more. */
const oldestMs = 10 * 60_000;

interface NotesParts {
  readonly journal: Journal;
  readonly settings: SettingsKeeper;
  readonly ports: Pick<Ports, 'clock' | 'log'>;
  connection(id: string): LiveConnection | undefined;
  service(id: string): GraphService | null;
}

/**
 * Leaves a note on the object of every operation that was written, also of one that was written in part, where the peer takes notes. It holds nothing up: a refusal
 * is taken down with the operation, and that is all.
 */
export function leaveNotes({ journal, settings, ports, connection, service }: NotesParts): void {
  const done = new Set<string>();
  journal.onWritten((record) => {
    if ((record.state !== 'written' && record.state !== 'partly') || done.has(record.id)) return;
    done.add(record.id);
    if (!settings.current.sharing.events || ports.clock.now() - record.at > oldestMs) return;
    const open = connection(record.connection.id);
    if (open === undefined) return;
    void leave(record, open).catch((thrown: unknown) =>
      ports.log.warn('a note on an operation was not journalled', {
        operation: record.id,
        why: String(thrown),
      }),
    );
  });

  async function leave(record: OperationRecord, open: LiveConnection): Promise<void> {
    const board = boardOf(open);
    const document = record.changes[0]?.document;
    if (board === null || document === undefined) return;
    const about = record.serviceId === null ? null : service(record.serviceId);
    const place = about?.namespace == null ? null : { namespace: about.namespace, name: about.name };
    const why = record.reason === '' ? '' : `: ${record.reason}`;
    try {
      await board.leave(
        document,
        {
          operationId: record.id,
          reason: reasonOf[record.operation.kind],
          text: `${record.title}${inPart(record)}, by ${record.actor}${why} (Podium ${record.id})`,
          by: record.actor,
          at: record.at,
          service: place,
        },
        anySignal([open.closed, AbortSignal.timeout(limitMs)]),
      );
    } catch (thrown) {
      if (open.closed.aborted) return;
      const noteProblem = `No Event was left for others: ${sayError(thrown, 'leaving one')}`;
      await journal.update(record.id, (now) => ({ ...now, noteProblem }));
    }
  }
}

const inPart = ({ state, writtenChanges, changes }: OperationRecord): string =>
  state === 'partly' ? ` (in part: ${writtenChanges ?? 0} of ${changes.length} documents)` : '';

const boardOf = ({ sources }: LiveConnection): NoteBoard | null =>
  sources.flatMap(({ session }) => session.notes ?? [])[0] ?? null;

/** Why what other Podiums did is missing; null where it is not. */
export const othersProblem = (connection: LiveConnection): string | null =>
  boardOf(connection)?.recent(connection.closed).problem ?? null;

/** What other Podiums did, by the notes that they left, as far as is known; our own stand in the journal. */
export async function markedByOthers(
  connection: LiveConnection,
  from: number,
  journal: Pick<Journal, 'read'>,
): Promise<Mark[]> {
  const marks: Mark[] = [];
  for (const { operationId, text, at, service } of boardOf(connection)?.recent(connection.closed).notes ??
    []) {
    if (at === null || at < from || (await journal.read(operationId)) !== null) continue;
    const serviceId =
      service === null ? null : connection.topology().serviceNamed(service.namespace, service.name);
    marks.push({ at, kind: 'event', title: text.slice(0, 300), serviceId, operationId: null });
  }
  return marks;
}
