import { useState } from 'react';
import { fallbackInWords } from '../../../shared/analysis/heldTrips.ts';
import type { SetFallback } from '../../../shared/model/operation.ts';
import { nameOfHostIn } from '../../live/trips.ts';
import { putOnTray } from '../../state/putOnTray.ts';
import { openReview } from '../../state/review.ts';
import { closeTripDialog } from '../../state/trips.ts';
import { Button } from '../../ui/Button.tsx';
import { DialogActions } from '../../ui/Dialog.tsx';
import { plainText } from '../../ui/plainText.ts';
import { AnswerField } from './AnswerField.tsx';
import { answerDraftOf, type AnswerDraft, fallbackOf } from './tripDraft.ts';
import type { CallFormProps } from './TripForm.tsx';
import { useAnswerTargets, useDeclaredFallback } from './useAnswers.ts';

/** What callers get while the service is tripped: declared now, used when a trip diverts. */
export function FallbackForm({ callee, place, title }: CallFormProps) {
  const targets = useAnswerTargets(callee, place.connectionId);
  const declared = useDeclaredFallback(callee.id);
  const nameOf = nameOfHostIn(place.connectionId);
  const [typed, setTyped] = useState<AnswerDraft | null>(null);
  const draft = typed ?? answerDraftOf(declared);
  const at = { connectionId: place.connectionId, call: { ...place.call, caller: null } };
  const drafted = fallbackOf(draft, at, targets);
  const review = (operation: SetFallback, words: string) => {
    closeTripDialog();
    openReview({ kind: 'plan', operation, title: words });
  };
  return (
    <form
      className="tripForm"
      onSubmit={(event) => {
        event.preventDefault();
        if (drafted.operation !== null) review(drafted.operation, title);
      }}
    >
      <p className="muted">
        {declared === null
          ? 'Nothing is declared. '
          : `Declared now: ${plainText(fallbackInWords(declared, nameOf), 120)}. `}
        It changes no traffic by itself: a trip uses it as its answer.
      </p>
      <AnswerField draft={draft} targets={targets} onChange={setTyped} />
      <DialogActions>
        <p className="grow muted" role="status">
          {typed === null ? '' : (drafted.problem ?? '')}
        </p>
        {declared !== null && (
          <Button
            tone="danger"
            onPress={() => review({ kind: 'setFallback', ...at, fallback: null }, `Remove: ${title}`)}
          >
            Remove…
          </Button>
        )}
        <Button onPress={closeTripDialog}>Cancel</Button>
        <Button
          isDisabled={drafted.operation === null}
          onPress={() => {
            if (drafted.operation === null) return;
            closeTripDialog();
            putOnTray(drafted.operation, title);
          }}
        >
          Add to pending
        </Button>
        <Button tone="primary" type="submit" isDisabled={drafted.operation === null}>
          Review…
        </Button>
      </DialogActions>
    </form>
  );
}
