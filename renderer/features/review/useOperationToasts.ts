import { useEffect } from 'react';
import { canUndo } from '../../../shared/analysis/recordEnd.ts';
import type { OperationRecord } from '../../../shared/model/record.ts';
import { useOperations } from '../../live/operations.ts';
import { openReview, useReview } from '../../state/review.ts';
import { showToast } from '../../state/toasts.ts';
import { isByHand, isTrip, outcomeOf, undoTitle } from './outcome.ts';

/** Says how followed operations came out, each outcome once; an undo is offered while it fits. */
export function useOperationToasts(): void {
  useEffect(() => {
    const told = new Map<string, string>();
    return useOperations.subscribe(({ records }) => {
      for (const record of records.values()) {
        tell(record, told);
        tellWatch(record, told);
      }
    });
  }, []);
}

function tell(record: OperationRecord, told: Map<string, string>): void {
  const { tone, text } = outcomeOf(record);
  if (told.get(record.id) === tone) return;
  const isFirst = !told.has(record.id);
  told.set(record.id, tone);
  if (useReview.getState().shownOperationId === record.id) return;
  // Pending is what the dialog and the tray show; a word is due when it ends, or ends differently.
  if (tone === 'pending' || (isFirst && record.finishedAt !== null)) return;
  const undo = {
    title: isTrip(record) ? 'End trip…' : 'Undo…',
    run: () => openReview({ kind: 'undo', operationId: record.id, title: undoTitle(record) }),
  };
  showToast({ tone, text, action: canUndo(record) && record.undoOf === null ? undo : null });
}

/** A watch that ends is told wherever the operator looks: what was written may be gone again. */
function tellWatch({ id, title, watch }: OperationRecord, told: Map<string, string>): void {
  const key = `watch ${id}`;
  const before = told.get(key);
  if (watch === null || before === watch.state) return;
  told.set(key, watch.state);
  const words = watchWords[watch.state];
  if (words === null || before === undefined) return;
  // What the operator asked for is no alarm.
  const tone = isByHand(watch) ? 'neutral' : words.tone;
  showToast({ tone, text: [`${title}:`, words.text, watch.note].filter((text) => text !== '').join(' ') });
}

const watchWords = {
  watching: null,
  returning: null,
  stopped: null,
  passed: { tone: 'good', text: 'watched to the end, it stays.' },
  returned: { tone: 'bad', text: '' },
  stuck: { tone: 'bad', text: 'it should go back and cannot.' },
} as const;
