import './addressBook.css';
import { useMemo, useState } from 'react';
import { Autocomplete, Input, ListBox, ListBoxItem, SearchField } from 'react-aria-components';
import { findServices } from '../../../shared/analysis/findAddress.ts';
import type { GraphService } from '../../../shared/model/graph.ts';
import { useService, useTopology } from '../../live/topology.ts';
import { closeAddressBook, openAddressBook, useAddressBook } from '../../state/addressBook.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog, DialogActions } from '../../ui/Dialog.tsx';
import { plainText } from '../../ui/plainText.ts';
import { AddressPage } from './AddressPage.tsx';

const mostFound = 12;

/** Any service by a part of any of its names, and every name and address by which it is reached, to be copied. */
export function AddressBook() {
  const { open, serviceId } = useAddressBook();
  const service = useService(serviceId);
  if (!open) return null;
  const title = service === null ? 'Address book' : `How to reach ${plainText(service.name, 60)}`;
  return (
    <Dialog title={title} onClose={closeAddressBook} widthPx={760}>
      {serviceId === null ? <Search /> : <Page service={service} />}
      <DialogActions>
        {serviceId !== null && <Button onPress={() => openAddressBook()}>Find another…</Button>}
        <Button tone="primary" onPress={closeAddressBook}>
          Close
        </Button>
      </DialogActions>
    </Dialog>
  );
}

function Page({ service }: { readonly service: GraphService | null }) {
  return service === null ? (
    <p className="muted addressNone" role="status">
      No source names this service any more.
    </p>
  ) : (
    <AddressPage key={service.id} serviceId={service.id} />
  );
}

function Search() {
  const services = useTopology((graph) => graph.services);
  const [text, setText] = useState('');
  const found = useMemo(() => findServices([...services.values()], text), [services, text]);
  return (
    <Autocomplete inputValue={text} onInputChange={setText}>
      <SearchField aria-label="Find a service" autoFocus className="addressField">
        <Input className="input" placeholder="a part of its name, host or owner" />
      </SearchField>
      <ListBox
        aria-label="Services"
        className="addressList"
        onAction={(key) => openAddressBook(String(key))}
        renderEmptyState={() => <p className="muted addressNone">Nothing fits “{plainText(text, 60)}”.</p>}
      >
        {found.slice(0, mostFound).flatMap((id) => {
          const service = services.get(id);
          if (service === undefined) return [];
          const { name, namespace, kind, faces } = service;
          const where = faces?.map(({ system }) => system).join(', ') ?? namespace ?? kind;
          return [
            <ListBoxItem key={id} id={id} textValue={name} className="addressItem">
              <b>{plainText(name, 80)}</b>
              <span className="muted ellipsis">{plainText(where, 120)}</span>
            </ListBoxItem>,
          ];
        })}
      </ListBox>
      {found.length > mostFound && <p className="muted">and {found.length - mostFound} more: type further</p>}
    </Autocomplete>
  );
}
