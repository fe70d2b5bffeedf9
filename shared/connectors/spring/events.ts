import type { EventView } from '../../model/inspect.ts';
import { fewAtOnce } from '../kit/fewAtOnce.ts';
import type { EventSource } from '../kit/connector.ts';
import { readEvents } from './breakers.ts';
import type { Fleet, Member } from './fleet.ts';

const mostInstances = 20;

/** What instances of a service say of themselves: components that are not up, and what their breakers did lately. */
export function createEvents(fleet: Fleet): EventSource {
  return {
    async read({ name }, _instances, signal) {
      const members = fleet.of(name).slice(0, mostInstances);
      const read = await fewAtOnce(members, (member) => eventsOf(fleet, member, signal));
      return [...members.flatMap(troubles), ...read.flat()];
    },
  };
}

function troubles({ instance, health, problem, readAt }: Member): EventView[] {
  const warn = (reason: string, text: string): EventView => ({
    at: readAt,
    kind: 'warning',
    reason,
    text,
    about: instance.name,
    count: null,
  });
  return [
    ...(problem === null ? [] : [warn('NotAsked', problem)]),
    ...(health?.troubled ?? []).map(({ path, status, detail }) =>
      warn('Health', `${path} is ${status}${detail === '' ? '' : `: ${detail}`}`),
    ),
  ];
}

async function eventsOf(
  fleet: Fleet,
  { instance, breakers }: Member,
  signal: AbortSignal,
): Promise<EventView[]> {
  if (breakers === null || breakers.size === 0) return [];
  // Not being told of the past is no trouble of the service's: its present state is read elsewhere.
  const body = await fleet
    .actuator(instance.uid)
    .then((actuator) => actuator.breakerEvents(signal))
    .catch(() => null);
  signal.throwIfAborted();
  return readEvents(body).map(({ breaker, at, type, text }) => ({
    at,
    kind: 'normal',
    reason: type === 'STATE_TRANSITION' ? 'Breaker' : type,
    text: `${breaker}: ${text}`,
    about: instance.name,
    count: null,
  }));
}
