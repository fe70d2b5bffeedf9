import '../Review.css';
import './set.css';
import { useState } from 'react';
import type { Plan } from '../../../../shared/model/plan.ts';
import type { ChangeSet } from '../../../../shared/model/watch.ts';
import { ask } from '../../../client/link.ts';
import { wordsOfError } from '../../../client/watch.ts';
import { useNow } from '../../../live/clock.ts';
import { useConnections } from '../../../live/connections.ts';
import {
  closeSetReview,
  openSetReview,
  reasonOf,
  type SetRequest,
  useSetReview,
} from '../../../state/setReview.ts';
import { askToUnlock } from '../../../state/unlock.ts';
import { Button } from '../../../ui/Button.tsx';
import { Dialog } from '../../../ui/Dialog.tsx';
import { TextField } from '../../../ui/Field.tsx';
import { formatCount } from '../../../ui/format.ts';
import { plainText } from '../../../ui/plainText.ts';
import { type Confirmation, type Hindrance, hindranceOf } from '../applyGate.ts';
import { SetPlan } from './SetPlan.tsx';
import { SetProgress } from './SetProgress.tsx';
import { hasToUndo } from './setWords.ts';
import { useCutOffSets } from './useCutOffSets.ts';
import { useSetFlow } from './useSetFlow.ts';

/** Several changes reviewed together, in the order in which they will be applied. */
export function SetDialog() {
  const { request, number } = useSetReview();
  useCutOffSets();
  return request === null ? null : <SetReview key={number} request={request} />;
}

const nothingSaid: Confirmation = { ticked: new Set(), typedName: '' };

function SetReview({ request }: { readonly request: SetRequest }) {
  const { flow, replan, order, apply } = useSetFlow(request);
  const [words, setWords] = useState<ReadonlyMap<string, Confirmation>>(new Map());
  const [reason, setReason] = useState(() => reasonOf(request));
  const connections = useConnections();
  const now = useNow();
  const plans = 'plans' in flow ? flow.plans : [];
  const hindrance = firstHindrance(plans, (plan) =>
    hindranceOf(
      plan,
      connections.find(({ id }) => id === plan.connection.id) ?? null,
      words.get(plan.id) ?? nothingSaid,
      now,
    ),
  );
  const move = (at: number, by: number) => {
    const next = [...plans];
    const [plan] = next.splice(at, 1);
    if (plan !== undefined) next.splice(at + by, 0, plan);
    order(next);
  };
  return (
    <Dialog title={titleOf(request)} onClose={closeSetReview} widthPx={860} closesOutside={false}>
      {flow.phase === 'planning' && (
        <p className="reviewBusy" role="status">
          <span className="spinner" aria-hidden="true" /> Asking the cluster for dry runs…
        </p>
      )}
      {(flow.phase === 'refused' || flow.phase === 'unanswered') && (
        <p className="reviewRefused" role="alert">
          {plainText(flow.text, 600)}
        </p>
      )}
      {(flow.phase === 'planned' || flow.phase === 'sending') && (
        <>
          <p className="muted">
            They are applied in this order, each after the one before was written; the first that is not ends
            it.
          </p>
          {flow.note !== null && (
            <p className="reviewNote" role="alert">
              {plainText(flow.note, 600)}
            </p>
          )}
          {flow.problems.map(({ title: which, message }, index) => (
            <p key={index} className="reviewNote" role="alert">
              <b>{plainText(which, 120)}</b> cannot be planned and is left out: {plainText(message, 400)}
            </p>
          ))}
          <ol className="setPlans">
            {plans.map((plan, index) => (
              <SetPlan
                key={plan.id}
                plan={plan}
                place={index}
                last={plans.length - 1}
                confirmation={words.get(plan.id) ?? nothingSaid}
                onConfirm={(word) => setWords(new Map(words).set(plan.id, word))}
                onMove={(by) => move(index, by)}
                onLeaveOut={() => order(plans.filter(({ id }) => id !== plan.id))}
              />
            ))}
          </ol>
          <div className="reviewReason">
            <TextField label="Reason" value={reason} onChange={setReason} lines={2} />
          </div>
        </>
      )}
      {flow.phase === 'sent' && (
        <>
          <SetProgress titles={flow.titles} set={flow.set} />
          {flow.problem !== null && (
            <p className="reviewNote" role="alert">
              {plainText(flow.problem, 600)}
            </p>
          )}
        </>
      )}
      <div className="reviewFooter">
        <p className="grow muted" role="status">
          {flow.phase === 'planned' && plans.length > 0 && plainText(hindrance?.text ?? '', 400)}
          {flow.phase === 'sent' &&
            flow.set?.finishedAt == null &&
            !flow.set?.cutOff &&
            'Closing this does not stop it; the journal follows on'}
        </p>
        {flow.phase === 'planned' && hindrance?.remedy === 'unlock' && (
          <Button onPress={() => askToUnlock(hindrance.connectionId)}>Unlock…</Button>
        )}
        {(flow.phase === 'refused' || (flow.phase === 'planned' && hindrance?.remedy === 'replan')) && (
          <Button onPress={replan}>Review again</Button>
        )}
        {flow.phase === 'sent' && flow.set !== null && <WaysOn set={flow.set} />}
        <Button onPress={closeSetReview}>{flow.phase === 'sent' ? 'Close' : 'Cancel'}</Button>
        {(flow.phase === 'planned' || flow.phase === 'sending') && (
          <Button
            tone="primary"
            isDisabled={flow.phase === 'sending' || plans.length === 0 || hindrance !== null}
            onPress={() => apply(plans, words, reason)}
          >
            {flow.phase === 'sending' ? 'Applying…' : `Apply all (${plans.length})`}
          </Button>
        )}
      </div>
    </Dialog>
  );
}

function titleOf(request: SetRequest): string {
  switch (request.kind) {
    case 'plan':
      return `Review ${formatCount(request.items.length, 'change')} together`;
    case 'undo':
      return 'Undo what was done, last first';
    case 'look':
      return 'Changes applied together';
  }
}

/** What can be done about a set that is over: take back what was done, or leave what was cut off as it is. */
function WaysOn({ set }: { readonly set: ChangeSet }) {
  const { id, undoOf, cutOff } = set;
  const [problem, setProblem] = useState<string | null>(null);
  const leave = () =>
    ask((client) => client.operations.leaveSet({ setId: id })).then(closeSetReview, (error: unknown) =>
      setProblem(wordsOfError(error)),
    );
  return (
    <>
      {problem !== null && <span role="alert">{problem}</span>}
      {cutOff && <Button onPress={() => void leave()}>Leave it so</Button>}
      {undoOf !== null && set.items.some(({ state }) => state !== 'written') && (
        <Button onPress={() => openSetReview({ kind: 'undo', setId: undoOf })}>Undo the rest…</Button>
      )}
      {undoOf === null && hasToUndo(set) && (
        <Button onPress={() => openSetReview({ kind: 'undo', setId: id })}>Undo what was done…</Button>
      )}
    </>
  );
}

/** The first thing in the way of any of them, with whose it is. */
function firstHindrance(
  plans: readonly Plan[],
  of: (plan: Plan) => Hindrance | null,
): (Hindrance & { readonly connectionId: string }) | null {
  for (const plan of plans) {
    const found = of(plan);
    if (found !== null)
      return { ...found, text: `${plan.title}: ${found.text}`, connectionId: plan.connection.id };
  }
  return null;
}
