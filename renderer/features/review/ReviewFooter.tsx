import type { ReactNode } from 'react';
import { canUndo, isOver } from '../../../shared/analysis/recordEnd.ts';
import type { Plan } from '../../../shared/model/plan.ts';
import type { OperationRecord } from '../../../shared/model/record.ts';
import { closeReview, openReview } from '../../state/review.ts';
import { askToUnlock } from '../../state/unlock.ts';
import { showPage } from '../../state/view.ts';
import { Button } from '../../ui/Button.tsx';
import { formatHold } from './holdWords.ts';
import { formatSpan } from '../../ui/format.ts';
import { plainText } from '../../ui/plainText.ts';
import { frictionOf, type Hindrance } from './applyGate.ts';
import { isTrip, undoTitle } from './outcome.ts';
import type { ReviewFlow } from './reviewFlow.ts';

interface ReviewFooterProps {
  readonly flow: ReviewFlow;
  readonly plan: Plan;
  readonly record: OperationRecord | null;
  readonly hindrance: Hindrance | null;
  readonly now: number;
  readonly onReplan: () => void;
  readonly onApply: () => void;
}

/** What stands in the way or what is going on, in words, beside the buttons that are of use now. */
export function ReviewFooter(props: ReviewFooterProps) {
  const { flow, plan, record } = props;
  if (flow.phase === 'sent') {
    return (
      <Row words={record === null ? goesOn : sentWords(record)}>
        {record?.state === 'notWritten' && <Button onPress={props.onReplan}>Review it again</Button>}
        {record && canUndo(record) && (
          <Button
            onPress={() => openReview({ kind: 'undo', operationId: record.id, title: undoTitle(record) })}
          >
            {isTrip(record) ? 'End trip…' : 'Undo…'}
          </Button>
        )}
        <Button tone="primary" onPress={closeReview}>
          Close
        </Button>
      </Row>
    );
  }
  if (flow.phase === 'unanswered') {
    return (
      <Row words={flow.text} isAlert>
        <Button
          onPress={() => {
            showPage('journal');
            closeReview();
          }}
        >
          Open the journal
        </Button>
        <Button tone="primary" onPress={closeReview}>
          Close
        </Button>
      </Row>
    );
  }
  return <Before {...props} plan={plan} />;
}

const goesOn = 'Closing this does not stop it; the journal follows on';

/** What goes on when the dialog is closed, if anything does. */
function sentWords(record: OperationRecord): string {
  const { state, hold, watch } = record;
  if (state === 'notWritten') return 'Nothing was written';
  if (!isOver(record)) return goesOn;
  const isWatched = watch !== null && ['watching', 'returning', 'stuck'].includes(watch.state);
  if (isWatched) return 'Closing this does not stop the watch; the journal tells what becomes of it';
  if (hold !== null && hold.state !== 'ended')
    return 'Closing this does not end it; the journal tells what becomes of it';
  return 'Podium follows it no further; the journal keeps what was seen';
}

function Before({ flow, plan, hindrance, now, onReplan, onApply }: ReviewFooterProps) {
  const isBusy = flow.phase !== 'planned';
  const leftMs = plan.expiresAt - now;
  const words = flow.phase === 'planning' ? 'Planning again…' : (hindrance?.text ?? frictionOf(plan));
  return (
    <Row words={words}>
      {leftMs > 0 && (
        <span className={leftMs < 60_000 ? 'toneWarn num' : 'muted num'}>
          plan valid for {formatSpan(leftMs)}
        </span>
      )}
      {hindrance?.remedy === 'unlock' && (
        <Button onPress={() => askToUnlock(plan.connection.id)}>Unlock {plan.connection.title}…</Button>
      )}
      {hindrance?.remedy === 'replan' && <Button onPress={onReplan}>Review it again</Button>}
      <Button onPress={closeReview}>Cancel</Button>
      <Button tone="primary" isDisabled={isBusy || hindrance !== null} onPress={onApply}>
        {flow.phase === 'sending' ? 'Applying…' : applyWords(plan)}
      </Button>
    </Row>
  );
}

/** A trip says on its button for how long: it is the one thing that is easily overlooked. */
function applyWords({ holdSeconds }: Plan): string {
  return holdSeconds === null ? 'Apply' : `Apply trip for ${formatHold(holdSeconds)}`;
}

function Row(props: { readonly words: string; readonly isAlert?: boolean; readonly children: ReactNode }) {
  return (
    <div className="reviewFooter">
      <p className={props.isAlert ? 'grow toneWarn' : 'grow muted'} role={props.isAlert ? 'alert' : 'status'}>
        {plainText(props.words, 600)}
      </p>
      {props.children}
    </div>
  );
}
