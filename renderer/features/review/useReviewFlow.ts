import { useCallback, useEffect, useRef, useState } from 'react';
import type { Operation } from '../../../shared/model/operation.ts';
import type { Plan } from '../../../shared/model/plan.ts';
import type { CanaryOutlook } from '../../../shared/model/watch.ts';
import { ask } from '../../client/link.ts';
import { wordsOfError } from '../../client/watch.ts';
import { followOperation } from '../../live/operations.ts';
import { type ReviewRequest, showOperation, useReview } from '../../state/review.ts';
import { applyOf, dropDraftsOf, planOf, type Word } from './reviewCalls.ts';
import { applyFailureOf, type ReviewFlow } from './reviewFlow.ts';

interface Review {
  readonly flow: ReviewFlow;
  /** What each step of a guided canary will do; empty for anything else. */
  readonly steps: readonly CanaryOutlook[];
  /** Plans the same wish once more; with an operation, plans that one instead. */
  readonly replan: (note: string | null, operation?: Operation) => void;
  readonly apply: (plan: Plan, word: Word) => void;
}

/** Plans when it begins, applies at most once, and follows what was applied. */
export function useReviewFlow(request: ReviewRequest): Review {
  const [flow, setFlow] = useState<ReviewFlow>({ phase: 'planning', plan: null, note: null });
  const [steps, setSteps] = useState<readonly CanaryOutlook[]>([]);
  // What a press must see at once; state would let a second press of the same moment through.
  const sent = useRef(false);
  const round = useRef(0);

  const plan = useCallback(
    async (operation: Operation | null, note: string | null) => {
      round.current += 1;
      const mine = round.current;
      sent.current = false;
      try {
        const made = await ask((client) => planOf(client, request, operation));
        if (round.current !== mine) return;
        setSteps(made.steps);
        setFlow({ phase: 'planned', plan: made.plan, note });
      } catch (error) {
        if (round.current === mine) setFlow({ phase: 'refused', text: wordsOfError(error) });
      }
    },
    [request],
  );

  useEffect(() => {
    void plan(null, null);
    return () => {
      round.current += 1;
    };
  }, [plan]);

  const replan = useCallback(
    (note: string | null, operation?: Operation) => {
      setFlow((before) => ({ phase: 'planning', plan: 'plan' in before ? before.plan : null, note }));
      void plan(operation ?? null, note);
    },
    [plan],
  );

  const apply = useCallback(
    async (made: Plan, word: Word) => {
      if (sent.current) return;
      sent.current = true;
      setFlow({ phase: 'sending', plan: made });
      try {
        const operationId = await ask((client) => applyOf(client, request, made, word));
        // Closed while it was being sent: then a toast will tell, not the dialog.
        if (useReview.getState().request === request) showOperation(operationId);
        followOperation(operationId);
        dropDraftsOf(made);
        setFlow({ phase: 'sent', plan: made, operationId });
      } catch (error) {
        const failure = applyFailureOf(error);
        if (failure.kind === 'unanswered') {
          setFlow({ phase: 'unanswered', plan: made, text: failure.text });
          return;
        }
        if (failure.kind === 'planAgain') {
          replan(failure.text, wishOf(made));
          return;
        }
        sent.current = false;
        setFlow({ phase: 'planned', plan: made, note: failure.text });
      }
    },
    [replan, request],
  );

  return { flow, steps, replan, apply: (made, word) => void apply(made, word) };
}

/** What to plan once more: an undo is worked out anew from the journal, anything else is asked for as it was. */
export function wishOf(plan: Plan): Operation | undefined {
  return plan.undoOf === null ? plan.operation : undefined;
}
