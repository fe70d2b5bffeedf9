import type { ReactNode } from 'react';
import {
  Checkbox as AriaCheckbox,
  Input,
  Label,
  Text,
  TextArea,
  TextField as AriaTextField,
} from 'react-aria-components';

interface TextFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly placeholder?: string;
  readonly note?: ReactNode;
  readonly lines?: number;
  readonly autoFocus?: boolean;
  readonly type?: 'text' | 'password';
}

/** One line of text, or several. */
export function TextField({
  label,
  value,
  onChange,
  placeholder,
  note,
  lines = 1,
  autoFocus,
  type,
}: TextFieldProps) {
  const hint = placeholder === undefined ? {} : { placeholder };
  return (
    <AriaTextField
      className="field"
      value={value}
      onChange={onChange}
      {...(type && { type })}
      {...(autoFocus && { autoFocus })}
    >
      <Label>{label}</Label>
      {lines === 1 ? (
        <Input className="input" {...hint} />
      ) : (
        <TextArea className="input" rows={lines} {...hint} />
      )}
      {note !== undefined && (
        <Text slot="description" className="fieldNote">
          {note}
        </Text>
      )}
    </AriaTextField>
  );
}

interface CheckboxProps {
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
  readonly children: ReactNode;
  readonly disabled?: boolean;
}

/** A tick with its words. */
export function Checkbox({ checked, onChange, children, disabled = false }: CheckboxProps) {
  return (
    <AriaCheckbox className="checkbox" isSelected={checked} onChange={onChange} isDisabled={disabled}>
      {({ isSelected }) => (
        <>
          <span className="box" aria-hidden="true">
            {isSelected ? '✓' : ''}
          </span>
          <span>{children}</span>
        </>
      )}
    </AriaCheckbox>
  );
}
