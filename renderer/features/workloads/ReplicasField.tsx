import { useState } from 'react';
import { Button as AriaButton, Group, Input, Label, NumberField } from 'react-aria-components';
import type { WorkloadView } from '../../../shared/model/workload.ts';
import { Button } from '../../ui/Button.tsx';
import { autoscalerNote, nameOf, replicasOf } from './workloadWords.ts';

interface ReplicasFieldProps {
  readonly workload: WorkloadView;
  readonly isDenied: boolean;
  readonly onScale: (replicas: number) => void;
}

/** How many instances are asked for, to be changed by typing, by the arrows or by the buttons. */
export function ReplicasField({ workload, isDenied, onScale }: ReplicasFieldProps) {
  const [wanted, setWanted] = useState(workload.replicas ?? 0);
  const changed = replicasOf(String(wanted), workload);
  const note = autoscalerNote(workload);
  return (
    <>
      <form
        className="replicas"
        onSubmit={(event) => {
          event.preventDefault();
          if (changed !== null) onScale(changed);
        }}
      >
        <NumberField
          value={wanted}
          onChange={(value) => setWanted(Number.isNaN(value) ? (workload.replicas ?? 0) : value)}
          minValue={0}
          maxValue={10_000}
          isDisabled={isDenied}
          formatOptions={{ maximumFractionDigits: 0, useGrouping: false }}
        >
          <Label>
            Replicas<span className="visuallyHidden"> of {nameOf(workload)}</span>
          </Label>
          <Group className={changed === null ? 'stepper' : 'stepper changed'}>
            <AriaButton slot="decrement" className="button square">
              −
            </AriaButton>
            <Input
              className="input num"
              // The field itself says what was typed only once it is left: too late for the button beside it.
              onInput={({ currentTarget: { value } }) => {
                if (/^\d{1,5}$/.test(value)) setWanted(Number(value));
              }}
            />
            <AriaButton slot="increment" className="button square">
              +
            </AriaButton>
          </Group>
        </NumberField>
        <Button type="submit" isDisabled={isDenied || changed === null}>
          Scale…
        </Button>
      </form>
      {note !== null && <p className="toneWarn workloadNote">{note}</p>}
    </>
  );
}
