import {
  type IsolationControl,
  PartlyWritten,
  type PlannedWrite,
  type ReadBack,
} from '../../shared/connectors/kit/control.ts';
import { PeerError } from '../../shared/connectors/kit/peerError.ts';
import type { Change, Guard } from '../../shared/model/change.ts';
import type { DocumentRef } from '../../shared/model/entity.ts';
import type { EndTrip, SetFallback, Trip } from '../../shared/model/operation.ts';

type Isolating = Trip | EndTrip | SetFallback;

/** What a document says of a trip. */
export interface PaperTrip {
  readonly status: number;
  readonly until: number;
  /** The marker's own id. */
  readonly marker: string;
  readonly by: string;
}

/** What of a `Paper` has to do with trips. */
export interface TrippedPaper {
  revision: number;
  /** What the next write answers; `lost` applies it and then says nothing. */
  answer: 'ok' | 'conflict' | 'refuse' | 'lost' | 'never';
  guards: Guard[];
  /** Who wrote last, as the document would say. */
  changedBy: string | null;
  /** Wakes those who watch. */
  readonly watchers: Set<() => void>;
  /** Runs before a write is answered. */
  onApply: () => void;
  /** Runs once a write is in force, before it is answered. */
  onWritten: () => void;
  /** The trip that the document carries. */
  trip: PaperTrip | null;
  /** Trips and ends of trips that arrived and were taken; null is an end. */
  readonly tripWrites: (PaperTrip | null)[];
  /** Whether the credentials may write. */
  forbidden: boolean;
  /** The same trip on a second document, where trips need two; absent where one is enough. */
  twin?: PaperTrip | null;
  /** Runs once the trip was read back. */
  onRead?: () => void;
  /** The peer's own time; null where it does not tell it. */
  serverNow: () => number | null;
  /** Refuses the second document of every write. */
  refuseTwin?: boolean;
}

/** Tells everyone who watches that something changed. */
export function wakeAll({ watchers }: TrippedPaper): void {
  const waiting = [...watchers];
  watchers.clear();
  for (const wake of waiting) wake();
}

/** Trips of the document on paper: one at a time, beside its weights. */
export function paperIsolation(paper: TrippedPaper, ref: DocumentRef, host: string): IsolationControl {
  const textOf = (trip: PaperTrip | null): string =>
    trip === null ? 'trip: none\n' : `trip: ${trip.status} held by ${trip.marker}\n`;

  const twinRef: DocumentRef = { ...ref, name: `${ref.name}-twin`, uid: `${ref.uid}-twin` };
  const isTwin = ({ document }: Change): boolean => document.uid === twinRef.uid;

  /** What it does to calls, and the marker that says who holds it. */
  const stepsTo = (trip: PaperTrip | null): Change['patch'] => [
    { op: 'replace', path: '/spec/trip', value: trip?.status ?? null },
    { op: 'replace', path: '/metadata/annotations/held', value: trip },
  ];

  function planned(wanted: PaperTrip | null, title: string): PlannedWrite {
    const change: Change = {
      document: ref,
      action: 'patch',
      withheld: false,
      revision: String(paper.revision),
      patch: stepsTo(wanted),
      inverse: stepsTo(paper.trip),
      before: textOf(paper.trip),
      after: textOf(wanted),
    };
    const twin: Change = {
      ...change,
      document: twinRef,
      inverse: stepsTo(paper.twin ?? null),
      before: textOf(paper.twin ?? null),
    };
    // An end writes only what still carries the trip.
    const changes = (paper.twin === undefined ? [change] : [change, twin]).filter(
      ({ before, after }) => before !== after,
    );
    const access: Guard = paper.forbidden
      ? { id: 'access', verdict: 'block', title: 'You may not patch Paper shop/payment', detail: null }
      : { id: 'access', verdict: 'pass', title: 'You may patch Paper shop/payment', detail: null };
    return {
      title,
      target: 'Paper shop/payment',
      changes,
      guards: [access, ...paper.guards],
      expectation: { kind: 'unmeasured', host, why: 'on paper nothing is counted' },
      threeWay: null,
      copies: { command: 'kubectl patch paper payment', curl: 'c', patch: 'p' },
      split: null,
      notes: [],
      direction: null,
    };
  }

  function wantedBy(operation: Isolating): PaperTrip | null {
    if (operation.kind !== 'trip') return null;
    const { mechanism, forSeconds } = operation;
    const status = mechanism.kind === 'refuse' ? mechanism.status : 503;
    return { status, until: forSeconds, marker: `marker-${paper.revision}`, by: 'ana' };
  }

  return {
    async *watch(signal) {
      while (!signal.aborted) {
        const { trip } = paper;
        yield trip === null
          ? []
          : [
              {
                id: `${ref.uid}/trip`,
                connectionId: ref.connectionId,
                document: ref,
                revision: String(paper.revision),
                host,
                calleeId: null,
                caller: null,
                mechanism: { kind: 'refuse' as const, status: trip.status },
                until: trip.until,
                since: null,
                by: trip.by,
                reason: '',
                operationId: trip.marker,
              },
            ];
        await new Promise<void>((resolve) => {
          paper.watchers.add(resolve);
          signal.addEventListener('abort', () => resolve(), { once: true });
        });
      }
    },
    options: () => Promise.resolve([]),
    serverNow: () => paper.serverNow(),
    fallbacks: () => new Map(),
    plan: (operation) =>
      Promise.resolve(
        planned(wantedBy(operation), operation.kind === 'trip' ? 'Trip payment' : 'End the trip of payment'),
      ),
    planUndo(_operation, changes) {
      const before = (changes[0]?.inverse[1]?.value ?? null) as PaperTrip | null;
      if (textOf(paper.trip) === textOf(before) && textOf(paper.twin ?? null) === textOf(before))
        return Promise.reject(new PeerError('refused', 'Everything is as it was before already.'));
      const write = planned(before, 'End the trip of payment');
      const asWritten = write.changes.every(({ before: now }) => now === changes[0]?.after);
      if (asWritten) return Promise.resolve(write);
      return Promise.resolve({
        ...write,
        threeWay: {
          kind: 'document',
          document: ref,
          seen: changes[0]?.after ?? '',
          now: textOf(paper.trip),
          wanted: textOf(before),
          changedBy: paper.changedBy,
        },
      });
    },
    apply(write) {
      paper.onApply();
      const [change] = write.changes;
      if (paper.forbidden) return Promise.reject(new PeerError('forbidden', 'Forbidden.', { status: 403 }));
      if (paper.answer === 'conflict' || change?.revision !== String(paper.revision))
        return Promise.reject(new PeerError('conflict', 'The document moved.'));
      if (paper.answer === 'refuse') return Promise.reject(new PeerError('refused', 'The webhook says no.'));
      if (paper.answer === 'never') return Promise.reject(new PeerError('unanswered', 'No answer came.'));
      const written: Change[] = [];
      for (const one of write.changes) {
        if (isTwin(one) && paper.refuseTwin === true) {
          paper.revision += 1;
          const revisions = written.map(({ document }) => ({ document, revision: String(paper.revision) }));
          const refused = new PeerError('conflict', 'The twin moved.');
          if (revisions.length === 0) return Promise.reject(refused);
          return Promise.reject(new PartlyWritten({ acceptedAt: 0, revisions }, refused));
        }
        const value = (one.patch[1]?.value ?? null) as PaperTrip | null;
        if (isTwin(one)) paper.twin = value;
        else paper.trip = value;
        written.push(one);
      }
      paper.tripWrites.push((change.patch[1]?.value ?? null) as PaperTrip | null);
      paper.revision += 1;
      paper.changedBy = 'podium';
      paper.onWritten();
      wakeAll(paper);
      if (paper.answer === 'lost') return Promise.reject(new PeerError('unanswered', 'No answer came.'));
      return Promise.resolve({
        acceptedAt: 0,
        revisions: [{ document: ref, revision: String(paper.revision) }],
      });
    },
    verify(change) {
      const now = textOf(isTwin(change) ? (paper.twin ?? null) : paper.trip);
      let state: ReadBack['state'] = 'else';
      if (now === change.after) state = 'after';
      else if (now === change.before) state = 'before';
      paper.onRead?.();
      return Promise.resolve({
        state,
        revision: String(paper.revision),
        detail: now.trim(),
        changedBy: paper.changedBy,
      });
    },
  };
}
