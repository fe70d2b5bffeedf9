import type { Operation } from '../../model/operation.ts';
import type { Plan } from '../../model/plan.ts';
import type { ChangeSet } from '../../model/watch.ts';
import { sayError } from '../../connectors/kit/peerError.ts';
import type { Consent } from '../admission.ts';
import type { Journal } from '../journal.ts';
import type { Operations } from '../operations.ts';
import type { KeptPlan } from '../plans.ts';
import type { Ports } from '../ports.ts';
import { createPulse, follow } from '../pulse.ts';
import { Refusal } from '../refusal.ts';
import { saysTheSame, shareDocument } from './sameChanges.ts';

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
}

interface SetParts {
  readonly journal: Journal;
  readonly operations: Operations;
  readonly ports: Ports;
}

type Item = ChangeSet['items'][number];

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

  function put(setId: string, at: number, change: Partial<Item>): void {
    const set = sets.get(setId);
    if (set === undefined) return;
    sets.set(setId, {
      ...set,
      items: set.items.map((item, i) => (i === at ? { ...item, ...change } : item)),
    });
    changes.bump();
  }

  /** What was reviewed, or the same made anew where an earlier plan of the set wrote to its document. */
  async function readyPlan(kept: KeptPlan, before: readonly KeptPlan[]): Promise<string> {
    const { plan } = kept;
    if (!before.some((earlier) => shareDocument(earlier.plan, plan))) return plan.id;
    const anew = await (plan.undoOf === null
      ? operations.plan(plan.operation)
      : operations.planUndo(plan.undoOf));
    if (!saysTheSame(plan, anew))
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
    for (const [at, kept] of all.entries()) {
      put(setId, at, { state: 'writing' });
      const error = await applyOne(setId, at, kept, all.slice(0, at), consents[at], reason).catch(
        (thrown: unknown) => (thrown instanceof Refusal ? thrown.message : sayError(thrown, 'Applying')),
      );
      put(setId, at, error === null ? { state: 'written' } : { state: 'stopped', error });
      if (error === null) continue;
      for (let rest = at + 1; rest < all.length; rest += 1) put(setId, rest, { state: 'leftOut' });
      break;
    }
    const set = sets.get(setId);
    if (set !== undefined) sets.set(setId, { ...set, finishedAt: ports.clock.now() });
    changes.bump();
  }

  /** Null once it is written, else why it was not. */
  async function applyOne(
    setId: string,
    at: number,
    kept: KeptPlan,
    before: readonly KeptPlan[],
    consent: Consent = { ticked: [], typedName: null },
    reason: string,
  ): Promise<string | null> {
    const planId = await readyPlan(kept, before);
    const operationId = await operations.apply({ ...consent, planId, reason, alongside: { setId } });
    put(setId, at, { operationId });
    return settle(operationId);
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
        items: all.map(({ plan: { id: planId, title } }) => ({
          planId,
          title,
          state: 'waiting',
          operationId: null,
          error: null,
        })),
        finishedAt: null,
      });
      void run(id, all, consents, reason);
      return id;
    },
    async *watch(setId, signal) {
      for await (const set of follow(changes, () => sets.get(setId), signal)) {
        if (set === undefined) throw new Refusal('GONE', 'This console knows no such set; see the journal.');
        yield set;
        if (set.finishedAt !== null) return;
      }
    },
    async planUndo(setId) {
      // The journal lists the newest first, which is the order to go back in.
      const records = await journal.list({ setId, limit: 50 });
      const back = records.filter(
        ({ state, undoneBy }) => (state === 'written' || state === 'partly') && undoneBy === null,
      );
      if (back.length === 0)
        throw new Refusal('REFUSED', 'There is nothing to undo: no change of this set is in force.');
      return planAll(back, ({ id }) => operations.planUndo(id));
    },
  };
}
