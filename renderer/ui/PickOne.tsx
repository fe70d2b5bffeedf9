import { useState } from 'react';
import {
  Button as AriaButton,
  ComboBox,
  Input,
  Label,
  ListBox,
  ListBoxItem,
  Popover,
} from 'react-aria-components';

interface PickOneProps {
  readonly label: string;
  readonly options: readonly { readonly id: string; readonly title: string }[];
  readonly selected: string | null;
  readonly onSelect: (id: string) => void;
  readonly placeholder?: string;
}

/** More than these are found by typing. */
const mostShown = 80;

/** One of many, found by typing a part of its name. */
export function PickOne({ label, options, selected, onSelect, placeholder }: PickOneProps) {
  const title = options.find(({ id }) => id === selected)?.title ?? '';
  const [typed, setTyped] = useState<string | null>(null);
  const words = (typed ?? '').trim().toLowerCase();
  const found = options.filter((option) => option.title.toLowerCase().includes(words)).slice(0, mostShown);
  return (
    <ComboBox
      className="field pickOne"
      inputValue={typed ?? title}
      onInputChange={(text) => setTyped(text === title ? null : text)}
      selectedKey={selected}
      onSelectionChange={(key) => {
        setTyped(null);
        if (key !== null) onSelect(String(key));
      }}
      onBlur={() => setTyped(null)}
      items={found}
      allowsEmptyCollection
    >
      <Label>{label}</Label>
      <div className="pickOneRow">
        <Input className="input" {...(placeholder !== undefined && { placeholder })} />
        <AriaButton className="button square">▾</AriaButton>
      </div>
      <Popover className="popover">
        <ListBox renderEmptyState={() => <span className="pickOneNone">Nothing is called so.</span>}>
          {found.map((option) => (
            <ListBoxItem key={option.id} id={option.id} textValue={option.title}>
              {option.title}
            </ListBoxItem>
          ))}
        </ListBox>
      </Popover>
    </ComboBox>
  );
}
