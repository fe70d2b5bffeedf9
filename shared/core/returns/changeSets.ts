import type { Operation } from '../../model/operation.ts';
import type { Plan } from '../../model/plan.ts';
import type { OperationRecord } from '../../model/record.ts';
import type { ChangeSet, SetItem } from '../../model/watch.ts';
import { sayError } from '../../connectors/kit/peerError.ts';
import type { Consent } from '../admission.ts';
import type { Journal } from '../journal.ts';
import type { Operations } from '../operations.ts';
import type { KeptPlan } from '../plans.ts';
import type { Ports } from '../ports.ts';
import { createPulse, follow } from '../pulse.ts';
import { Refusal } from '../refusal.ts';
import { isCutOffStill, setOfRecords } from './journalledSets.ts';
import { leadsBack, movedOn, saysTheSame, shareDocument } from './sameChanges.ts';

/** Several plans that are reviewed together. */
export interface PlannedSet {
  readonly plans: Plan[];
  readonly problems: { readonly index: number; readonly message: string }[];
}

/** Several changes reviewed and applied together, in order. */
export interface ChangeSets {
  plan(operations: readonly Operation[]): Promise<PlannedSet>;
  apply(request: {
    readonly planIds: readonly string[];
    readonly reason: string;
    readonly confirmations: readonly (Consent & { readonly planId: string })[];
  }): Promise<string>;
  watch(setId: string, signal: AbortSignal | undefined): AsyncGenerator<ChangeSet>;
  planUndo(setId: string): Promise<PlannedSet>;
  /** Sets in the middle of which an earlier run ended, and which nobody undid or left so. */
  cutOff(): Promise<ChangeSet[]>;
  leave(setId: string): Promise<void>;
}

/** A change of a set that was sent. */
interface Done {
  readonly kept: KeptPlan;
  readonly operationId: string;
}

interface SetParts {
  readonly journal: Journal;
  readonly operations: Operations;
  readonly ports: Ports;
}

/** No set is larger than this. */
const mostOfASet = 50;
/** Sets that were cut off are looked for among so many of the newest operations. */
const newest = 500;

export function createChangeSets({ journal, operations, ports }: SetParts): ChangeSets {
  const sets = new Map<string, ChangeSet>();
  /** A second word for the same plans gets the same set. */
  const begun = new Map<string, string>();
  const changes = createPulse();

  async function planAll<T>(all: readonly T[], plan: (one: T) => Promise<Plan>): Promise<PlannedSet> {
    const planned: PlannedSet = { plans: [], problems: [] };
    for (const [index, one] of all.entries()) {
      try {
        planned.plans.push(await plan(one));
      } catch (thrown) {
        planned.problems.push({ index, message: sayError(thrown, 'Planning') });
      }
    }
    return planned;
  }

  function put(setId: string, at: number, change: Partial<SetItem>): void {
    const set = sets.get(setId);
    if (set === undefined) return;
    sets.set(setId, {
      ...set,
      items: set.items.map((item, i) => (i === at ? { ...item, ...change } : item)),
    });
    changes.bump();
  }

  /** What was reviewed, or the same made anew where an earlier plan of the set wrote to its document. */
  async function readyPlan(kept: KeptPlan, before: readonly Done[]): Promise<string> {
    const { plan } = kept;
    const shared = before.filter((earlier) => shareDocument(earlier.kept.plan, plan));
    if (shared.length === 0) return plan.id;
    const written = await Promise.all(shared.map(({ operationId }) => journal.read(operationId)));
    const anew = await (plan.undoOf === null
      ? operations.plan(movedOn(plan, written))
      : operations.planUndo(plan.undoOf));
    const undone = plan.undoOf === null ? null : await journal.read(plan.undoOf);
    if (!saysTheSame(plan, anew) && !leadsBack(plan, anew, undone))
      throw new Refusal(
        'REFUSED',
        'Its document was written to by an earlier change of this set, and it would not do the same any more. Review it again.',
      );
    return anew.id;
  }

  async function settle(operationId: string): Promise<string | null> {
    for (let seen = journal.changes.count; ; seen = await journal.changes.after(seen, undefined)) {
      const record = await journal.read(operationId);
      if (record === null) return 'The journal lost it.';
      if (record.state === 'written') return null;
      if (record.finishedAt !== null) return record.error ?? 'It was not written.';
    }
  }

  async function run(setId: string, all: readonly KeptPlan[], consents: readonly Consent[], reason: string) {
    const titles = all.map(({ plan }) => plan.title);
    const done: Done[] = [];
    const undoOf = await undoneSet(all[0]?.plan.undoOf).catch(() => null);
    const begun = sets.get(setId);
    if (begun !== undefined) sets.set(setId, { ...begun, undoOf });
    for (const [at, kept] of all.entries()) {
      put(setId, at, { state: 'writing' });
      let error: string | null;
      try {
        const planId = await readyPlan(kept, done);
        const consent = consents[at] ?? { ticked: [], typedName: null };
        const set = { position: at, titles, ended: null };
        const operationId = await operations.apply({ ...consent, planId, reason, alongside: { setId, set } });
        done.push({ kept, operationId });
        put(setId, at, { operationId });
        error = await settle(operationId);
      } catch (thrown) {
        error = thrown instanceof Refusal ? thrown.message : sayError(thrown, 'Applying');
      }
      put(setId, at, error === null ? { state: 'written' } : { state: 'stopped', error });
      if (error === null) continue;
      for (let rest = at + 1; rest < all.length; rest += 1) put(setId, rest, { state: 'leftOut' });
      await noteEnd(done.at(-1)?.operationId, error);
      break;
    }
    const set = sets.get(setId);
    if (set !== undefined) sets.set(setId, { ...set, finishedAt: ports.clock.now() });
    changes.bump();
  }

  /** A later run must not take a set that was refused for one that was cut off. */
  async function noteEnd(operationId: string | undefined, why: string): Promise<void> {
    if (operationId === undefined) return;
    await journal
      .update(operationId, (record) => ({
        ...record,
        set: record.set === null ? null : { ...record.set, ended: why },
      }))
      .catch((thrown: unknown) =>
        ports.log.warn('the end of a set could not be journalled', { why: String(thrown) }),
      );
  }

  /** The set that these operations take back; null where they are no undo of one. */
  async function undoneSet(operationId: string | null | undefined): Promise<string | null> {
    return operationId == null ? null : ((await journal.read(operationId))?.setId ?? null);
  }

  const recordsOf = (setId: string): Promise<readonly OperationRecord[]> =>
    journal.list({ setId, limit: mostOfASet });

  /** What the journal knows of a set that another run began. */
  async function told(setId: string, records: readonly OperationRecord[]): Promise<ChangeSet | null> {
    const set = setOfRecords(setId, records, !journal.writable);
    return set === null ? null : { ...set, undoOf: await undoneSet(records[0]?.undoOf) };
  }

  return {
    plan: (all) => planAll(all, (operation) => operations.plan(operation)),
    async apply({ planIds, reason, confirmations }) {
      const key = planIds.join(' ');
      const known = begun.get(key);
      if (known !== undefined) return known;
      const all = planIds.map((id) => {
        const kept = operations.find(id);
        if (kept === undefined)
          throw new Refusal('GONE', 'A plan of this set is gone. Nothing was changed. Review the set again.');
        if (kept.operationId !== null)
          throw new Refusal('REFUSED', `“${kept.plan.title}” was applied already. Nothing was changed.`);
        return kept;
      });
      if (!journal.writable) throw new Refusal('REFUSED', 'The journal cannot be written from here.');
      const consents = planIds.map(
        (id) => confirmations.find(({ planId }) => planId === id) ?? { ticked: [], typedName: null },
      );
      // What is refused now need not be found out half way.
      for (const [at, kept] of all.entries())
        operations.check(kept.plan.id, consents[at] ?? { ticked: [], typedName: null });
      const id = ports.random.id();
      begun.set(key, id);
      sets.set(id, {
        id,
        items: all.map(({ plan: { title } }) => ({
          title,
          state: 'waiting',
          operationId: null,
          error: null,
        })),
        cutOff: false,
        undoOf: null,
        finishedAt: null,
      });
      void run(id, all, consents, reason);
      return id;
    },
    async *watch(setId, signal) {
      const ours = sets.has(setId);
      for await (const _ of follow(ours ? changes : journal.changes, () => null, signal)) {
        const set = sets.get(setId) ?? (await told(setId, await recordsOf(setId)));
        if (set === null)
          throw new Refusal('GONE', 'The journal holds no change of this set: nothing of it was written.');
        yield set;
        if (set.finishedAt !== null) return;
      }
    },
    async planUndo(setId) {
      // The journal lists the newest first, which is the order to go back in.
      const back = (await recordsOf(setId)).filter(
        ({ state, undoneBy, finishedAt }) =>
          undoneBy === null &&
          // Where nobody can tell whether it was written, the documents do.
          (state === 'written' || state === 'partly' || (state === 'unknown' && finishedAt !== null)),
      );
      if (back.length === 0)
        throw new Refusal('REFUSED', 'There is nothing to undo: no change of this set is in force.');
      return planAll(back, ({ id }) => operations.planUndo(id));
    },
    async cutOff() {
      // Where another process writes the journal, it may be going on with what stands open there.
      if (!journal.writable) return [];
      const records = (await journal.list({ limit: newest })).filter(({ set }) => set !== null);
      const ids = new Set(records.flatMap(({ setId }) => (setId === null || sets.has(setId) ? [] : [setId])));
      const found: ChangeSet[] = [];
      for (const id of ids) {
        const all = await recordsOf(id);
        const set = isCutOffStill(all) ? await told(id, all) : null;
        if (set !== null) found.push(set);
      }
      return found;
    },
    async leave(setId) {
      if (sets.has(setId)) throw new Refusal('REFUSED', 'This set is not cut off.');
      const [last] = (await recordsOf(setId)).toSorted(
        (a, b) => (b.set?.position ?? 0) - (a.set?.position ?? 0),
      );
      if (last === undefined) throw new Refusal('GONE', 'The journal holds no change of this set.');
      await noteEnd(last.id, 'Podium ended before it was begun, and it was left so.');
    },
  };
}
