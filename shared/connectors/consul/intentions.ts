import { z } from 'zod';
import type { NamespacedName } from '../../model/topology.ts';
import type { Registry } from './registry.ts';

const shape = z.object({
  Sources: z
    .array(
      z.object({
        Name: z.string(),
        Namespace: z.string().nullish(),
        Peer: z.string().nullish(),
        Action: z.string().nullish(),
        Permissions: z.array(z.unknown()).nullish(),
      }),
    )
    .nullish(),
});

interface Intention {
  readonly caller: NamespacedName;
  readonly callee: NamespacedName;
  /** Null where single requests are told apart by path, method or header. */
  readonly allowed: boolean | null;
}

/** Who may call whom, as far as intentions say. */
export interface Intentions {
  /** Those that name both ends and let calls through, or deny them. */
  readonly exact: readonly Intention[];
  /** By the most exact intention there is; null where none says, which the default of the mesh decides. */
  allows(caller: NamespacedName, callee: NamespacedName): boolean | null;
}

/** The intentions of the data centre, in Consul's order: exact names go before `*`, and the callee's before the caller's. */
export function readIntentions(registry: Registry): Intentions {
  const all: Intention[] = registry.entries('service-intentions').flatMap((entry) =>
    (shape.safeParse(entry.content).data?.Sources ?? []).flatMap((source): Intention[] => {
      // A peer's service is another's, whatever its name.
      if (source.Peer) return [];
      const byRequest = (source.Permissions ?? []).length > 0;
      return [
        {
          caller: { namespace: source.Namespace || entry.namespace, name: source.Name },
          callee: { namespace: entry.namespace, name: entry.name },
          allowed: byRequest ? null : source.Action === 'allow',
        },
      ];
    }),
  );
  const find = (caller: string, callee: string, namespaces: readonly [string, string]) =>
    all.find(
      (one) =>
        one.caller.name === caller &&
        one.callee.name === callee &&
        [namespaces[0], '*'].includes(one.caller.namespace) &&
        [namespaces[1], '*'].includes(one.callee.namespace),
    );
  return {
    exact: all.filter(({ caller, callee }) => caller.name !== '*' && callee.name !== '*'),
    allows(caller, callee) {
      const at = [caller.namespace, callee.namespace] as const;
      const said =
        find(caller.name, callee.name, at) ??
        find('*', callee.name, at) ??
        find(caller.name, '*', at) ??
        find('*', '*', at);
      return said === undefined ? null : said.allowed;
    },
  };
}
