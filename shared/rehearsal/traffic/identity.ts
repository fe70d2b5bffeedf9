import type { MeshPod, MeshService } from './mesh.ts';

/** A label set being made. */
export type LabelRecord = Readonly<Record<string, string>>;

/** What proxies tell each other of a workload. */
export interface Identity {
  readonly workload: string;
  readonly namespace: string;
  readonly canonicalService: string;
  readonly version: string;
  readonly app: string;
  readonly principal: string;
}

/** A peer that no proxy knows: outside the mesh, or a request that reached nobody. */
export const nobody: Identity = {
  workload: 'unknown',
  namespace: 'unknown',
  canonicalService: 'unknown',
  version: 'unknown',
  app: 'unknown',
  principal: 'unknown',
};

/** The identity of a pod's workload, by the rules of Istio's canonical services. */
export function identityOf(pod: MeshPod): Identity {
  const { labels, namespace, workload } = pod;
  const app = labels['app'] ?? 'unknown';
  const canonicalService =
    labels['service.istio.io/canonical-name'] ??
    labels['app.kubernetes.io/name'] ??
    labels['app'] ??
    workload;
  return {
    workload,
    namespace,
    canonicalService,
    version: pod.version,
    app,
    principal: `spiffe://cluster.local/ns/${namespace}/sa/${canonicalService}`,
  };
}

/** Istio's standard labels of a call, as one side reports it, with those of the scrape. */
export function callLabels(
  reporter: 'source' | 'destination',
  pod: MeshPod,
  source: Identity,
  destination: Identity,
  service: MeshService | { readonly host: string },
  protocol: string,
): LabelRecord {
  const secured = source !== nobody && destination !== nobody;
  return {
    ...scrapeLabels(pod),
    reporter,
    source_workload: source.workload,
    source_workload_namespace: source.namespace,
    source_canonical_service: source.canonicalService,
    source_canonical_revision: source === nobody ? 'latest' : source.version,
    source_version: source.version,
    source_app: source.app,
    source_principal: secured ? source.principal : 'unknown',
    source_cluster: source === nobody ? 'unknown' : 'Kubernetes',
    destination_workload: destination.workload,
    destination_workload_namespace: destination.namespace,
    destination_canonical_service: destination.canonicalService,
    destination_canonical_revision: destination === nobody ? 'latest' : destination.version,
    destination_version: destination.version,
    destination_app: destination.app,
    destination_principal: secured ? destination.principal : 'unknown',
    destination_cluster: destination === nobody ? 'unknown' : 'Kubernetes',
    destination_service: service.host,
    // Without a cluster the proxy only has the host that was asked for.
    destination_service_name: 'name' in service ? service.name : service.host,
    destination_service_namespace: 'namespace' in service ? service.namespace : 'unknown',
    request_protocol: protocol,
    // Only the receiving proxy knows how it was reached.
    connection_security_policy: reporter === 'source' ? 'unknown' : secured ? 'mutual_tls' : 'none',
  };
}

/** What Prometheus adds to everything it scrapes from a pod's proxy. */
export function scrapeLabels(pod: MeshPod): LabelRecord {
  return {
    job: 'kubernetes-pods',
    instance: `${pod.address}:15020`,
    namespace: pod.namespace,
    pod: pod.name,
  };
}
