import type { Stamp } from '../../kit/control.ts';
import type { NewObject } from '../client.ts';
import type { KubeObject } from '../objects.ts';
import type { ProposedEdit } from './change.ts';

/** An edit with the object as the peer would store it; null where it could not be tried. */
export interface TriedEdit extends ProposedEdit {
  readonly stored: KubeObject | null;
}

/** Gives a copy of a document with who applies a write, why and until when. */
export type StampDocument = <T extends KubeObject | NewObject>(object: T, stamp: Stamp) => T;

/** The edit with what is only known once it is applied, in what is sent as in what is expected to be stored. */
export function stampEdit(tried: TriedEdit, put: StampDocument, stamp: Stamp): TriedEdit {
  const { edit, stored } = tried;
  switch (edit.action) {
    case 'patch':
      return {
        ...tried,
        edit: { ...edit, after: put(edit.after, stamp) },
        stored: stored === null ? null : put(stored, stamp),
      };
    case 'create':
      return {
        ...tried,
        edit: { ...edit, after: put(edit.after, stamp) },
        stored: stored === null ? null : put(stored, stamp),
      };
    case 'delete':
      return tried;
  }
}
