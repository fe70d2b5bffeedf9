import './Choice.css';
import type { ReactNode } from 'react';
import { Label, Radio, RadioGroup } from 'react-aria-components';

export interface ChoiceOption<Id extends string> {
  readonly id: Id;
  readonly title: ReactNode;
  /** What it means, or why it cannot be chosen. */
  readonly note?: ReactNode;
  readonly disabled?: boolean;
}

interface ChoiceProps<Id extends string> {
  readonly label: string;
  readonly options: readonly ChoiceOption<Id>[];
  /** Null while nothing is chosen. */
  readonly selected: Id | null;
  readonly onSelect: (id: Id) => void;
  /** `row`: short words beside each other; `list`: one below the other, each with its note. */
  readonly look?: 'list' | 'row';
}

/** One of a few, all of them in sight, with what each means. */
export function Choice<Id extends string>({
  label,
  options,
  selected,
  onSelect,
  look = 'list',
}: ChoiceProps<Id>) {
  return (
    <RadioGroup
      className={`choice ${look}`}
      value={selected}
      onChange={(value) => {
        const option = options.find(({ id }) => id === value);
        if (option !== undefined) onSelect(option.id);
      }}
      orientation={look === 'row' ? 'horizontal' : 'vertical'}
    >
      <Label className="sectionTitle">{label}</Label>
      <div className="choiceOptions">
        {options.map(({ id, title, note, disabled = false }) => (
          <Radio key={id} value={id} isDisabled={disabled} className="choiceOption">
            {look === 'list' && <span className="choiceMark" aria-hidden="true" />}
            <span>
              <span className="choiceTitle">{title}</span>
              {note !== undefined && <span className="choiceNote">{note}</span>}
            </span>
          </Radio>
        ))}
      </div>
    </RadioGroup>
  );
}
