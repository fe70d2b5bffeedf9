import './TitleBar.css';
import type { ReactNode } from 'react';
import { Button as AriaButton } from 'react-aria-components';
import { useConnections } from '../../live/connections.ts';
import { ranges, setRange, useTime } from '../../state/time.ts';
import { useView } from '../../state/view.ts';
import { Menu, MenuButton } from '../../ui/Menu.tsx';
import { ConnectionChip } from './ConnectionChip.tsx';
import { DataAge } from './DataAge.tsx';
import { RehearsalMenu } from './RehearsalMenu.tsx';
import { UnlockDialog } from './UnlockDialog.tsx';

const isMac = navigator.userAgent.includes('Mac');

/** What is connected and how, what is held (given from outside), the way to everything by name, the range, and how old the data are. */
export function TitleBar({ held }: { readonly held: ReactNode }) {
  const connections = useConnections();
  const rangeSeconds = useTime((time) => time.rangeSeconds);
  const range = ranges.find(({ seconds }) => seconds === rangeSeconds);
  return (
    <header className={connections.length > 2 ? 'titleBar crowded' : 'titleBar'}>
      <h1 className="titleBarName">Podium</h1>
      {connections.map((connection) => (
        <ConnectionChip key={connection.id} connection={connection} />
      ))}
      {connections.some(({ rehearsal }) => rehearsal) && <RehearsalMenu />}
      {held}
      <span className="grow" />
      <AriaButton className="titleBarSearch" onPress={() => useView.setState({ paletteOpen: true })}>
        <span className="grow ellipsis">Find a service or an action…</span>
        <kbd>{isMac ? '⌘ K' : 'Ctrl K'}</kbd>
      </AriaButton>
      <Menu
        label="Time range"
        trigger={<MenuButton look="chip">{range?.title ?? 'range'}</MenuButton>}
        entries={ranges.map(({ seconds, title }) => ({ id: String(seconds), title }))}
        selected={String(rangeSeconds)}
        onChoose={(id) => setRange(Number(id))}
      />
      <DataAge />
      <UnlockDialog />
    </header>
  );
}
