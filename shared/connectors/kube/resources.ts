/** One kind of object and where it is served. */
export interface Resource {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly kind: string;
}

const resource = (group: string, version: string, plural: string, kind: string): Resource => ({
  group,
  version,
  plural,
  kind,
});

export const services = resource('', 'v1', 'services', 'Service');
export const pods = resource('', 'v1', 'pods', 'Pod');
export const events = resource('', 'v1', 'events', 'Event');
export const deployments = resource('apps', 'v1', 'deployments', 'Deployment');
export const statefulSets = resource('apps', 'v1', 'statefulsets', 'StatefulSet');
export const daemonSets = resource('apps', 'v1', 'daemonsets', 'DaemonSet');
export const replicaSets = resource('apps', 'v1', 'replicasets', 'ReplicaSet');
export const controllerRevisions = resource('apps', 'v1', 'controllerrevisions', 'ControllerRevision');
export const autoscalers = resource(
  'autoscaling',
  'v2',
  'horizontalpodautoscalers',
  'HorizontalPodAutoscaler',
);
export const configMaps = resource('', 'v1', 'configmaps', 'ConfigMap');
export const secrets = resource('', 'v1', 'secrets', 'Secret');
export const endpointSlices = resource('discovery.k8s.io', 'v1', 'endpointslices', 'EndpointSlice');

/** `v1` or `apps/v1`. */
export const apiVersionOf = (of: Pick<Resource, 'group' | 'version'>): string =>
  of.group === '' ? of.version : `${of.group}/${of.version}`;

/** The path of a collection; of one object where a name is given. */
export function pathOf(of: Resource, namespace: string | null, name?: string): string {
  const root = of.group === '' ? `/api/${of.version}` : `/apis/${of.group}/${of.version}`;
  const scope = namespace === null ? '' : `/namespaces/${encodeURIComponent(namespace)}`;
  return `${root}${scope}/${of.plural}${name === undefined ? '' : `/${encodeURIComponent(name)}`}`;
}
