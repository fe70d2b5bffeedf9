import { Menu, type MenuEntry, MenuButton } from '../../ui/Menu.tsx';
import { type LogDeed, type LogState, logDeeds } from './logDeeds.ts';

/** What a narrow bar has no room to show beside each other. */
export function LogMore({
  state,
  onChoose,
}: {
  readonly state: LogState;
  readonly onChoose: (deed: LogDeed) => void;
}) {
  const entries: readonly MenuEntry<LogDeed>[] = logDeeds(state);
  return (
    <Menu
      label="More about these lines"
      trigger={<MenuButton look="button quiet">More</MenuButton>}
      entries={entries}
      onChoose={onChoose}
    />
  );
}
