import type { Marks, Settings } from '../model/settings.ts';

/** What is remembered, with these entries set or taken away; every other entry stays as it is. */
export function withMarks(
  { environments, health }: Pick<Settings, 'environments' | 'health'>,
  marks: Marks,
): Pick<Settings, 'environments' | 'health'> {
  return {
    environments: merged(environments, marks.environments ?? {}),
    health: {
      default: marks.health ?? health.default,
      services: merged(health.services, marks.healthOf ?? {}),
    },
  };
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
