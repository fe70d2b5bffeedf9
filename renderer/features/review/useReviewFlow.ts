import { useCallback, useEffect, useRef, useState } from 'react';
import type { Operation } from '../../../shared/model/operation.ts';
import type { Plan } from '../../../shared/model/plan.ts';
import type { HeldTrip } from '../../../shared/model/trip.ts';
import { ask, type ConsoleClient } from '../../client/link.ts';
import { wordsOfError } from '../../client/watch.ts';
import { followOperation } from '../../live/operations.ts';
import { discardDraft, useDrafts } from '../../state/drafts.ts';
import { type ReviewRequest, showOperation, useReview } from '../../state/review.ts';
import type { Confirmation } from './applyGate.ts';
import { applyFailureOf, codeOf, type ReviewFlow } from './reviewFlow.ts';

interface Review {
  readonly flow: ReviewFlow;
  /** Plans the same wish once more; with an operation, plans that one instead. */
  readonly replan: (note: string | null, operation?: Operation) => void;
  readonly apply: (plan: Plan, confirmation: Confirmation, reason: string) => void;
}

/** Plans when it begins, applies at most once, and follows what was applied. */
export function useReviewFlow(request: ReviewRequest): Review {
  const [flow, setFlow] = useState<ReviewFlow>({ phase: 'planning', plan: null, note: null });
  // What a press must see at once; state would let a second press of the same moment through.
  const sent = useRef(false);
  const round = useRef(0);

  const plan = useCallback(
    async (operation: Operation | null, note: string | null) => {
      round.current += 1;
      const mine = round.current;
      sent.current = false;
      try {
        const made = await ask((client) => {
          if (operation) return client.operations.plan({ operation });
          if (request.kind === 'plan') return client.operations.plan({ operation: request.operation });
          if (request.kind === 'endTrip') return planEnd(client, request.trip);
          return client.operations.planUndo({ operationId: request.operationId });
        });
        if (round.current === mine) setFlow({ phase: 'planned', plan: made, note });
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
    async (made: Plan, { ticked, typedName }: Confirmation, reason: string) => {
      if (sent.current) return;
      sent.current = true;
      setFlow({ phase: 'sending', plan: made });
      try {
        const { operationId } = await ask((client) =>
          client.operations.apply({
            planId: made.id,
            reason,
            ticked: [...ticked],
            typedName: typedName === '' ? null : typedName,
          }),
        );
        // Closed while it was being sent: then a toast will tell, not the dialog.
        if (useReview.getState().request === request) showOperation(operationId);
        followOperation(operationId);
        dropDraftOf(made);
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

  return { flow, replan, apply: (made, confirmation, reason) => void apply(made, confirmation, reason) };
}

/** A trip of our own is taken back as the journal has it; one of another Podium is ended by what its document says. */
async function planEnd(client: ConsoleClient, trip: HeldTrip): Promise<Plan> {
  const { operationId, connectionId, id, calleeId } = trip;
  const end = { kind: 'endTrip', connectionId, tripId: id, serviceId: calleeId } as const;
  try {
    return await client.operations.planUndo({ operationId });
  } catch (error) {
    if (codeOf(error) !== 'REFUSED') throw error;
    return client.operations.plan({ operation: end });
  }
}

/** What to plan once more: an undo is worked out anew from the journal, anything else is asked for as it was. */
export function wishOf(plan: Plan): Operation | undefined {
  return plan.undoOf === null ? plan.operation : undefined;
}

/** What was asked for is no longer pending; a draft that has moved on since stays. */
function dropDraftOf({ operation }: Plan): void {
  if (operation.kind !== 'setWeights') return;
  const draft = useDrafts.getState().bySplit[operation.splitId];
  if (draft && draft.weights.every((weight, index) => weight === operation.weights[index])) {
    discardDraft(operation.splitId);
  }
}
