import { Choice } from '../../ui/Choice.tsx';
import { TextField } from '../../ui/Field.tsx';
import { presetMinutes } from './tripDraft.ts';

interface HowLongProps {
  readonly minutes: string;
  readonly onChange: (minutes: string) => void;
}

/** How long a trip is held; there is no "until I come back". */
export function HowLong({ minutes, onChange }: HowLongProps) {
  const options = presetMinutes.map((preset) => ({ id: String(preset), title: `${preset} min` }));
  return (
    <div className="tripStatus">
      <Choice
        label="For how long"
        look="row"
        options={options}
        selected={options.find(({ id }) => id === minutes)?.id ?? null}
        onSelect={onChange}
      />
      <TextField label="Other, min" value={minutes} onChange={onChange} />
    </div>
  );
}
