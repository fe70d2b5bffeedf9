import './palette.css';
import { type KeyboardEvent, useMemo, useState } from 'react';
import { Autocomplete, Input, ListBox, ListBoxItem, SearchField } from 'react-aria-components';
import { Dialog as AriaDialog, Modal, ModalOverlay } from 'react-aria-components';
import { rankByName } from '../../../shared/analysis/search.ts';
import type { GraphService } from '../../../shared/model/graph.ts';
import { useConnections, useTitleAmongSeveral } from '../../live/connections.ts';
import { useSignals } from '../../live/signals.ts';
import { useTopology } from '../../live/topology.ts';
import { selectService } from '../../state/selection.ts';
import { showPage, useView } from '../../state/view.ts';
import { HealthRing } from '../../ui/HealthRing.tsx';
import { actionsOf } from './actions.ts';

const mostServices = 8;

/** Everything by name: services to go to and actions to do. */
export function Palette() {
  const open = useView((view) => view.paletteOpen);
  if (!open) return null;
  return (
    <ModalOverlay
      className="scrim paletteScrim"
      isOpen
      isDismissable
      onOpenChange={(isOpen) => {
        if (!isOpen) close();
      }}
    >
      <Modal className="dialog palette">
        <AriaDialog aria-label="Find a service or an action">
          {/* One Escape leaves, also with something typed, which the field would only clear. */}
          <div className="paletteBody" onKeyDownCapture={leaveByEscape}>
            <PaletteBody />
          </div>
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}

function PaletteBody() {
  const [text, setText] = useState('');
  const services = useTopology((graph) => graph.services);
  const connections = useConnections();
  const found = useMemo(() => {
    const ids = rankByName([...services.values()], text);
    const ordered = text.trim() === '' ? troubledFirst(ids) : ids;
    return ordered.slice(0, mostServices).flatMap((id) => services.get(id) ?? []);
  }, [services, text]);
  const actions = actionsOf(connections).filter(({ title }) =>
    title.toLowerCase().includes(text.trim().toLowerCase()),
  );
  const run = (key: string): void => {
    close();
    const action = actions.find(({ id }) => id === key);
    if (action !== undefined) return action.run();
    showPage('map');
    selectService(key, { centre: true });
  };
  return (
    <Autocomplete inputValue={text} onInputChange={setText}>
      <SearchField aria-label="Find a service or an action" autoFocus className="paletteField">
        <Input placeholder="Find a service or an action…" />
      </SearchField>
      <ListBox
        aria-label="Found"
        className="paletteList"
        onAction={(key) => run(String(key))}
        renderEmptyState={() => <p className="muted paletteNone">Nothing fits “{text}”.</p>}
      >
        {found.map((service) => (
          <ListBoxItem key={service.id} id={service.id} textValue={service.name} className="paletteItem">
            <Ring serviceId={service.id} />
            <b>{service.name}</b>
            <Where service={service} />
          </ListBoxItem>
        ))}
        {actions.map(({ id, title }) => (
          <ListBoxItem key={id} id={id} textValue={title} className="paletteItem">
            <span className="paletteMark" aria-hidden="true">
              ›
            </span>
            {title}
          </ListBoxItem>
        ))}
      </ListBox>
    </Autocomplete>
  );
}

/** Before anything is typed, who is in trouble is who is looked for. */
function troubledFirst(ids: readonly string[]): readonly string[] {
  const { attention } = useSignals.getState();
  const troubled = attention.map(({ serviceId }) => serviceId).filter((id) => ids.includes(id));
  return [...troubled, ...ids.filter((id) => !troubled.includes(id))];
}

function Where({ service }: { readonly service: GraphService }) {
  const cluster = useTitleAmongSeveral(service.connectionId);
  const words = [service.namespace ?? service.kind, cluster, service.owner];
  return <span className="muted ellipsis">{words.filter((word) => word !== null).join(' · ')}</span>;
}

function Ring({ serviceId }: { readonly serviceId: string }) {
  const signals = useSignals((state) => state.services.get(serviceId));
  return (
    <HealthRing health={signals?.health ?? 'unknown'} errorRatio={signals?.errorRatio ?? null} sizePx={18} />
  );
}

function leaveByEscape(event: KeyboardEvent): void {
  if (event.key !== 'Escape') return;
  event.stopPropagation();
  event.preventDefault();
  close();
}

function close(): void {
  useView.setState({ paletteOpen: false });
}
