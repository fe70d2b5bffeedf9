import './Tray.css';
import { type RefObject, useCallback, useEffect, useRef } from 'react';
import { useConnection, useConnectionStore } from '../../live/connections.ts';
import { useServiceSignals } from '../../live/signals.ts';
import { useSplit } from '../../live/splits.ts';
import { useService } from '../../live/topology.ts';
import { discardDraft, type Draft, isOvertaken, operationOf, useDrafts } from '../../state/drafts.ts';
import { type PendingChange, usePending } from '../../state/pending.ts';
import { openReview, useReview } from '../../state/review.ts';
import { openSetReview } from '../../state/setReview.ts';
import { askToUnlock } from '../../state/unlock.ts';
import { Button } from '../../ui/Button.tsx';
import { Place } from '../../ui/Place.tsx';
import { plainText } from '../../ui/plainText.ts';
import { ChangeLine } from './ChangeLine.tsx';
import { movesOf, outlookOf } from './trayWords.ts';

/** What is pending, what it would do, and the two ways on: put it back or review it. Nothing here writes. */
export function Tray() {
  const drafts = Object.values(useDrafts((state) => state.bySplit));
  const changes = usePending((state) => state.changes);
  const newest = drafts.at(-1) ?? null;
  const count = drafts.length + changes.length;
  useReviewByEnter(newest);
  const tray = useRef<HTMLElement | null>(null);
  useTrayByKey(tray, count > 0);
  const hold = useCallback((element: HTMLElement | null) => {
    tray.current = element;
    return tellHeight(element);
  }, []);
  if (count === 0) return null;
  return (
    <section className="tray" aria-label="Pending changes" ref={hold}>
      <span className="trayCount">
        <span aria-hidden="true">◐</span> {count} pending
      </span>
      <ul className="trayList">
        {drafts.map((draft) => (
          <DraftLine key={draft.seen.id} draft={draft} isNewest={draft === newest} isOnly={count === 1} />
        ))}
        {changes.map((change) => (
          <ChangeLine key={change.id} change={change} isOnly={count === 1} />
        ))}
      </ul>
      {count > 1 && (
        <Button tone="primary" onPress={() => reviewAll(drafts, changes)}>
          Review all ({count})
        </Button>
      )}
    </section>
  );
}

/** All that is pending, in the order in which it was begun: weights first, for they wait on the map. */
function reviewAll(drafts: readonly Draft[], changes: readonly PendingChange[]): void {
  const weights = drafts.map((draft) => ({
    operation: operationOf(draft),
    title: `Weights of ${nameOf(draft, null)}`,
  }));
  openSetReview({ kind: 'plan', items: [...weights, ...changes] });
}

/** Tells what lies beneath how much room to leave: long names and narrow windows make the tray higher. */
function tellHeight(tray: HTMLElement | null): (() => void) | undefined {
  const around = tray?.parentElement;
  if (!tray || !around) return undefined;
  const observer = new ResizeObserver(() =>
    around.style.setProperty('--tray-height', `${tray.offsetHeight}px`),
  );
  observer.observe(tray);
  return () => {
    observer.disconnect();
    around.style.removeProperty('--tray-height');
  };
}

/** The newest is told in full; those before it by what they change, so that the map stays in sight. */
function DraftLine({
  draft,
  isNewest,
  isOnly,
}: {
  readonly draft: Draft;
  readonly isNewest: boolean;
  readonly isOnly: boolean;
}) {
  const { seen, weights } = draft;
  const connection = useConnection(seen.connectionId);
  const service = useService(seen.serviceId);
  const signals = useServiceSignals(seen.serviceId);
  const now = useSplit(seen);
  const name = nameOf(draft, service?.name ?? null);
  const outlook = outlookOf(seen, weights, signals?.versions ?? {});
  const isGone = connection === null || connection.state === 'closed';
  return (
    <li className="trayLine">
      <div className="trayWords">
        <span>
          {plainText(name, 60)} on{' '}
          {connection ? (
            <Place title={connection.title} environment={connection.environment} />
          ) : (
            <b>a closed connection</b>
          )}
          :{' '}
          {movesOf(seen, weights).map((move, index) => (
            <span key={move.title} className="num">
              {index > 0 && ', '}
              {plainText(move.title, 40)} <s className="muted">{move.from}</s> → <b>{move.to} %</b>
            </span>
          ))}
        </span>
        {now && isOvertaken(draft, now) && <b className="toneWarn">changed by someone else meanwhile</b>}
        {isGone && <span className="muted">nothing was applied</span>}
        {!isGone && !now && <span className="muted">this split is gone from the cluster</span>}
        {!isGone && now && isNewest && (
          <span className="muted">{outlook ?? 'no figures to foretell it from'}</span>
        )}
        {!isGone && connection.locked && isNewest && (
          <span className="trayLocked">
            read-only:{' '}
            <Button tone="quiet" onPress={() => askToUnlock(connection.id)}>
              unlock to apply
            </Button>
          </span>
        )}
      </div>
      <Button aria-label={`Discard the change of ${name}`} onPress={() => discardDraft(seen)}>
        Discard
      </Button>
      <Button
        {...(isOnly && { tone: 'primary' as const })}
        aria-label={`Review the change of ${name}`}
        isDisabled={isGone}
        onPress={() => review(draft)}
      >
        Review {isNewest && <span aria-hidden="true">⏎</span>}
      </Button>
    </li>
  );
}

function review(draft: Draft): void {
  const { connections } = useConnectionStore.getState();
  const where = connections.find((connection) => connection.id === draft.seen.connectionId)?.title;
  const name = nameOf(draft, null);
  const title =
    where === undefined ? `Review the change of ${name}` : `Review the change of ${name} on ${where}`;
  openReview({ kind: 'plan', operation: operationOf(draft), title });
}

function nameOf({ seen }: Draft, serviceName: string | null): string {
  return serviceName ?? seen.document.name;
}

/** Enter reviews the newest change while the hand is on its handle or on nothing at all. */
function useReviewByEnter(draft: Draft | null): void {
  useEffect(() => {
    if (draft === null) return;
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key !== 'Enter' || event.defaultPrevented || useReview.getState().request !== null) return;
      const on = event.target;
      const isFree = on === document.body || (on instanceof Element && on.getAttribute('role') === 'slider');
      if (!isFree) return;
      event.preventDefault();
      review(draft);
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, [draft]);
}

/** From wherever the keyboard is, P leads to the button that reviews what is pending: by Tab it would be a long way. */
function useTrayByKey(tray: RefObject<HTMLElement | null>, isThere: boolean): void {
  useEffect(() => {
    if (!isThere) return;
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key !== 'p' || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey)
        return;
      const on = event.target instanceof HTMLElement ? event.target : null;
      if (on?.isContentEditable === true || on?.matches('input:not([type=checkbox]), textarea, select'))
        return;
      if (document.querySelector('[role="dialog"],[role="alertdialog"]')) return;
      const buttons = tray.current?.querySelectorAll<HTMLElement>('.button.primary');
      buttons?.[buttons.length - 1]?.focus();
      event.preventDefault();
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, [tray, isThere]);
}
