import type { EditDocument } from '../../../model/operation.ts';
import { PeerError } from '../../kit/peerError.ts';
import { refuseExpressions } from '../expressions.ts';
import { looksSecret } from './secrets.ts';

/** What an edit asks for: a text, or null to take it away. */
export type Wanted = ReadonlyMap<string, string | null>;

const most = 50;

/** Throws `PeerError` for names and values that Podium does not write. */
export function wantedOf(
  { edit, restart }: Pick<EditDocument, 'edit' | 'restart'>,
  what: 'property' | 'logger',
): Wanted {
  const refuse = (why: string): never => {
    throw new PeerError('refused', why);
  };
  if (edit.kind !== 'entries') return refuse('Only single entries are changed here.');
  if (restart.length > 0) refuse('Nothing is restarted from here: instances refresh.');
  const wanted = new Map<string, string | null>([
    ...edit.remove.map((key): [string, null] => [key, null]),
    ...edit.set.map(({ key, value }): [string, string] => [key, value]),
  ]);
  if (wanted.size === 0) refuse('There is nothing to change.');
  if (wanted.size > most)
    refuse(`${wanted.size} entries at once are more than the ${most} that Podium writes.`);
  for (const [key, value] of wanted) {
    // JavaScript’s own words would be lost on the way through the journal.
    if (!/^[\w$.[\]/: @-]+$/.test(key) || /(^|\.)(__proto__|constructor|prototype)(\.|$)/.test(key))
      refuse(`“${key.slice(0, 80)}” is no name that Podium writes.`);
    refuseExpressions(key, 'The name');
    if (value === null) continue;
    refuseExpressions(value, `The value of ${key}`);
    if (what === 'property' && looksSecret(key, value) && !value.startsWith('{cipher}'))
      refuse(
        `${key} looks like a secret: it would stand in the journal and in the file as it is typed. Change it where it is kept, or give it encrypted ({cipher}…).`,
      );
  }
  return wanted;
}

/** "payment.greeting", "3 properties". */
export const sayKeys = (wanted: Wanted, many: string): string => {
  const [only, ...more] = wanted.keys();
  return more.length === 0 && only !== undefined ? only : `${wanted.size} ${many}`;
};
