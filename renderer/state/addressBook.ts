import { create } from 'zustand';
import type { EntityId } from '../../shared/model/entity.ts';

/** The address book: whether it is open, and at which service; null while one is looked for. */
export const useAddressBook = create<{ readonly open: boolean; readonly serviceId: EntityId | null }>(() => ({
  open: false,
  serviceId: null,
}));

/** Opens it at a service, or where one can be looked for. */
export function openAddressBook(serviceId: EntityId | null = null): void {
  useAddressBook.setState({ open: true, serviceId });
}

export function closeAddressBook(): void {
  useAddressBook.setState({ open: false });
}
