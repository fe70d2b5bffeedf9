import { faceIn, type KnownAs } from '../../../shared/analysis/faceIn.ts';
import type { GraphService } from '../../../shared/model/graph.ts';
import type { Split } from '../../../shared/model/weights.ts';
import { type AnswerTarget, targetKey } from './tripDraft.ts';

/**
 * Who could answer instead of a service in one system: its own versions first, then services of its namespace, then all others
 * that the system knows. What lies outside of the mesh is left out: nothing routes to it by itself.
 */
export function answerTargets(
  callee: KnownAs,
  services: Iterable<GraphService>,
  splits: readonly Split[],
): AnswerTarget[] {
  const versions = new Map<string, AnswerTarget>();
  for (const { host, subset, title } of splits.flatMap((split) => split.destinations)) {
    if (subset === null || !callee.hosts.includes(host)) continue;
    versions.set(targetKey(host, subset), {
      key: targetKey(host, subset),
      title: `${callee.name} ${title}`,
      note: 'another version',
      fallback: { kind: 'service', host, subset },
    });
  }
  const others = [...services].flatMap((service) => {
    const known = service.kind === 'service' ? faceIn(service, callee.connectionId) : null;
    return known === null || known.serviceId === callee.serviceId ? [] : [known];
  });
  const away = ({ namespace }: KnownAs): number => (namespace === callee.namespace ? 0 : 1);
  others.sort((a, b) => away(a) - away(b) || a.name.localeCompare(b.name, 'en'));
  return [
    ...versions.values(),
    ...others.flatMap(({ name, namespace, hosts: [host] }) =>
      host === undefined
        ? []
        : [
            {
              key: targetKey(host, null),
              title: name,
              note: namespace ?? '',
              fallback: { kind: 'service' as const, host, subset: null },
            },
          ],
    ),
  ];
}
