import './alerts.css';
import { useState } from 'react';
import { type Alert, unmatchable } from '../../../shared/model/alert.ts';
import { closeAlertDialogs, useAlertDialogs } from '../../state/alerts.ts';
import { openReview } from '../../state/review.ts';
import { Button } from '../../ui/Button.tsx';
import { Choice } from '../../ui/Choice.tsx';
import { Dialog, DialogActions } from '../../ui/Dialog.tsx';
import { Checkbox } from '../../ui/Field.tsx';
import { plainText } from '../../ui/plainText.ts';
import { matchersOf, namesFirst, silenceLengths, usualMatchers } from './alertWords.ts';

/** Asks which alerts are to be silenced, and for how long. It writes nothing: review does. */
export function SilenceDialog() {
  const alert = useAlertDialogs((state) => state.silencing);
  return alert === null ? null : <Asking key={alert.id} alert={alert} />;
}

function Asking({ alert }: { readonly alert: Alert }) {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(() => new Set(usualMatchers(alert)));
  const [length, setLength] = useState<string>('7200');
  const matchers = matchersOf(alert, chosen);
  const title = `Silence ${plainText(alert.name, 80)}`;
  const toggle = (name: string, on: boolean): void => {
    const next = new Set(chosen);
    if (on) next.add(name);
    else next.delete(name);
    setChosen(next);
  };
  return (
    <Dialog title={title} onClose={closeAlertDialogs} widthPx={560} closesOutside={false}>
      <p>Nobody is told of alerts with all of these labels until it ends. What is wrong stays wrong.</p>
      <fieldset className="silenceConditions">
        <legend className="sectionTitle">Conditions</legend>
        {[...namesFirst(alert)].map(([name, value]) => {
          const why = unmatchable(alert, name);
          return (
            <Checkbox
              key={name}
              checked={chosen.has(name)}
              onChange={(on) => toggle(name, on)}
              disabled={why !== null}
            >
              {plainText(name, 80)} = {plainText(value, 120)}
              {why !== null && <span className="muted"> · {why}</span>}
            </Checkbox>
          );
        })}
      </fieldset>
      <Choice
        label="For how long"
        look="row"
        options={silenceLengths}
        selected={silenceLengths.find(({ id }) => id === length)?.id ?? null}
        onSelect={setLength}
      />
      {matchers.length === 0 && <p className="toneWarn">Choose at least one condition.</p>}
      <DialogActions>
        <Button onPress={closeAlertDialogs}>Cancel</Button>
        <Button
          tone="primary"
          isDisabled={matchers.length === 0}
          onPress={() => {
            closeAlertDialogs();
            openReview({
              kind: 'plan',
              title,
              operation: {
                kind: 'silence',
                connectionId: alert.connectionId,
                serviceId: alert.serviceId,
                matchers,
                forSeconds: Number(length),
                ends: null,
              },
            });
          }}
        >
          Review
        </Button>
      </DialogActions>
    </Dialog>
  );
}
