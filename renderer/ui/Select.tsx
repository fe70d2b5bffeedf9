import {
  Button as AriaButton,
  ListBox,
  ListBoxItem,
  Popover,
  Select as AriaSelect,
  SelectValue,
} from 'react-aria-components';

interface SelectProps {
  readonly label: string;
  readonly options: readonly { readonly id: string; readonly title: string }[];
  readonly selected: string;
  readonly onSelect: (id: string) => void;
}

/** One of a few. */
export function Select({ label, options, selected, onSelect }: SelectProps) {
  return (
    <AriaSelect
      aria-label={label}
      value={selected}
      onChange={(key) => {
        if (key !== null) onSelect(String(key));
      }}
    >
      <AriaButton className="button">
        <SelectValue /> <span aria-hidden="true">▾</span>
      </AriaButton>
      <Popover className="popover">
        <ListBox>
          {options.map(({ id, title }) => (
            <ListBoxItem key={id} id={id} textValue={title}>
              {title}
            </ListBoxItem>
          ))}
        </ListBox>
      </Popover>
    </AriaSelect>
  );
}
