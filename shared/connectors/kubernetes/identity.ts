import { annotationsOf, at, type KubeObject, labelsOf, listAt, textAt } from '../kube/objects.ts';

type Labels = ReadonlyMap<string, string>;

const first = (labels: Labels, keys: readonly string[]): string | null => {
  for (const key of keys) {
    const value = labels.get(key);
    if (value !== undefined && value !== '') return value;
  }
  return null;
};

/** The name that Istio's metrics give a workload, by the labels of its pods, in Istio's order. */
export const canonicalServiceOf = (labels: Labels, workload: string): string =>
  first(labels, ['service.istio.io/canonical-name', 'app.kubernetes.io/name', 'app']) ?? workload;

/** The version that Istio's metrics give it, in Istio's order; null when no label says. */
export const versionOf = (labels: Labels): string | null =>
  first(labels, ['service.istio.io/canonical-revision', 'app.kubernetes.io/version', 'version']);

/** Who answers for it, from labels and annotations that teams commonly set. */
export function ownerOf(object: KubeObject): string | null {
  const keys = ['team', 'owner', 'owned-by', 'app.kubernetes.io/team', 'backstage.io/owner'];
  return (
    first(labelsOf(object), keys) ??
    first(annotationsOf(object), keys) ??
    first(labelsOf(object), ['app.kubernetes.io/part-of'])
  );
}

/** Whether a Service says of itself that calls enter here. Istio's own Gateway documents tell more, where they can be read. */
export function isGateway(service: KubeObject): boolean {
  const labels = labelsOf(service);
  const component = labels.get('app.kubernetes.io/component') ?? '';
  return (
    /^(gateway|ingress|edge-proxy)/.test(component) ||
    /gateway$/.test(labels.get('istio') ?? '') ||
    labels.has('gateway.networking.k8s.io/gateway-name')
  );
}

/** The object that made this one, if a controller did. */
export function controllerOf(object: KubeObject): { kind: string; name: string; uid: string } | null {
  for (const reference of listAt(object, 'metadata', 'ownerReferences')) {
    const kind = textAt(reference, 'kind');
    const name = textAt(reference, 'name');
    const uid = textAt(reference, 'uid');
    if (at(reference, 'controller') === true && kind !== null && name !== null && uid !== null)
      return { kind, name, uid };
  }
  return null;
}

const proxies = new Set(['istio-proxy', 'linkerd-proxy', 'envoy', 'consul-dataplane']);

/** The image of the container that is the application: the first that is no mesh proxy. */
export function imageOf(podSpec: unknown): string | null {
  const containers = listAt(podSpec, 'containers');
  const own = containers.find((container) => !proxies.has(textAt(container, 'name') ?? ''));
  return textAt(own ?? containers[0], 'image');
}

/** Every host by which a Service can be called, fully qualified first. */
export const hostsOf = (namespace: string, name: string): string[] => [
  `${name}.${namespace}.svc.cluster.local`,
  `${name}.${namespace}.svc`,
  `${name}.${namespace}`,
  name,
];
