import { parse, stringify } from 'yaml';
import { z } from 'zod';
import type { Change } from '../../../model/change.ts';
import type { DocumentRef } from '../../../model/entity.ts';
import { Holder } from '../../kit/holding.ts';
import { PeerError } from '../../kit/peerError.ts';
import { BreakerState } from '../breakers.ts';

/**
 * One breaker of one service as a write wants it in every instance. An actuator keeps no documents: this text is what the
 * journal has of it, and by it a Podium that was started anew goes on holding.
 */
export const Wanted = z.object({
  service: z.string(),
  breaker: z.string(),
  state: z.enum(['FORCED_OPEN', 'DISABLED', 'CLOSED']),
  /** The service that it guards calls to; null where its name does not say. */
  callee: z.string().nullable(),
  held: Holder.nullable(),
  /** Other states than the one above, by instance: as they were before. */
  except: z.record(z.string(), z.enum(['FORCED_OPEN', 'DISABLED'])).default({}),
});
export type Wanted = z.infer<typeof Wanted>;

export const writeWanted = (wanted: Wanted): string => stringify(wanted, { lineWidth: 0 });

/** Throws where the journal's text is none of ours. */
export function readWanted(text: string): Wanted {
  const read = Wanted.safeParse(parse(text));
  if (!read.success)
    throw new PeerError('refused', 'The journal does not say what was to become of this breaker.');
  return read.data;
}

const Before = z.object({ instances: z.record(z.string(), BreakerState) });

export const writeBefore = (states: ReadonlyMap<string, BreakerState>): string =>
  stringify({ instances: Object.fromEntries(states) }, { lineWidth: 0 });

export const readBefore = (text: string): ReadonlyMap<string, BreakerState> =>
  new Map(Object.entries(Before.safeParse(parse(text)).data?.instances ?? {}));

/** What stands for a document: a breaker of a service, in however many instances. */
export const refOf = (
  connectionId: string,
  {
    namespace,
    service,
    breaker,
  }: { readonly namespace: string; readonly service: string; readonly breaker: string },
): DocumentRef => ({
  connectionId,
  apiVersion: 'resilience4j',
  kind: 'CircuitBreaker',
  namespace,
  name: `${service}/${breaker}`,
  uid: `${service}/${breaker}`,
});

/** What a close writes, by which instance: an actuator keeps no document, so this is what the journal has of it. */
const Closed = z.object({
  service: z.string(),
  breaker: z.string(),
  state: z.literal('CLOSED'),
  instances: z.array(z.string()),
});
export type Closed = z.infer<typeof Closed>;

/** Throws where the journal's text is none of ours. */
export function closedIn(change: Change): Closed {
  const read = Closed.safeParse(parse(change.after));
  if (!read.success)
    throw new PeerError('refused', 'The journal does not say in which instances this breaker was closed.');
  return read.data;
}
