import type { ReactNode } from 'react';
import {
  Menu as AriaMenu,
  MenuItem,
  MenuTrigger,
  Popover,
  type Selection as AriaSelection,
} from 'react-aria-components';

export interface MenuEntry {
  readonly id: string;
  readonly title: ReactNode;
  /** What typing to select looks for, when the title is not plain text. */
  readonly text?: string;
}

interface MenuProps {
  readonly label: string;
  /** The button that opens it. */
  readonly trigger: ReactNode;
  readonly entries: readonly MenuEntry[];
  /** With `selected`, one entry is marked as the present choice. */
  readonly selected?: string;
  readonly onChoose: (id: string) => void;
}

/** A button that opens a list of things to do or choose. */
export function Menu({ label, trigger, entries, selected, onChoose }: MenuProps) {
  const chosen: { selectionMode?: 'single'; selectedKeys?: AriaSelection } =
    selected === undefined ? {} : { selectionMode: 'single', selectedKeys: new Set([selected]) };
  return (
    <MenuTrigger>
      {trigger}
      <Popover className="popover">
        <AriaMenu aria-label={label} onAction={(key) => onChoose(String(key))} {...chosen}>
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
