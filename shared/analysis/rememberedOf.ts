import type { Settings } from '../model/settings.ts';

/** The name of a connection in ids of entities, which divide by these signs themselves. */
export const connectionIdOf = (title: string): string => title.replace(/[/→]/g, '_');

/** What is remembered of one connection, by what it is. */
export interface RememberedOf {
  readonly title: string;
  readonly places: number;
  readonly isMarked: boolean;
  readonly isTyped: boolean;
  readonly programs: number;
  readonly thresholds: number;
  readonly pairs: number;
}

/** All connections of which something is remembered, by title. */
export function rememberedConnections(settings: Settings): readonly RememberedOf[] {
  const { positions, environments, remembered, programs, health, joins } = settings;
  const named = [
    ...Object.keys(positions).filter((title) => Object.keys(positions[title] ?? {}).length > 0),
    ...Object.keys(environments),
    ...remembered.map(({ title }) => title),
    ...programs.map(({ title }) => title),
  ];
  const known = new Set(named.map(connectionIdOf));
  // Only an id is left of those: all that is known of their title.
  const byEntity = [...Object.keys(health.services), ...[...joins.together, ...joins.apart].flat()]
    .map((id) => id.split('/')[0] ?? '')
    .filter((id) => id !== '' && !known.has(id));
  return [...new Set([...named, ...byEntity])]
    .sort((a, b) => a.localeCompare(b))
    .map((title) => {
      const isOf = belongsTo(title);
      return {
        title,
        places: Object.keys(positions[title] ?? {}).length,
        isMarked: Object.hasOwn(environments, title),
        isTyped: remembered.some((one) => one.title === title),
        programs: programs.filter((one) => one.title === title).length,
        thresholds: Object.keys(health.services).filter(isOf).length,
        pairs: [...joins.together, ...joins.apart].filter((pair) => pair.some(isOf)).length,
      };
    });
}

/** The keys that change when everything about one connection is forgotten. */
export function withoutConnection(settings: Settings, title: string): Partial<Settings> {
  const isOf = belongsTo(title);
  const { positions, environments, remembered, programs, health, joins, looked } = settings;
  const without = <V>(all: Readonly<Record<string, V>>, gone: (key: string) => boolean): Record<string, V> =>
    Object.fromEntries(Object.entries(all).filter(([key]) => !gone(key)));
  const isIt = (key: string): boolean => key === title;
  return {
    positions: without(positions, isIt),
    environments: without(environments, isIt),
    looked: without(looked, isIt),
    remembered: remembered.filter((one) => one.title !== title),
    programs: programs.filter((one) => one.title !== title),
    health: { ...health, services: without(health.services, isOf) },
    joins: {
      ...joins,
      together: joins.together.filter((pair) => !pair.some(isOf)),
      apart: joins.apart.filter((pair) => !pair.some(isOf)),
    },
  };
}

const belongsTo =
  (title: string) =>
  (entityId: string): boolean =>
    entityId.startsWith(`${connectionIdOf(title)}/`);
