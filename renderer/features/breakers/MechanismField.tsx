import type { TripOption } from '../../../shared/model/trip.ts';
import type { Asked } from '../../client/useAsked.ts';
import { Button } from '../../ui/Button.tsx';
import { Choice } from '../../ui/Choice.tsx';
import { TextField } from '../../ui/Field.tsx';
import { plainText } from '../../ui/plainText.ts';
import { hindranceOf, type TripDraft } from './tripDraft.ts';

interface MechanismFieldProps {
  readonly options: Asked<TripOption[]>;
  readonly scope: TripDraft['scope'];
  readonly draft: TripDraft;
  readonly onChange: (part: Partial<TripDraft>) => void;
}

const statuses = ['503', '429', '404'] as const;

/** The ways this peer has to stop the calls, each with its effect; what cannot be used here says why. */
export function MechanismField({ options, scope, draft, onChange }: MechanismFieldProps) {
  if (options.problem !== null) {
    return (
      <div className="tripRefused" role="alert">
        <p>{options.problem}</p>
        <Button onPress={options.again}>Ask again</Button>
      </div>
    );
  }
  if (options.value === null) {
    return (
      <p className="tripBusy" role="status">
        <span className="spinner" aria-hidden="true" /> Asking what can be done to this call…
      </p>
    );
  }
  if (options.value.length === 0) {
    return (
      <p className="tripRefused">
        No source of this connection can stop calls at the moment: a mesh that Podium knows is needed for it.
      </p>
    );
  }
  return (
    <>
      <Choice
        label="How"
        selected={draft.mechanism}
        onSelect={(mechanism) => onChange({ mechanism })}
        options={options.value.map((option) => {
          const hindrance = hindranceOf(option, scope);
          return {
            id: option.mechanism,
            title: plainText(option.title, 120),
            note: plainText(hindrance ?? effectOf(option, draft.mechanism), 400),
            disabled: hindrance !== null,
          };
        })}
      />
      {draft.mechanism === 'refuse' && (
        <div className="tripStatus">
          <Choice
            label="Callers get"
            look="row"
            options={statuses.map((status) => ({ id: status, title: status }))}
            selected={statuses.find((status) => status === draft.status) ?? null}
            onSelect={(status) => onChange({ status })}
          />
          <TextField label="Other status" value={draft.status} onChange={(status) => onChange({ status })} />
        </div>
      )}
    </>
  );
}

/** All of what the chosen one does, and the gist of the others: three long texts are read by nobody. */
function effectOf({ mechanism, effect }: TripOption, chosen: TripDraft['mechanism']): string {
  if (mechanism === chosen) return effect;
  return /^.*?\.(?=\s)/.exec(effect)?.[0] ?? effect;
}
