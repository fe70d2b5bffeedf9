import type { UsageSource } from '../kit/usage.ts';
import { PeerError } from '../kit/peerError.ts';
import type { KubeClient } from '../kube/client.ts';
import { listAt, textAt } from '../kube/objects.ts';
import { quantityOf } from '../kube/quantity.ts';

/** A cluster that serves no such metrics, or not to us, is not asked again for so long. */
const askAgainMs = 5 * 60_000;

/** What the metrics API (metrics-server and its like) says; it knows the newest reading, and nothing of throttling. */
export function createUsageSource(
  client: Pick<KubeClient, 'read'>,
  { clock }: { readonly clock: { now(): number } },
): UsageSource {
  let absentUntil = -Infinity;
  return {
    tellsThrottling: false,
    async read(instances, signal) {
      if (instances.length === 0 || clock.now() < absentUntil) return null;
      const asked = new Set(instances.map((one) => `${one.namespace}/${one.name}`));
      const namespaces = [...new Set(instances.map(({ namespace }) => namespace))];
      try {
        const lists = await Promise.all(
          namespaces.map((namespace) =>
            client.read(
              `/apis/metrics.k8s.io/v1beta1/namespaces/${encodeURIComponent(namespace)}/pods`,
              signal,
            ),
          ),
        );
        const uses = lists
          .flatMap((list) => listAt(list, 'items'))
          .flatMap((item) => {
            const namespace = textAt(item, 'metadata', 'namespace') ?? '';
            const name = textAt(item, 'metadata', 'name') ?? '';
            if (!asked.has(`${namespace}/${name}`)) return [];
            return listAt(item, 'containers').map((container) => ({
              namespace,
              name,
              container: textAt(container, 'name') ?? '',
              cpuCores: quantityOf(textAt(container, 'usage', 'cpu')),
              memoryBytes: quantityOf(textAt(container, 'usage', 'memory')),
              throttledRatio: null,
            }));
          });
        return uses.length === 0 ? null : { source: 'the cluster’s metrics API', uses, problems: [] };
      } catch (error) {
        if (!(error instanceof PeerError) || !absentKinds.has(error.kind)) throw error;
        absentUntil = clock.now() + askAgainMs;
        return null;
      }
    },
  };
}

/** Not served, not for us, or registered and served by nobody. */
const absentKinds: ReadonlySet<PeerError['kind']> = new Set(['notFound', 'forbidden', 'busy']);
