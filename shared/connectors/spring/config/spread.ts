import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { PeerError } from '../../kit/peerError.ts';

/** By key, what each instance has: null is none of its own. */
const Spread = z.record(z.string(), z.record(z.string(), z.string().nullable()));
export type Spread = z.infer<typeof Spread>;

/** Each entry as mapped; `undefined` leaves it out. */
export function mapSpread(
  spread: Spread,
  map: (key: string, name: string, value: string | null) => string | null | undefined,
): Spread {
  return Object.fromEntries(
    Object.entries(spread).map(([key, by]) => [
      key,
      Object.fromEntries(
        Object.entries(by).flatMap(([name, value]) => {
          const next = map(key, name, value);
          return next === undefined ? [] : [[name, next] as const];
        }),
      ),
    ]),
  );
}

/** Every instance that is named in it. */
export const namesIn = (spread: Spread): string[] => [
  ...new Set(Object.values(spread).flatMap((by) => Object.keys(by))),
];

/** Its text in the journal. */
export const textOf = (spread: Spread): string => stringify(spread, { lineWidth: 0, sortMapEntries: true });

/** @throws PeerError refused: the text is none of `textOf`. */
export function spreadIn(text: string): Spread {
  const read = Spread.safeParse(parse(text));
  if (read.success) return read.data;
  throw new PeerError('refused', 'The journal does not say what instances had or were to have.');
}

/** What an instance should have: as it was told, or as all others where it joined since. */
export function wantedIn(spread: Spread, name: string): Record<string, string | null> {
  const found: Record<string, string | null> = {};
  for (const [key, by] of Object.entries(spread)) {
    const values = new Set(Object.values(by));
    const [same] = values;
    if (name in by) found[key] = by[name] ?? null;
    else if (values.size === 1 && same != null) found[key] = same;
  }
  return found;
}
