import type { Marks, Settings } from '../model/settings.ts';
import { withPairs } from './joins.ts';

/** What single entries are kept in. */
type Marked = Pick<Settings, 'environments' | 'health' | 'positions' | 'joins' | 'sharing'>;

/** What is remembered, with these entries set or taken away; every other entry stays as it is. */
export function withMarks(settings: Marked, marks: Marks): Partial<Marked> {
  const { environments, health, positions, joins, sharing } = settings;
  return {
    ...(marks.environments !== undefined && { environments: merged(environments, marks.environments) }),
    ...((marks.health !== undefined || marks.healthOf !== undefined) && {
      health: {
        default: marks.health ?? health.default,
        services: merged(health.services, marks.healthOf ?? {}),
      },
    }),
    ...(marks.positions !== undefined && { positions: withPlaces(positions, marks.positions) }),
    ...(marks.joins !== undefined && {
      joins: {
        convention: marks.joins.convention ?? joins.convention,
        addresses: marks.joins.addresses ?? joins.addresses,
        ...withPairs(joins, marks.joins.pairs ?? []),
      },
    }),
    ...(marks.events !== undefined && { sharing: { ...sharing, events: marks.events } }),
  };
}

function withPlaces(
  positions: Settings['positions'],
  marks: NonNullable<Marks['positions']>,
): Settings['positions'] {
  const places = Object.entries(marks).map(
    ([title, ofServices]) =>
      [title, ofServices === null ? null : merged(positions[title] ?? {}, ofServices)] as const,
  );
  return merged(positions, Object.fromEntries(places));
}

function merged<T>(
  before: Readonly<Record<string, T>>,
  marks: Readonly<Record<string, T | null>>,
): Record<string, T> {
  const kept = Object.entries(before).filter(([key]) => marks[key] === undefined);
  const set = Object.entries(marks).flatMap(([key, value]) =>
    value === null ? [] : [[key, value] as const],
  );
  return Object.fromEntries([...kept, ...set]);
}
