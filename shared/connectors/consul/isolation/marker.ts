import { z } from 'zod';
import { TripMechanism } from '../../../model/trip.ts';

/** What another Podium needs to see and to end a trip stands in the entry's own Meta. */
const prefix = 'podium-held-';
/** Consul takes values of at most 512 bytes, and 64 of them in one entry. */
const mostBytes = 512;
const mostParts = 12;

/** A source of an intention as it was before a trip denied it. */
const Source = z.object({ name: z.string().max(200), action: z.string().max(20) });

/** One trip as its entry carries it. */
export const Held = z.object({
  /** Names the trip's keys; letters and digits. */
  token: z.string().regex(/^[a-z0-9]{1,12}$/),
  operationId: z.string().min(1).max(200),
  host: z.string().min(1).max(253),
  caller: z.object({ namespace: z.string().max(253).nullable(), name: z.string().max(253) }).nullable(),
  mechanism: TripMechanism,
  until: z.number().int().positive().max(8.64e15),
  since: z.number().int().positive().max(8.64e15).nullable(),
  by: z.string().max(200),
  reason: z.string().max(600),
  /** The entry was made for the trip. */
  made: z.boolean(),
  /** What the trip took the place of, for its end to put back. */
  was: z.discriminatedUnion('kind', [
    /** Limits of the caller for the callee; null where there was no override of them. */
    z.object({
      kind: z.literal('limits'),
      callee: z.string().max(200),
      override: z.boolean(),
      limits: z.record(z.string().max(60), z.number()).nullable(),
    }),
    z.object({ kind: z.literal('route') }),
    /** Sources that the trip denied, and names that it put in. */
    z.object({
      kind: z.literal('sources'),
      denied: z.array(Source).max(20),
      added: z.string().max(200).nullable(),
    }),
  ]),
});
export type Held = z.infer<typeof Held>;

type Meta = ReadonlyMap<string, string>;

/** The trips that an entry carries; what cannot be read as one is left alone. */
export function readHeld(meta: Meta): Held[] {
  const tokens = new Set([...meta.keys()].flatMap((key) => tokenOf(key) ?? []));
  return [...tokens].flatMap((token) => {
    const text = Array.from(
      { length: mostParts },
      (_, part) => meta.get(`${prefix}${token}-${part}`) ?? '',
    ).join('');
    try {
      const held = Held.safeParse(JSON.parse(text)).data;
      return held?.token === token ? [held] : [];
    } catch {
      return [];
    }
  });
}

const tokenOf = (key: string): string | null => /^podium-held-([a-z0-9]{1,12})-\d+$/.exec(key)?.[1] ?? null;

/** Meta with a trip's marker; null where it does not fit, and nobody could end the trip by it. */
export function withHeld(meta: Meta, held: Held): ReadonlyMap<string, string> | null {
  // Escaped, every character is one byte, and none is cut in two.
  const text = JSON.stringify(held).replaceAll(
    /[\u007f-\uffff]/g,
    (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  const parts = text.match(new RegExp(`.{1,${mostBytes}}`, 'gs')) ?? [];
  const next = new Map(withoutHeld(meta, held.token));
  parts.forEach((part, index) => next.set(`${prefix}${held.token}-${index}`, part));
  return parts.length > mostParts || next.size > 64 ? null : next;
}

export const withoutHeld = (meta: Meta, token: string): ReadonlyMap<string, string> =>
  new Map([...meta].filter(([key]) => tokenOf(key) !== token));

/** Names a trip in its connection. */
export const tripIdOf = ({ operationId, host }: Pick<Held, 'operationId' | 'host'>): string =>
  `${operationId}@${host}`;
