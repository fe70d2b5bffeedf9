import type { ObjectSource } from '../../kit/objects.ts';
import type { KubeClient } from '../../kube/client.ts';
import type { Kinds } from '../../kube/kinds.ts';
import { resourceOfKind } from '../workloads/kinds.ts';
import { readRevisions } from '../workloads/revisions.ts';
import { objectText, yamlOf } from './objectText.ts';

/** Any object that the API server serves, and the templates that workloads' controllers recorded. */
export function createObjectSource(client: KubeClient, kinds: Kinds): ObjectSource {
  return {
    async read({ apiVersion, kind, namespace, name, withManagedFields }, signal) {
      const resource = await kinds.resourceOf({ apiVersion, kind });
      return objectText(await client.object(resource, namespace, name, signal), withManagedFields);
    },
    async templates({ kind, namespace, name }, { from, to }, signal) {
      const workload = await client.object(resourceOfKind(kind), namespace, name, signal);
      const recorded = (await readRevisions(client, workload, signal)) ?? [];
      const textOf = (revision: number): string | null => {
        const found = recorded.find((one) => one.revision === revision);
        return found === undefined ? null : yamlOf(found.template);
      };
      return { from: textOf(from), to: textOf(to) };
    },
  };
}
