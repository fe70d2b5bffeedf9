import './Review.css';
import { useState } from 'react';
import { type WatchDraft, watchOf } from '../../../shared/analysis/watchDraft.ts';
import type { Plan } from '../../../shared/model/plan.ts';
import type { OperationRecord } from '../../../shared/model/record.ts';
import type { CanaryOutlook } from '../../../shared/model/watch.ts';
import { useConnection } from '../../live/connections.ts';
import { useNow } from '../../live/clock.ts';
import { useOperation } from '../../live/operations.ts';
import { closeReview, type ReviewRequest, useReview } from '../../state/review.ts';
import { Dialog, DialogActions } from '../../ui/Dialog.tsx';
import { plainText } from '../../ui/plainText.ts';
import { Button } from '../../ui/Button.tsx';
import { hindranceOf, hindranceOfWatch } from './applyGate.ts';
import { CanarySteps } from './CanarySteps.tsx';
import { type Expiry, mayExpire, secondsOf } from './expiry.ts';
import { ExpirySection } from './ExpirySection.tsx';
import { PlanBody } from './PlanBody.tsx';
import { ReviewFooter } from './ReviewFooter.tsx';
import { useOperationToasts } from './useOperationToasts.ts';
import { useReviewFlow, wishOf } from './useReviewFlow.ts';
import { WatchProgress } from './WatchProgress.tsx';
import { WatchSection } from './WatchSection.tsx';
import { useWatchTarget, type WatchTarget } from './watchTarget.ts';

/** The one dialog through which everything is written. Nothing is drawn while no review is asked for. */
export function ReviewDialog() {
  const { request, number } = useReview();
  useOperationToasts();
  return request === null ? null : <Review key={number} request={request} />;
}

function Review({ request }: { readonly request: ReviewRequest }) {
  const { flow, steps, replan, apply } = useReviewFlow(request);
  const [ticks, setTicks] = useState<ReadonlyMap<string, string>>(new Map());
  const [typedName, setTypedName] = useState('');
  const [reason, setReason] = useState(firstReason(request));
  const [watching, setWatching] = useState<WatchDraft | null>(null);
  const [expires, setExpires] = useState<Expiry>('never');
  const plan = 'plan' in flow ? flow.plan : null;
  const connection = useConnection(plan?.connection.id ?? null);
  const record = useOperation(flow.phase === 'sent' ? flow.operationId : null);
  const target = useWatchTarget(plan);
  const now = useNow();

  if (plan === null) {
    return (
      <Dialog title={plainText(request.title, 200)} onClose={closeReview} widthPx={520} closesOutside={false}>
        {flow.phase === 'refused' ? (
          <p className="reviewRefused" role="alert">
            {plainText(flow.text, 600)}
          </p>
        ) : (
          <p className="reviewBusy" role="status">
            <span className="spinner" aria-hidden="true" /> Asking the cluster for a dry run…
          </p>
        )}
        <DialogActions>
          {flow.phase === 'refused' && <Button onPress={() => replan(null)}>Try again</Button>}
          <Button onPress={closeReview}>Close</Button>
        </DialogActions>
      </Dialog>
    );
  }

  const confirmation = { ticked: ticksThatStand(plan, ticks), typedName };
  const watch =
    watching === null || isCanary(request) || target.hindrance !== null
      ? { request: null, problem: null }
      : watchOf(watching, target.present);
  const isBefore = flow.phase === 'planned' || flow.phase === 'planning';
  const tick = (id: string, on: boolean) => {
    const next = new Map(ticks);
    const title = plan.guards.find((guard) => guard.id === id)?.title;
    if (on && title !== undefined) next.set(id, title);
    else next.delete(id);
    setTicks(next);
  };
  return (
    <Dialog
      title={plainText(titleOf(request, plan), 200)}
      onClose={closeReview}
      widthPx={1050}
      closesOutside={false}
    >
      <PlanBody
        plan={plan}
        record={record}
        isSent={!isBefore}
        note={'note' in flow ? flow.note : null}
        confirmation={confirmation}
        onTick={tick}
        onTypedName={setTypedName}
        reason={reason}
        onReason={setReason}
        onPlanAgain={(operation) => replan(null, operation)}
        watch={
          <>
            {isBefore && mayExpire(request, plan) && (
              <ExpirySection selected={expires} onSelect={setExpires} />
            )}
            <WatchPart
              request={request}
              target={target}
              record={record}
              isBefore={isBefore}
              steps={steps}
              draft={watching}
              onChange={setWatching}
            />
          </>
        }
      />
      <ReviewFooter
        flow={flow}
        plan={plan}
        record={record}
        hindrance={
          isBefore
            ? (hindranceOf(plan, connection, confirmation, now) ?? hindranceOfWatch(watch.problem))
            : null
        }
        now={now}
        onReplan={() => replan(null, wishOf(plan))}
        onApply={() =>
          apply(plan, {
            confirmation,
            reason,
            watch: watch.request,
            expireSeconds: mayExpire(request, plan) ? secondsOf(expires) : null,
          })
        }
      />
    </Dialog>
  );
}

interface WatchPartProps {
  readonly request: ReviewRequest;
  readonly target: WatchTarget;
  readonly record: OperationRecord | null;
  readonly isBefore: boolean;
  readonly steps: readonly CanaryOutlook[];
  readonly draft: WatchDraft | null;
  readonly onChange: (draft: WatchDraft) => void;
}

/** What is watched: asked for before, told after; a canary said it when it was asked for. */
function WatchPart({ request, target, record, isBefore, steps, draft, onChange }: WatchPartProps) {
  return (
    <>
      {request.kind === 'canary' && <CanarySteps request={request.request} steps={steps} />}
      {isBefore && !isCanary(request) && <WatchSection target={target} draft={draft} onChange={onChange} />}
      {!isBefore && record !== null && <WatchProgress record={record} />}
    </>
  );
}

function isCanary({ kind }: ReviewRequest): boolean {
  return kind === 'canary' || kind === 'finishCanary';
}

function titleOf({ kind }: ReviewRequest, { title }: Plan): string {
  if (kind === 'canary') return `Start a canary: ${title}`;
  return kind === 'finishCanary' ? `Finish the canary: ${title}` : title;
}

function firstReason(request: ReviewRequest): string {
  if (request.kind === 'plan') return request.reason ?? '';
  return request.kind === 'canary' ? request.request.reason : '';
}

/** A tick is for the words it was given under: when a plan made anew says something else, it is asked for again. */
function ticksThatStand(plan: Plan, ticks: ReadonlyMap<string, string>): ReadonlySet<string> {
  return new Set(plan.guards.filter((guard) => ticks.get(guard.id) === guard.title).map((guard) => guard.id));
}
