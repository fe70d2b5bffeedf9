import type { GraphCall, GraphService } from '../../../shared/model/graph.ts';
import { groupOf } from './layoutNodes.ts';

interface Known {
  readonly services: ReadonlyMap<string, Pick<GraphService, 'kind'>>;
  readonly calls: Iterable<Pick<GraphCall, 'callerId'>>;
  /** Figures have come, so what is missing is not merely late. */
  readonly figuresCame: boolean;
  /** How many sources gave them. */
  readonly sources: number;
}

/** What the map says where no call has a known caller; null where there is one, or where it is too early to say. */
export function sayUnknownCallers({ services, calls, figuresCame, sources }: Known): string | null {
  if (services.size === 0 || !figuresCame) return null;
  let some = false;
  for (const { callerId } of calls) {
    if (services.get(callerId)?.kind !== 'unknown') return null;
    some = true;
  }
  if (sources === 0) return 'Who calls whom is not known: no source of figures was found';
  return some
    ? 'Services tell what they are asked, but not who asks'
    : 'Who calls whom is not known: no source tells of any call';
}

/**
 * Namespaces of whose services nobody tells a call, in order of their names: nothing calls there, or nothing that is scraped
 * tells. Which of both it is nobody can say.
 */
export function namespacesWithoutCalls(
  services: ReadonlyMap<string, GraphService>,
  calls: Iterable<Pick<GraphCall, 'callerId' | 'calleeId'>>,
): string[] {
  const told = new Set<string | null>();
  for (const { callerId, calleeId } of calls)
    for (const id of [callerId, calleeId]) {
      const service = services.get(id);
      if (service !== undefined) told.add(groupOf(service));
    }
  const untold = new Map<string, string>();
  for (const service of services.values()) {
    const group = groupOf(service);
    if (group !== null && !told.has(group)) untold.set(group, service.namespace ?? '');
  }
  return [...untold.values()].sort((a, b) => a.localeCompare(b));
}
