import './canary.css';
import { useState } from 'react';
import { type ConditionDraft, firstWatch } from '../../../shared/analysis/watchDraft.ts';
import { watchFigures } from '../../../shared/analysis/watchFigures.ts';
import type { Split } from '../../../shared/model/weights.ts';
import { useConnection } from '../../live/connections.ts';
import { useServiceSignals } from '../../live/signals.ts';
import { useMixedFigures } from '../../live/sinceChange.ts';
import { useSplit } from '../../live/splits.ts';
import { openReview } from '../../state/review.ts';
import { closeSplitDialog, useSplitDialog } from '../../state/splitDialogs.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog, DialogActions } from '../../ui/Dialog.tsx';
import { TextField } from '../../ui/Field.tsx';
import { Place } from '../../ui/Place.tsx';
import { plainText } from '../../ui/plainText.ts';
import { Select } from '../../ui/Select.tsx';
import { ConditionsForm } from '../../ui/WatchForm.tsx';
import { type CanaryDraft, canaryOf, destinationOnTrial, stepsFor } from './canaryDraft.ts';
import { StepsForm } from './StepsForm.tsx';

/** Asks for the steps of a guided canary and what takes it back. It writes nothing: review does. */
export function CanaryDialog() {
  const request = useSplitDialog((state) => state.request);
  const split = useSplit(request?.purpose === 'canary' ? request.split : null);
  if (request?.purpose !== 'canary') return null;
  return (
    <Dialog title="Guided canary" onClose={closeSplitDialog} widthPx={560} closesOutside={false}>
      {split === null ? (
        <>
          <p className="muted">This split is gone: its document or its route was taken away.</p>
          <DialogActions>
            <Button onPress={closeSplitDialog}>Close</Button>
          </DialogActions>
        </>
      ) : (
        <CanaryForm split={split} />
      )}
    </Dialog>
  );
}

function CanaryForm({ split }: { readonly split: Split }) {
  const connection = useConnection(split.connectionId);
  const signals = useServiceSignals(split.serviceId);
  const [destination, setDestination] = useState(() => destinationOnTrial(split));
  const chosen = split.destinations[destination];
  const version = chosen?.version ?? chosen?.subset ?? null;
  const mixed = useMixedFigures(split);
  const { expected, present } = watchFigures(signals, {
    version,
    hadNone: chosen?.weight === 0,
    mixed: mixed !== null,
  });
  const [steps, setSteps] = useState(() => stepsFor(split, destination));
  // Untouched, they rest on the newest figures; once touched, they are the operator's.
  const [touched, setTouched] = useState<readonly ConditionDraft[] | null>(null);
  const conditions = touched ?? firstWatch(expected, version).conditions;
  const [reason, setReason] = useState('');
  const draft: CanaryDraft = { destination, steps, conditions, reason };
  const { request, problem } = canaryOf(draft, split, version, present);
  const title = plainText(chosen?.title ?? '', 40);
  const review = () => {
    if (request === null) return;
    closeSplitDialog();
    openReview({ kind: 'canary', request, title: `Canary: ${title} of ${split.document.name}` });
  };
  return (
    <form
      className="canaryForm"
      onSubmit={(event) => {
        event.preventDefault();
        review();
      }}
    >
      <p className="muted">
        {plainText(
          `${split.document.namespace ?? ''}/${split.document.name}, route “${split.route.title}”`,
          120,
        )}
        {connection !== null && (
          <>
            {' on '}
            <Place title={connection.title} environment={connection.environment} spelled />
          </>
        )}
      </p>
      <div className="canaryWhich">
        <span>Lead</span>
        <Select
          label="The version on trial"
          options={split.destinations.map((each, index) => ({
            id: String(index),
            title: plainText(each.title, 40),
          }))}
          selected={String(destination)}
          onSelect={(id) => {
            setDestination(Number(id));
            setSteps(stepsFor(split, Number(id)));
            setTouched(null);
          }}
        />
        <span>to all calls, step by step:</span>
      </div>
      <StepsForm steps={steps} who={title} onChange={setSteps} />
      <fieldset className="canaryBack">
        <legend className="sectionTitle">At each step, go back to what is there now if</legend>
        {signals === null ? (
          <p className="toneWarn">
            Nothing measures this service: a canary could not be led by what it does.
          </p>
        ) : (
          <ConditionsForm
            draft={{ version, conditions }}
            figures={present}
            mixed={mixed}
            onChange={setTouched}
          />
        )}
      </fieldset>
      <TextField label="Why" value={reason} onChange={setReason} placeholder="For the journal" />
      <p className="muted">
        The console leads it, not this window: it goes on when the window is closed, and after a crash.
      </p>
      <DialogActions>
        <p className={problem === null ? 'grow' : 'grow toneWarn'} role="status">
          {problem}
        </p>
        <Button onPress={closeSplitDialog}>Cancel</Button>
        <Button tone="primary" type="submit" isDisabled={request === null || signals === null}>
          Review the first step…
        </Button>
      </DialogActions>
    </form>
  );
}
