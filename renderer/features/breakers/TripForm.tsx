import { useState } from 'react';
import type { GraphService } from '../../../shared/model/graph.ts';
import type { Operation } from '../../../shared/model/operation.ts';
import type { TripPlace } from '../../../shared/model/trip.ts';
import { useAsked } from '../../client/useAsked.ts';
import { putOnTray } from '../../state/putOnTray.ts';
import { openReview } from '../../state/review.ts';
import { closeTripDialog } from '../../state/trips.ts';
import { atItsDeadline } from '../../ui/deadlineWords.ts';
import { Button } from '../../ui/Button.tsx';
import { DialogActions } from '../../ui/Dialog.tsx';
import { TextField } from '../../ui/Field.tsx';
import { plainText } from '../../ui/plainText.ts';
import { Affected, useCallersOf } from './Affected.tsx';
import { AnswerField } from './AnswerField.tsx';
import { HowLong } from './HowLong.tsx';
import { MechanismField } from './MechanismField.tsx';
import { answerDraftOf, firstDraft, firstMechanism, type TripDraft, tripOf } from './tripDraft.ts';
import { useAnswerTargets, useDeclaredFallback } from './useAnswers.ts';

export interface CallFormProps {
  readonly callee: GraphService;
  /** Null for every caller. */
  readonly caller: GraphService | null;
  /** The system that it goes through, with the call as it is known there. */
  readonly place: TripPlace;
  readonly title: string;
}

/** Who is affected, how, what they get, for how long, and why; in this order. */
export function TripForm({ callee, caller: meant, place, title }: CallFormProps) {
  const { connectionId } = place;
  // Whom the system does not know it cannot tell from others.
  const caller = place.call.caller === null ? null : meant;
  const [typed, setTyped] = useState<TripDraft>(() => firstDraft(caller === null ? 'all' : 'one', null));
  const [answerTouched, setAnswerTouched] = useState(false);
  const targets = useAnswerTargets(callee, connectionId);
  const declared = useDeclaredFallback(callee.id);
  const callers = useCallersOf(callee.id);
  const call = typed.scope === 'one' ? place.call : { ...place.call, caller: null };
  const options = useAsked(JSON.stringify([connectionId, call]), (client, signal) =>
    client.trips.options({ connectionId, call }, { signal }),
  );
  const draft: TripDraft = {
    ...typed,
    answer: answerTouched ? typed.answer : answerDraftOf(declared),
    mechanism: typed.mechanism ?? firstMechanism(options.value ?? [], typed.scope, declared !== null),
  };
  const change = (part: Partial<TripDraft>) => setTyped((before) => ({ ...before, ...part }));
  const isOnce = draft.mechanism === 'closeBreaker';
  const drafted = tripOf(draft, { connectionId, call }, targets, options.value ?? []);

  const wordsOf = (operation: Operation): string =>
    operation.kind === 'closeBreaker' ? `Close breaker ${plainText(operation.breaker, 60)}` : title;

  const review = () => {
    if (drafted.operation === null) return;
    closeTripDialog();
    openReview({
      kind: 'plan',
      operation: drafted.operation,
      title: wordsOf(drafted.operation),
      reason: draft.reason.trim(),
    });
  };
  const putAside = () => {
    if (drafted.operation === null) return;
    closeTripDialog();
    putOnTray(drafted.operation, wordsOf(drafted.operation), draft.reason.trim());
  };
  return (
    <form
      className="tripForm"
      onSubmit={(event) => {
        event.preventDefault();
        review();
      }}
    >
      <Affected
        callers={callers}
        caller={caller}
        scope={draft.scope}
        onScope={(scope) => change({ scope, mechanism: null })}
      />
      <MechanismField options={options} scope={draft.scope} draft={draft} onChange={change} />
      {draft.mechanism === 'divert' && (
        <AnswerField
          draft={draft.answer}
          targets={targets}
          onChange={(answer) => {
            setAnswerTouched(true);
            change({ answer });
          }}
        />
      )}
      {!isOnce && <HowLong minutes={draft.minutes} onChange={(minutes) => change({ minutes })} />}
      <TextField
        label="Why"
        value={draft.reason}
        onChange={(reason) => change({ reason })}
        placeholder={isOnce ? 'For the journal' : 'For the journal, and for who sees it held'}
      />
      <p className="tripNote">
        {isOnce ? 'Done once: nothing is held, and nothing ends.' : <>Ends {atItsDeadline}</>}
      </p>
      <DialogActions>
        <p className="grow muted" role="status">
          {options.value === null || options.value.length === 0 ? '' : plainText(drafted.problem ?? '', 200)}
        </p>
        <Button onPress={closeTripDialog}>Cancel</Button>
        <Button isDisabled={drafted.operation === null} onPress={putAside}>
          Add to pending
        </Button>
        <Button tone="primary" type="submit" isDisabled={drafted.operation === null}>
          Review…
        </Button>
      </DialogActions>
    </form>
  );
}
