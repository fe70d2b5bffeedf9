import type { EntityId } from '../../../shared/model/entity.ts';
import { openAddressBook } from '../../state/addressBook.ts';
import { Button } from '../../ui/Button.tsx';

/** The way to the address book: at a service, or where one can be looked for. */
export function AddressBookButton({ serviceId = null }: { readonly serviceId?: EntityId | null }) {
  return (
    <Button onPress={() => openAddressBook(serviceId)}>
      {serviceId === null ? 'Address book' : 'How to reach it…'}
    </Button>
  );
}
