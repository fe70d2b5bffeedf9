import type { GraphCall, GraphService } from '../model/graph.ts';
import { formatCount } from './formats.ts';

type Graph = {
  readonly services: readonly Pick<GraphService, 'id' | 'name'>[];
  readonly calls: readonly Pick<GraphCall, 'callerId' | 'calleeId'>[];
};

/** Longer chains of retrying services say nothing more. */
const mostHops = 8;
const mostPaths = 2_000;

/**
 * How many requests one request can become at a service when every hop before it tries again as often as is declared, in a
 * sentence with the worst path; null where at most one hop of any path retries. `triesOf` is 1 for a service without retries.
 */
export function retryProduct(
  graph: Graph,
  calleeId: string,
  triesOf: (serviceId: string) => number,
): string | null {
  const callers = new Map<string, string[]>();
  for (const { callerId, calleeId: to } of graph.calls)
    if (callerId !== to) callers.set(to, [...(callers.get(to) ?? []), callerId]);
  const names = new Map(graph.services.map(({ id, name }) => [id, name]));
  let worst: readonly string[] = [];
  let most = 1;
  let paths = 0;
  const product = (path: readonly string[]): number =>
    path.slice(1).reduce((tries, id) => tries * triesOf(id), 1);
  const climb = (path: readonly string[]): void => {
    paths += 1;
    if (product(path) > most) {
      most = product(path);
      worst = path;
    }
    if (path.length > mostHops || paths > mostPaths) return;
    for (const caller of callers.get(path[0] ?? '') ?? [])
      if (!path.includes(caller)) climb([caller, ...path]);
  };
  climb([calleeId]);
  const retrying = worst.slice(1).filter((id) => triesOf(id) > 1);
  if (retrying.length < 2) return null;
  const named = worst.map((id) => names.get(id) ?? id).join(' → ');
  return `Along ${named} declared retries multiply: one request can become ${retrying.map(triesOf).join(' × ')} = ${formatCount(most)}.`;
}
