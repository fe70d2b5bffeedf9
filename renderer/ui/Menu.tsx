import type { ReactNode } from 'react';
import {
  Button as AriaButton,
  Menu as AriaMenu,
  MenuItem,
  MenuTrigger,
  Popover,
  type Selection as AriaSelection,
} from 'react-aria-components';

export interface MenuEntry<Id extends string = string> {
  readonly id: Id;
  readonly title: ReactNode;
  /** What typing to select looks for, when the title is not plain text. */
  readonly text?: string;
}

interface MenuProps<Id extends string> {
  readonly label: string;
  /** The button that opens it. */
  readonly trigger: ReactNode;
  readonly entries: readonly MenuEntry<Id>[];
  /** With `selected`, one entry is marked as the present choice. */
  readonly selected?: Id;
  readonly onChoose: (id: Id) => void;
}

/** A button that opens a list of things to do or choose. */
export function Menu<Id extends string>({ label, trigger, entries, selected, onChoose }: MenuProps<Id>) {
  const chosen: { selectionMode?: 'single'; selectedKeys?: AriaSelection } =
    selected === undefined ? {} : { selectionMode: 'single', selectedKeys: new Set([selected]) };
  const choose = (key: unknown) => {
    const entry = entries.find(({ id }) => id === key);
    if (entry !== undefined) onChoose(entry.id);
  };
  return (
    <MenuTrigger>
      {trigger}
      <Popover className="popover">
        <AriaMenu aria-label={label} onAction={choose} {...chosen}>
          {entries.map(({ id, title, text }) => (
            <MenuItem key={id} id={id} textValue={text ?? (typeof title === 'string' ? title : id)}>
              {title}
            </MenuItem>
          ))}
        </AriaMenu>
      </Popover>
    </MenuTrigger>
  );
}

/** The usual trigger of a menu: its words, and a sign that more hangs below. */
export function MenuButton({
  look,
  children,
}: {
  readonly look: 'chip' | 'button quiet';
  readonly children: ReactNode;
}) {
  return (
    <AriaButton className={look}>
      {children} <span aria-hidden="true">▾</span>
    </AriaButton>
  );
}
