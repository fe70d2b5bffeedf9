import type { KubeInput, KubeObject } from '../kube/store.ts';
import { fieldsAt, listAt, textOf, textsOf, type Fields } from '../traffic/reading.ts';
import { type Cluster, ownedBy } from './cluster.ts';

const proxyImage = 'docker.io/istio/proxyv2:1.27.1';

/** A pod of a ReplicaSet before anything ran it, with Istio's sidecar where the namespace asks for one. */
export function podFromTemplate(cluster: Cluster, set: KubeObject): KubeInput {
  const template = fieldsAt(set, 'spec', 'template');
  const namespace = set.metadata.namespace ?? '';
  const name = `${set.metadata.name}-${cluster.letters(5)}`;
  const spec = fieldsAt(template, 'spec');
  const labels = textsOf(fieldsAt(template, 'metadata', 'labels'));
  const annotations = textsOf(fieldsAt(template, 'metadata', 'annotations'));
  const sidecar = isInjected(cluster, namespace, labels);
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      generateName: `${set.metadata.name}-`,
      namespace,
      labels: sidecar ? { ...injectedLabels(labels), ...labels } : labels,
      annotations: sidecar ? { ...annotations, ...scraped } : annotations,
      ownerReferences: [ownedBy(set)],
    },
    spec: {
      ...spec,
      containers: [
        ...listAt(spec, 'containers'),
        ...(sidecar ? [{ name: 'istio-proxy', image: proxyImage }] : []),
      ],
    },
    status: { phase: 'Pending', qosClass: 'BestEffort' },
  };
}

const scraped: Readonly<Record<string, string>> = {
  'prometheus.io/scrape': 'true',
  'prometheus.io/port': '15020',
  'prometheus.io/path': '/stats/prometheus',
};

function isInjected(
  { store }: Cluster,
  namespace: string,
  labels: Readonly<Record<string, string>>,
): boolean {
  const own = labels['sidecar.istio.io/inject'];
  if (own !== undefined) return own === 'true';
  return store.get('namespaces', null, namespace)?.metadata.labels?.['istio-injection'] === 'enabled';
}

/** What the injector says of a workload, unless its template says it itself. */
function injectedLabels(labels: Readonly<Record<string, string>>): Record<string, string> {
  const name = labels['app.kubernetes.io/name'] ?? labels['app'];
  return {
    'security.istio.io/tlsMode': 'istio',
    ...(name === undefined ? {} : { 'service.istio.io/canonical-name': name }),
    'service.istio.io/canonical-revision':
      labels['app.kubernetes.io/version'] ?? labels['version'] ?? 'latest',
  };
}

/** A configuration that a pod needs and that is not there: in the words of the kubelet. */
export function missingConfiguration(
  { store }: Cluster,
  pod: KubeObject,
): { readonly reason: string; readonly message: string } | null {
  const namespace = pod.metadata.namespace ?? null;
  const absent = (
    resource: 'configmaps' | 'secrets',
    reference: Fields,
    nameField = 'name',
  ): string | null => {
    const name = textOf(reference[nameField]);
    if (name === null || reference['optional'] === true) return null;
    const found = store.get(resource, namespace, name);
    const what = resource === 'configmaps' ? 'configmap' : 'secret';
    if (found === undefined) return `${what} "${name}" not found`;
    const key = textOf(reference['key']);
    if (key === null || key in fieldsAt(found, 'data') || key in fieldsAt(found, 'binaryData')) return null;
    return `couldn't find key ${key} in ${resource === 'configmaps' ? 'ConfigMap' : 'Secret'} ${namespace ?? ''}/${name}`;
  };
  for (const volume of listAt(pod, 'spec', 'volumes').map((one) => fieldsAt(one))) {
    const told =
      absent('configmaps', fieldsAt(volume, 'configMap')) ??
      absent('secrets', fieldsAt(volume, 'secret'), 'secretName');
    if (told !== null) return { reason: 'ContainerCreating', message: `MountVolume.SetUp failed: ${told}` };
  }
  for (const container of listAt(pod, 'spec', 'containers')) {
    const references = [
      ...listAt(container, 'envFrom').map((one) => fieldsAt(one)),
      ...listAt(container, 'env').map((one) => fieldsAt(one, 'valueFrom')),
    ];
    for (const one of references) {
      const told =
        absent('configmaps', fieldsAt(one, 'configMapRef')) ??
        absent('secrets', fieldsAt(one, 'secretRef')) ??
        absent('configmaps', fieldsAt(one, 'configMapKeyRef')) ??
        absent('secrets', fieldsAt(one, 'secretKeyRef'));
      if (told !== null) return { reason: 'CreateContainerConfigError', message: told };
    }
  }
  return null;
}
