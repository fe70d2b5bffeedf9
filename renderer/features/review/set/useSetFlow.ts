import { useCallback, useEffect, useRef, useState } from 'react';
import type { Plan } from '../../../../shared/model/plan.ts';
import type { ChangeSet } from '../../../../shared/model/watch.ts';
import { ask } from '../../../client/link.ts';
import { watch, wordsOfError } from '../../../client/watch.ts';
import { followOperation } from '../../../live/operations.ts';
import type { SetItem, SetRequest } from '../../../state/setReview.ts';
import type { Confirmation } from '../applyGate.ts';
import { applyFailureOf } from '../reviewFlow.ts';
import { dropDraftsOf } from '../reviewCalls.ts';

/** Something of a set that could not be planned. */
export interface SetProblem {
  readonly title: string;
  readonly message: string;
}

/** Where the review of a set stands; once it was sent there is no way back to plans that could be sent again. */
export type SetFlow =
  | { readonly phase: 'planning' }
  | { readonly phase: 'refused'; readonly text: string }
  | {
      readonly phase: 'planned' | 'sending';
      readonly plans: readonly Plan[];
      readonly problems: readonly SetProblem[];
      readonly note: string | null;
    }
  | {
      readonly phase: 'sent';
      readonly titles: readonly string[];
      readonly set: ChangeSet | null;
      readonly setId: string;
      /** Why nothing is told of it, where that is so. */
      readonly problem: string | null;
    }
  | { readonly phase: 'unanswered'; readonly text: string };

interface SetReview {
  readonly flow: SetFlow;
  readonly replan: () => void;
  readonly order: (plans: readonly Plan[]) => void;
  readonly apply: (
    plans: readonly Plan[],
    confirmations: ReadonlyMap<string, Confirmation>,
    reason: string,
  ) => void;
}

/** Plans all changes of a set, applies them at most once, and follows how far that is. */
export function useSetFlow(request: SetRequest): SetReview {
  const [flow, setFlow] = useState<SetFlow>(() => firstOf(request));
  const [round, setRound] = useState(0);
  // What a press must see at once; state would let a second press of the same moment through.
  const sent = useRef(false);
  useEffect(() => {
    if (request.kind === 'look') return;
    let isOver = false;
    sent.current = false;
    planAll(request).then(
      (planned) => {
        if (!isOver) setFlow({ phase: 'planned', ...planned, note: null });
      },
      (error: unknown) => {
        if (!isOver) setFlow({ phase: 'refused', text: wordsOfError(error) });
      },
    );
    return () => {
      isOver = true;
    };
  }, [request, round]);

  const setId = flow.phase === 'sent' ? flow.setId : null;
  useEffect(() => {
    if (setId === null) return;
    const stop = watch((client, signal) => client.operations.watchSet({ setId }, { signal }), {
      onValue: (set) => {
        setFlow((before) => (before.phase === 'sent' ? { ...before, set, problem: null } : before));
        for (const { operationId } of set.items) if (operationId !== null) followOperation(operationId);
        if (set.finishedAt !== null) stop();
      },
      onProblem: (problem) =>
        setFlow((before) => (before.phase === 'sent' ? { ...before, problem } : before)),
    });
    return stop;
  }, [setId]);

  const replan = useCallback(() => {
    setFlow({ phase: 'planning' });
    setRound((count) => count + 1);
  }, []);
  const order = useCallback(
    (plans: readonly Plan[]) =>
      setFlow((before) => (before.phase === 'planned' ? { ...before, plans } : before)),
    [],
  );
  const apply = useCallback(
    async (plans: readonly Plan[], confirmations: ReadonlyMap<string, Confirmation>, reason: string) => {
      if (sent.current) return;
      sent.current = true;
      setFlow((before) => (before.phase === 'planned' ? { ...before, phase: 'sending' } : before));
      try {
        const begun = await ask((client) =>
          client.operations.applySet({
            planIds: plans.map(({ id }) => id),
            reason,
            confirmations: plans.map(({ id: planId }) => {
              const word = confirmations.get(planId);
              const typedName = word?.typedName ?? '';
              return {
                planId,
                ticked: [...(word?.ticked ?? [])],
                typedName: typedName === '' ? null : typedName,
              };
            }),
          }),
        );
        plans.forEach(dropDraftsOf);
        setFlow({ ...sentAs(begun.setId), titles: plans.map(({ title }) => title) });
      } catch (error) {
        const failure = applyFailureOf(error);
        if (failure.kind === 'unanswered') return setFlow({ phase: 'unanswered', text: failure.text });
        sent.current = false;
        setFlow((before) =>
          before.phase === 'sending' ? { ...before, phase: 'planned', note: failure.text } : before,
        );
      }
    },
    [],
  );
  return { flow, replan, order, apply: (...word) => void apply(...word) };
}

const sentAs = (setId: string) => ({ phase: 'sent', titles: [], set: null, setId, problem: null }) as const;

const firstOf = (request: SetRequest): SetFlow =>
  request.kind === 'look' ? sentAs(request.setId) : { phase: 'planning' };

async function planAll(
  request: Exclude<SetRequest, { kind: 'look' }>,
): Promise<{ plans: readonly Plan[]; problems: readonly SetProblem[] }> {
  const items: readonly SetItem[] = request.kind === 'plan' ? request.items : [];
  const { plans, problems } = await ask((client) =>
    request.kind === 'plan'
      ? client.operations.planSet({ operations: items.map(({ operation }) => operation) })
      : client.operations.planUndoSet({ setId: request.setId }),
  );
  return {
    plans,
    problems: problems.map(({ index, message }) => ({
      title: items[index]?.title ?? `Change ${index + 1}`,
      message,
    })),
  };
}
