import { useState } from 'react';
import type { LogInstance } from '../../../shared/model/log.ts';
import { Button } from '../../ui/Button.tsx';
import { Checkbox } from '../../ui/Field.tsx';
import { plainText } from '../../ui/plainText.ts';
import { Select } from '../../ui/Select.tsx';
import { readMoment, timeOf } from './logWords.ts';

/** What of a service's logs is read. */
export interface LogChoice {
  /** One instance; null for all. */
  readonly instance: string | null;
  /** Null for the usual one. */
  readonly container: string | null;
  readonly previous: boolean;
  readonly lines: number;
}

interface LogBarProps {
  /** Which run is chosen in a menu elsewhere. */
  readonly isNarrow: boolean;
  readonly instances: readonly LogInstance[];
  readonly choice: LogChoice;
  readonly onChoose: (choice: LogChoice) => void;
  readonly sinceAt: number | null;
  readonly onSince: (at: number | null) => void;
  /** Told whether what was typed is no time. */
  readonly onWrong: (isWrong: boolean) => void;
  readonly isWrong: boolean;
}

const all = ' all';
const usual = ' usual';

/** Which instances, which container, which run, from when on. */
export function LogBar(props: LogBarProps) {
  const { isNarrow, instances, choice, onChoose, sinceAt, onSince, isWrong, onWrong } = props;
  const [typed, setTyped] = useState('');
  const containers = [...new Set(instances.flatMap((one) => one.containers.map(({ name }) => name)))];
  const go = (): void => {
    const at = readMoment(typed, Date.now());
    onWrong(at === null && typed.trim() !== '');
    if (at !== null || typed.trim() === '') onSince(at);
  };
  return (
    <>
      <Select
        label="Instance"
        options={[
          { id: all, title: `all ${instances.length} instances` },
          ...instances.map(({ name, containers: own }) => ({ id: name, title: titleOf(name, own) })),
        ]}
        selected={choice.instance ?? all}
        onSelect={(id) => onChoose({ ...choice, instance: id === all ? null : id })}
      />
      {containers.length > 1 && (
        <Select
          label="Container"
          options={[
            { id: usual, title: 'the application' },
            ...containers.map((name) => ({ id: name, title: plainText(name, 63) })),
          ]}
          selected={choice.container ?? usual}
          onSelect={(id) => onChoose({ ...choice, container: id === usual ? null : id })}
        />
      )}
      {(!isNarrow || choice.previous) && (
        <Checkbox checked={choice.previous} onChange={(previous) => onChoose({ ...choice, previous })}>
          before the restart
        </Checkbox>
      )}
      <form
        className="logSince"
        onSubmit={(event) => {
          event.preventDefault();
          go();
        }}
      >
        <input
          className="input"
          aria-label="From this time on"
          aria-invalid={isWrong}
          placeholder="from 14:06 or 5m"
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
      </form>
      {sinceAt !== null && (
        <Button
          tone="quiet"
          onPress={() => {
            setTyped('');
            onSince(null);
          }}
        >
          from {timeOf(sinceAt).slice(0, 8)} · back to the newest
        </Button>
      )}
    </>
  );
}

function titleOf(name: string, containers: LogInstance['containers']): string {
  const restarts = containers.reduce((sum, one) => sum + (one.restarts ?? 0), 0);
  return `${plainText(name, 90)}${restarts === 0 ? '' : ` · ${restarts} restarts`}`;
}
