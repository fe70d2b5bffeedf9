import type { ServiceKey } from '../../kit/connector.ts';
import { PeerError } from '../../kit/peerError.ts';
import type { KubeClient } from '../../kube/client.ts';
import { type KubeObject, mapAt, namespaceOf, selects } from '../../kube/objects.ts';
import { type Resource, services } from '../../kube/resources.ts';
import { podLabelsOf, workloadResources } from './kinds.ts';

/** A Service and the workloads whose pods it selects. */
export interface FoundWorkloads {
  readonly service: KubeObject;
  readonly workloads: readonly KubeObject[];
}

/** Asks for the Service and what runs behind it. Null where the name is no Service of this cluster. */
export async function findWorkloads(
  client: KubeClient,
  { namespace, name }: ServiceKey,
  signal: AbortSignal,
): Promise<FoundWorkloads | null> {
  if (namespace === null) return null;
  const service = await orNull(client.object(services, namespace, name, signal), ['notFound']);
  if (service === null) return null;
  const selector = mapAt(service, 'spec', 'selector');
  if (selector.size === 0) return { service, workloads: [] };
  const all = await listWorkloads(client, namespace, signal);
  return { service, workloads: all.filter((one) => selects(selector, podLabelsOf(one))) };
}

/** All workloads of a namespace. A kind that may not be read is left out as long as another one can be. */
export async function listWorkloads(
  client: KubeClient,
  namespace: string,
  signal: AbortSignal,
): Promise<readonly KubeObject[]> {
  const answers = await Promise.allSettled(
    Object.values(workloadResources).map((resource: Resource) => client.list(resource, namespace, signal)),
  );
  const found = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
  const failed = answers.find((answer) => answer.status === 'rejected');
  // An empty list of which a part is missing would say that there is none.
  if (failed !== undefined && (found.length === 0 || !isRefusal(failed.reason))) throw failed.reason;
  return found;
}

/** The Services of a namespace that each of these label sets is selected by, as `namespace/name`. */
export function servicesSelecting(all: readonly KubeObject[], workload: KubeObject): readonly string[] {
  return all
    .filter(
      (service) =>
        namespaceOf(service) === namespaceOf(workload) &&
        selects(mapAt(service, 'spec', 'selector'), podLabelsOf(workload)),
    )
    .map((service) => `${namespaceOf(service)}/${service.metadata.name}`);
}

/** The answer, or null where the peer refuses it in one of these ways. */
export async function orNull<T>(asked: Promise<T>, kinds: readonly PeerError['kind'][]): Promise<T | null> {
  return asked.catch((error: unknown) => {
    if (error instanceof PeerError && kinds.includes(error.kind)) return null;
    throw error;
  });
}

const isRefusal = (error: unknown): boolean =>
  error instanceof PeerError && (error.kind === 'forbidden' || error.kind === 'notFound');
