import { anySignal } from '../../connectors/kit/anySignal.ts';
import type { Plan } from '../../model/plan.ts';
import type { OperationRecord } from '../../model/record.ts';
import { sayError } from '../../connectors/kit/peerError.ts';
import type { Connections } from '../connections.ts';
import { controlOf } from '../controls.ts';
import type { Journal } from '../journal.ts';
import type { LiveConnection } from '../liveConnection.ts';
import type { Operations } from '../operations.ts';
import type { Alongside } from '../planParts.ts';
import { writtenOf } from '../plans.ts';
import { readBackAll, type AllReadBack } from '../readBack.ts';
import { Refusal } from '../refusal.ts';
import { wasWrittenOn } from '../writtenOn.ts';

/**
 * How going back went. `away`: the connection is not open here, nothing was tried; `underway`: an earlier attempt is not
 * resolved yet; `done`: it is as before, by `operationId` or already; `changed`: someone else wrote there since, so nothing
 * was written; `failed`: it was tried, or could not be, and may be tried again.
 */
export type Way =
  | { readonly kind: 'away'; readonly note: string }
  | { readonly kind: 'underway' }
  | { readonly kind: 'done'; readonly operationId: string | null }
  | { readonly kind: 'changed'; readonly note: string }
  | { readonly kind: 'failed'; readonly note: string };

/** What may differ from taking back one operation by its inverse. */
export interface WayOptions {
  readonly reason: string;
  /** The plan of the way back; the recorded inverse where absent. */
  readonly plan?: () => Promise<Plan>;
  readonly alongside?: Alongside;
  /** Takes down that it is under way, once the journal holds the operation and before its outcome is known. */
  began(operationId: string): Promise<void>;
}

/** Takes written operations back without an operator, and only what is still as it was written. */
export interface WayBack {
  /** The connection on which the operation was written, if it is open here and is the same server. */
  connectionOf(record: OperationRecord): LiveConnection | null;
  /** What the documents of an operation are now. */
  look(record: OperationRecord, connection: LiveConnection): Promise<AllReadBack>;
  /** Whether an operation that takes this one back is journalled, and what became of it is not known or not taken down yet. */
  isUnderway(operationId: string): Promise<boolean>;
  /** Never throws. At most one write is under way for an operation, also across a restart. */
  go(record: OperationRecord, options: WayOptions): Promise<Way>;
}

interface WayParts {
  readonly connections: Pick<Connections, 'open'>;
  readonly journal: Journal;
  readonly operations: Operations;
}

export function createWayBack({ connections, journal, operations }: WayParts): WayBack {
  function connectionOf(record: OperationRecord): LiveConnection | null {
    const open = connections.open.get(record.connection.id);
    return open !== undefined && wasWrittenOn(record, open) ? open : null;
  }

  const look = (record: OperationRecord, connection: LiveConnection): Promise<AllReadBack> =>
    readBackAll({
      record: { ...record, changes: writtenOf(record) },
      connection,
      signal: anySignal([connection.closed, AbortSignal.timeout(30_000)]),
    });

  async function attempt(record: OperationRecord, options: WayOptions): Promise<Way> {
    const connection = connectionOf(record);
    if (connection === null || controlOf(connection, record.operation) === null)
      return {
        kind: 'away',
        note: `${record.connection.title} (${record.connection.server}) is not open here. Open it, and this is done first.`,
      };
    const earlier = await journal.list({ undoOf: record.id, limit: 50 });
    if (earlier.some(isUnresolved)) return { kind: 'underway' };
    const done = earlier.find(({ state }) => state === 'written');
    if (done !== undefined) return { kind: 'done', operationId: done.id };
    const read = await look(record, connection);
    if (read.state === 'before') return { kind: 'done', operationId: null };
    // A way back that some of its documents refused left a mix, which is ours to go on with.
    if (read.state === 'else' && !read.isOurs) return { kind: 'changed', note: sayChanged(read) };
    const plan = await (options.plan?.() ?? operations.planUndo(record.id));
    if (plan.threeWay !== null) return { kind: 'changed', note: sayChanged(read) };
    const block = plan.guards.find(({ verdict }) => verdict === 'block');
    if (block !== undefined)
      return {
        kind: 'failed',
        note: `${block.title}. ${block.detail ?? ''} By hand: ${plan.copies.command}`.trim(),
      };
    const id = await operations.applyAgreed(plan.id, options.reason, {
      undoOf: record.id,
      ...options.alongside,
    });
    await options.began(id);
    return outcomeOf(id, plan);
  }

  async function outcomeOf(id: string, plan: Plan): Promise<Way> {
    for (let seen = journal.changes.count; ; seen = await journal.changes.after(seen, undefined)) {
      const record = await journal.read(id);
      if (record === null) return { kind: 'failed', note: 'The journal lost the way back.' };
      if (record.state === 'written') return { kind: 'done', operationId: id };
      if (record.finishedAt !== null)
        return {
          kind: 'failed',
          note: `${record.error ?? 'It was not written.'} By hand: ${plan.copies.command}`,
        };
      // No answer came: its own ladder reads what became of it, and the next look finds that out.
      if (record.state === 'unknown') return { kind: 'underway' };
    }
  }

  return {
    connectionOf,
    look,
    async isUnderway(operationId) {
      const back = await journal.list({ undoOf: operationId, limit: 50 });
      return back.some(isUnresolved);
    },
    go: (record, options) =>
      attempt(record, options).catch((thrown: unknown): Way => ({
        kind: 'failed',
        note: thrown instanceof Refusal ? thrown.message : sayError(thrown, 'Taking it back'),
      })),
  };
}

const isUnresolved = ({ state, finishedAt }: OperationRecord): boolean =>
  (state === 'writing' || state === 'unknown') && finishedAt === null;

function sayChanged({ changedBy, detail }: AllReadBack): string {
  return `${changedBy ?? 'Someone else'} changed it since, so nothing was put back unasked: compare the three versions. ${detail}`;
}
