import type { Change, Expectation, Guard, ThreeWay } from '../../model/change.ts';
import type { DocumentRef } from '../../model/entity.ts';
import type { ChangeWorkload, EndTrip, Operation, SetFallback, Trip } from '../../model/operation.ts';
import type { Copies, Plan } from '../../model/plan.ts';
import type { CallTarget, Fallback, HeldTrip, TripOption } from '../../model/trip.ts';
import type { Split } from '../../model/weights.ts';
import type { WorkloadView } from '../../model/workload.ts';
import { PeerError } from './peerError.ts';
import type { ServiceKey, SourceHealth } from './reading.ts';

/** The only way the console writes. */
export interface Control<O extends Operation> {
  /**
   * Whether this control is the one for an operation that several systems behind a connection could write; absent where it
   * takes what no other claims.
   */
  takes?(operation: O): boolean;
  /** Reads only: diff, guards, the peer's own dry run, the expectation. */
  plan(operation: O, signal: AbortSignal): Promise<PlannedWrite>;
  /**
   * The way back of what was written, planned on the documents as they are now: what was absent before is taken away again.
   * `changes` are those that the peer has. Throws `PeerError` with kind `refused` when it is as before already.
   */
  planUndo(operation: O, changes: readonly Change[], signal: AbortSignal): Promise<PlannedWrite>;
  /**
   * The same write with what is only known once it is applied; asked before the journal takes it down. Absent where documents
   * carry none of it.
   */
  stamp?(write: PlannedWrite, stamp: Stamp): PlannedWrite;
  /**
   * Fenced by the peer's own revision. Throws `PeerError` with kind `conflict` if it moved, `unanswered` if no answer came,
   * `PartlyWritten` if a later document was refused.
   */
  apply(write: PlannedWrite, signal: AbortSignal): Promise<Receipt>;
  /** Reads back one written document: is it the before, the after, or something else? Resolves a lost answer, and the declared rung. */
  verify(change: Change, signal: AbortSignal): Promise<ReadBack>;
}

/** Which operation makes a write, who applies it and why: for documents that tell others. */
export interface Stamp {
  readonly operationId: string;
  readonly by: string;
  readonly reason: string;
  /** Epoch ms. */
  readonly at: number;
  /** When it ends by itself; null where it does not. */
  readonly until: number | null;
}

/** A control whose declared state can be followed. */
export interface DeclaredControl<O extends Operation, Declared> extends Control<O> {
  /** The declared state, as it changes; the whole list each time. */
  watch(signal: AbortSignal, onState: (state: SourceHealth) => void): AsyncIterable<readonly Declared[]>;
}

/** Trips and fallbacks: what callers of a service get while it may not answer. */
export interface IsolationControl extends DeclaredControl<Trip | EndTrip | SetFallback, HeldTrip> {
  /** What this peer can do to a call; reads only. */
  options(call: CallTarget, signal: AbortSignal): Promise<readonly TripOption[]>;
  /**
   * The peer's own time, epoch ms, never ahead of it: the times of trips in its documents are told by it, for the machines of
   * those who make and end them may disagree. Null while it is not known.
   */
  serverNow(): number | null;
  /** Declared fallbacks by callee host. Known at once from watched documents. */
  fallbacks(): ReadonlyMap<string, Fallback>;
}

/** Workloads, and what can be done to them. */
export interface WorkloadControl extends Control<ChangeWorkload> {
  read(service: ServiceKey, signal: AbortSignal): Promise<readonly WorkloadView[]>;
}

/** What a control knows of a plan; the console adds who, where, figures, friction and life time. */
export interface PlannedWrite {
  readonly title: string;
  readonly target: string;
  readonly changes: readonly Change[];
  readonly guards: readonly Guard[];
  readonly expectation: Expectation;
  readonly threeWay: ThreeWay | null;
  readonly copies: Pick<Copies, 'command' | 'curl' | 'patch'> & Partial<Copies>;
  /** Who takes it where that is not a peer, for "… took it": "/srv/config on this machine". */
  readonly taker?: string;
  /** The split as declared now, so that the console can say what moves where; null where none is concerned. */
  readonly split: Split | null;
  /** What the control itself can say about what will happen, in sentences. */
  readonly notes: readonly string[];
  /** Null where the console judges it from figures. */
  readonly direction: Plan['direction'] | null;
}

export interface Receipt {
  readonly acceptedAt: number;
  /** How far it was taken, where several have to take it: "3 of 3 instances". */
  readonly takenBy?: string;
  readonly revisions: readonly {
    readonly document: DocumentRef;
    readonly revision: string;
    /** The document as the answer names it, for `Change.after`: a server may store more than it was asked to, and other values than it tried. */
    readonly after?: string | null;
  }[];
}

/** Some documents were written, the next was refused; what was written can be taken back. */
export class PartlyWritten extends PeerError {
  readonly receipt: Receipt;

  constructor(receipt: Receipt, refused: PeerError) {
    super(refused.kind, refused.message, { cause: refused });
    this.receipt = receipt;
  }
}

export interface ReadBack {
  readonly state: 'before' | 'after' | 'else';
  readonly revision: string;
  /** The control plane's own word on it (status, observedGeneration), if it has one. */
  readonly detail: string;
  /** Who wrote last, where the document says. */
  readonly changedBy: string | null;
}
