/** Whom a cluster of an Envoy leads to, by the names that control planes give their clusters. */
export interface ClusterTarget {
  /** As metrics and documents name it, fully qualified. */
  readonly host: string;
  readonly subset: string | null;
}

/** Null for clusters of the proxy's own: its agent, its application, its metrics. */
export function targetOf(cluster: string): ClusterTarget | null {
  return istioTarget(cluster) ?? consulTarget(cluster);
}

/** Istio: `outbound|8080|v1|payment.shop.svc.cluster.local`. */
function istioTarget(cluster: string): ClusterTarget | null {
  const [direction, , subset = '', host = ''] = cluster.split('|');
  if (direction !== 'outbound' || host === '') return null;
  return { host, subset: subset === '' ? null : subset };
}

/**
 * Consul: `v1.payment.default.dc1.internal.<trust domain>.consul`, `payment.default.dc1.internal.…`, with the partition before
 * the data centre where it is not the default one, and `failover-target~0~` before what has a failover.
 */
function consulTarget(cluster: string): ClusterTarget | null {
  const name = cluster.replace(/^failover-target~\d+~/, '');
  const [parts, rest] = name.split('.internal');
  if (parts === undefined || rest === undefined || !/^(-v1)?\..+\.consul$/.test(rest)) return null;
  const labels = parts.split('.');
  const datacenter = labels.pop();
  // A partition other than the default stands here too, in names that end in `internal-v1`.
  if (rest.startsWith('-v1')) labels.pop();
  const namespace = labels.pop();
  const service = labels.pop();
  if (datacenter === undefined || namespace === undefined || service === undefined) return null;
  const host =
    namespace === 'default'
      ? `${service.toLowerCase()}.service.${datacenter}.consul`
      : `${service.toLowerCase()}.service.${namespace}.ns.${datacenter}.dc.consul`;
  return { host, subset: labels.length === 0 ? null : labels.join('.') };
}

/** Whether a virtual host of a route table is for a host: Istio names it with its port, Consul by the service's bare name. */
export function isForHost(virtualHost: string, host: string): boolean {
  const name = virtualHost.replace(/:\d+$/, '').toLowerCase();
  if (name === host.toLowerCase()) return true;
  return host.endsWith('.consul') && name === host.split('.')[0];
}

/** Who a proxy says it is: Consul's `order-v1-1-sidecar-proxy`, Istio's `sidecar~10.0.0.1~order-7c.shop~shop.svc.cluster.local`. */
export function instanceOf(node: { readonly id: string; readonly cluster: string }): {
  readonly namespace: string;
  readonly instance: string;
  readonly service: string;
} {
  const [, , pod = ''] = node.id.split('~');
  const [name = '', namespace = ''] = pod.split('.');
  if (name !== '') return { namespace, instance: name, service: node.cluster.split('.')[0] ?? node.cluster };
  return {
    namespace: 'default',
    instance: node.id.replace(/-sidecar-proxy$/, ''),
    service: node.cluster,
  };
}
