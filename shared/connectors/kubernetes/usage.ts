import type { UsageSource } from '../kit/usage.ts';
import { PeerError } from '../kit/peerError.ts';
import type { KubeClient } from '../kube/client.ts';
import { listAt, textAt } from '../kube/objects.ts';
import { quantityOf } from '../kube/quantity.ts';

/** What serves no such metrics, or not to us, is not asked again for so long; what has too much to do is asked soon. */
const askAgainMs: Partial<Record<PeerError['kind'], number>> = {
  notFound: 5 * 60_000,
  forbidden: 5 * 60_000,
  // Also where it is registered and served by nobody.
  busy: 20_000,
};

/** What the metrics API (metrics-server and its like) says; it knows the newest reading, and nothing of throttling. */
export function createUsageSource(
  client: Pick<KubeClient, 'read'>,
  { clock }: { readonly clock: { now(): number } },
): UsageSource {
  /** By namespace: rights differ between them. */
  const refused = new Map<string, { readonly until: number; readonly error: PeerError }>();
  /** Who may not ask is refused also where nobody serves it: that is worth telling only once somebody has. */
  let isServed = false;

  /** Its items, or what kept them from being read. */
  async function ask(namespace: string, signal: AbortSignal): Promise<readonly unknown[] | PeerError> {
    const before = refused.get(namespace);
    if (before !== undefined && clock.now() < before.until) return before.error;
    try {
      const path = `/apis/metrics.k8s.io/v1beta1/namespaces/${encodeURIComponent(namespace)}/pods`;
      const list = await client.read(path, signal);
      refused.delete(namespace);
      isServed = true;
      return listAt(list, 'items');
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof PeerError)) throw error;
      const waitMs = askAgainMs[error.kind];
      if (waitMs !== undefined) refused.set(namespace, { until: clock.now() + waitMs, error });
      return error;
    }
  }

  return {
    tellsThrottling: false,
    async read(instances, signal) {
      const asked = new Set(instances.map((one) => `${one.namespace}/${one.name}`));
      const namespaces = [...new Set(instances.map(({ namespace }) => namespace))];
      const answers = await Promise.all(namespaces.map((namespace) => ask(namespace, signal)));
      const uses = answers
        .flatMap((answer) => (answer instanceof PeerError ? [] : answer))
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
      const problems = answers.flatMap((answer) => {
        if (!(answer instanceof PeerError)) return [];
        return isServed || askAgainMs[answer.kind] === undefined ? [answer.message] : [];
      });
      return uses.length === 0 && problems.length === 0
        ? null
        : { source: 'the cluster’s metrics API', uses, problems: [...new Set(problems)] };
    },
  };
}
