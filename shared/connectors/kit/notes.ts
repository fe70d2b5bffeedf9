import type { DocumentRef } from '../../model/entity.ts';
import type { NamespacedName } from '../../model/topology.ts';

/** What an operation did, for those who look at its object with whatever they have. */
export interface OperationNote {
  readonly operationId: string;
  /** "PodiumWeights": one word. */
  readonly reason: string;
  readonly text: string;
  readonly by: string;
  /** Epoch ms. */
  readonly at: number;
  /** The service that it was about; null where it names none. */
  readonly service: NamespacedName | null;
}

/** A note that some Podium left. All texts are whoever's who may write there. */
export interface ReadNote {
  readonly operationId: string;
  readonly text: string;
  /** When the peer took it; null where it does not say. */
  readonly at: number | null;
  readonly service: NamespacedName | null;
}

/** What is known of notes. */
export interface RecentNotes {
  /** The newest, oldest first. */
  readonly notes: readonly ReadNote[];
  /** Why they could not be read anew; null where they could, or were not asked for yet. */
  readonly problem: string | null;
}

/** Notes beside what is written, which other Podiums and other tools see. */
export interface NoteBoard {
  /** Leaves one, once however often it is asked. Throws `PeerError`; false where nothing can be noted on such a document. */
  leave(document: DocumentRef, note: OperationNote, signal: AbortSignal): Promise<boolean>;
  /**
   * Those of the last hour or so, as long as the peer keeps them: what was read last, while older pictures are read anew in
   * the background. Holds nobody up.
   */
  recent(closed: AbortSignal): RecentNotes;
}
