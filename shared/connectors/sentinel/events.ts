import type { EventView } from '../../model/inspect.ts';
import type { EventSource } from '../kit/connector.ts';
import type { Fleet, Member } from './fleet.ts';

/** What is wrong with instances of an application now: off, silent, or with a data source that takes nothing. */
export function createEvents(fleet: Fleet): EventSource {
  return { read: ({ name }) => Promise.resolve(fleet.of(name).flatMap(troubles)) };
}

function troubles({ name, isOn, rules, problem, readAt, memoryOnlyAt }: Member): EventView[] {
  const warn = (reason: string, at: number | null, text: string): EventView => ({
    at,
    kind: 'warning',
    reason,
    text,
    about: name,
    count: null,
  });
  return [
    ...(rules === null ? [warn('NotAsked', readAt, problem ?? 'it cannot be asked')] : []),
    ...(isOn === false
      ? [warn('SwitchedOff', readAt, 'Sentinel is switched off: no rule is checked, and every call passes')]
      : []),
    ...(memoryOnlyAt === null
      ? []
      : [
          warn(
            'MemoryOnly',
            memoryOnlyAt,
            'Its data source did not take what was set: it lives in memory, and the next push may overwrite it',
          ),
        ]),
  ];
}
