import { PeerError } from '../../kit/peerError.ts';
import type { Member } from '../fleet.ts';

/** Why an instance cannot be asked now, in words; null where it answers. */
export const silenceOf = ({ instance, breakers, problem }: Member): string | null =>
  breakers === null ? `${instance.name}: ${problem ?? 'it cannot be asked'}` : null;

/** Throws where not one of them answers. */
export function refuseSilent(members: readonly Member[]): void {
  const silences = members.map(silenceOf);
  const [first] = silences;
  if (first !== undefined && first !== null && silences.every((silence) => silence !== null))
    throw new PeerError('unreachable', first);
}
