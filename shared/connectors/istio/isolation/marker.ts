import { z } from 'zod';
import { TripMechanism } from '../../../model/trip.ts';
import { annotationsOf, type KubeObject } from '../../kube/objects.ts';

/** What another Podium needs to see and to end a trip is on the document itself, under this annotation. */
export const heldAnnotation = 'podium.dev/held';
/** Only routes of this name are ever taken away, whatever a marker says. */
const tripRoutePrefix = 'podium-trip-';

/** The route for everybody else in a document that was made for a trip; it stays until the last trip there ends. */
export const restRoute = 'podium-trip-rest';

/** Whether a route's name is one that Podium gives to what it puts in. */
export const isTripRoute = (name: unknown): boolean =>
  typeof name === 'string' && name.startsWith(tripRoutePrefix);

/** A trip that needs more routes in one document is not made: its marker would be as long as the document. */
export const mostRoutes = 200;

/** One trip as its document carries it. */
const Held = z.object({
  operationId: z.string().min(1).max(200),
  host: z.string().min(1).max(253),
  caller: z.object({ namespace: z.string().max(253).nullable(), name: z.string().max(253) }).nullable(),
  mechanism: TripMechanism,
  until: z.number().int().positive().max(8.64e15),
  since: z.number().int().positive().max(8.64e15).nullable(),
  by: z.string().max(500),
  reason: z.string().max(2000),
  /** Names of the routes that were put in for it; none in a policy. */
  routes: z.array(z.string().startsWith(tripRoutePrefix).max(200)).max(mostRoutes),
});
export type Held = z.infer<typeof Held>;

/** The trips that a document carries, and what is wrong with its marker, which anyone may have written. */
export function readHeld(document: KubeObject): {
  readonly held: readonly Held[];
  /** Every entry as it stands there, also those that cannot be read here: a later Podium's, say. They are kept. */
  readonly entries: readonly unknown[];
  readonly problem: string | null;
} {
  const text = annotationsOf(document).get(heldAnnotation);
  if (text === undefined) return { held: [], entries: [], problem: null };
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return { held: [], entries: [], problem: 'it is not JSON' };
  }
  if (!Array.isArray(parsed)) return { held: [], entries: [], problem: 'it is no list of trips' };
  const held: Held[] = [];
  let problem: string | null = null;
  for (const one of parsed) {
    const read = Held.safeParse(one);
    if (read.success) held.push(read.data);
    else problem = `an entry of it cannot be read (${read.error.issues[0]?.path.join('.') ?? ''})`;
  }
  return { held, entries: parsed, problem };
}

/** As the annotation holds it; null where there is nothing to hold, and the annotation goes. */
export const heldText = (entries: readonly unknown[]): string | null =>
  entries.length === 0 ? null : JSON.stringify(entries);

/** The trip of one entry of a marker; null where it cannot be read here. */
export const readEntry = (entry: unknown): Held | null => Held.safeParse(entry).data ?? null;

/** Names a trip in its connection: one operation trips one host. */
export const tripIdOf = ({ operationId, host }: Pick<Held, 'operationId' | 'host'>): string =>
  `${operationId}@${host}`;
