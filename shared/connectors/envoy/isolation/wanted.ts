import { parse, stringify } from 'yaml';
import { z } from 'zod';
import type { DocumentRef } from '../../../model/entity.ts';
import { PeerError } from '../../kit/peerError.ts';
import type { Member } from './fleet.ts';
import { limitsFor, Marker } from './runtime.ts';

/**
 * What a write wants of the callers' proxies. A proxy keeps no documents: this text is what the journal has of it, and by it a
 * Podium that was started anew goes on holding.
 */
const Wanted = z.object({
  /** Whether every call is to be refused. */
  stopped: z.boolean(),
  stop: Marker.omit({ was: true }),
  /** Those that were planned for; others of the same callers are set when they come. */
  proxies: z.array(z.string()),
});
export type Wanted = z.infer<typeof Wanted>;

export const writeWanted = (wanted: Wanted): string => stringify(wanted, { lineWidth: 0 });

/** Throws where the journal's text is none of ours. */
export function readWanted(text: string): Wanted {
  const read = Wanted.safeParse(parse(text));
  if (!read.success)
    throw new PeerError('refused', 'The journal does not say what was to become of these limits.');
  return read.data;
}

/** The limits of a host that stand in the runtime of each proxy now. */
export const writeLimits = (members: readonly Member[], host: string): string =>
  stringify(
    {
      proxies: Object.fromEntries(
        members.flatMap(({ uid, runtime }) =>
          runtime === null ? [] : [[uid, Object.fromEntries(limitsFor(runtime, host))]],
        ),
      ),
    },
    { lineWidth: 0 },
  );

/** What stands for a document: the runtime of the proxies of one caller, or of all, as far as a host is concerned. */
export function refOf(connectionId: string, { host, caller }: Wanted['stop']): DocumentRef {
  const name = `${caller?.name ?? 'all callers'} → ${host}`;
  return {
    connectionId,
    apiVersion: 'envoy',
    kind: 'Runtime',
    namespace: caller?.namespace ?? null,
    name,
    uid: `${caller?.namespace ?? ''}/${name}`,
  };
}
