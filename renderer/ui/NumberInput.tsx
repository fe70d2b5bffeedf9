import { Input, Label, NumberField, Text } from 'react-aria-components';

interface NumberInputProps {
  readonly label: string;
  readonly value: number;
  readonly onChange: (value: number) => void;
  readonly least: number;
  readonly most: number;
  readonly step: number;
  /** `percent` of a ratio 0..1. */
  readonly as?: 'count' | 'percent';
  readonly note?: string;
}

/** A number to type, taken over once the field is left or Enter is pressed, and held within its limits. */
export function NumberInput({
  label,
  value,
  onChange,
  least,
  most,
  step,
  as = 'count',
  note,
}: NumberInputProps) {
  return (
    <NumberField
      className="field"
      value={value}
      onChange={(next) => {
        if (!Number.isNaN(next) && next !== value) onChange(next);
      }}
      minValue={least}
      maxValue={most}
      step={step}
      formatOptions={
        as === 'percent'
          ? { style: 'percent', maximumFractionDigits: 1 }
          : { maximumFractionDigits: 0, useGrouping: false }
      }
    >
      <Label>{label}</Label>
      <Input className="input num" />
      {note !== undefined && (
        <Text slot="description" className="fieldNote">
          {note}
        </Text>
      )}
    </NumberField>
  );
}
