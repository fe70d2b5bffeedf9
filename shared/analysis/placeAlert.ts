import type { EntityId } from '../model/entity.ts';
import type { TopologyIndex } from './topologyIndex.ts';

type Names = Pick<
  TopologyIndex,
  'serviceOfHost' | 'serviceOfWorkload' | 'serviceOfInstance' | 'serviceNamed'
>;

/** Where an alert belongs, and by which label. */
export interface AlertPlace {
  readonly serviceId: EntityId;
  /** "label deployment". */
  readonly by: string;
}

/** What rules and exporters call the namespace; what an exporter meant stands in the first. */
const namespaces = [
  'exported_namespace',
  'destination_service_namespace',
  'namespace',
  'kubernetes_namespace',
];
/** A workload says more than `service`, which with many exporters is the exporter's own. */
const workloads = ['deployment', 'statefulset', 'daemonset', 'destination_workload', 'workload'];
const instances = ['exported_pod', 'pod', 'pod_name', 'kubernetes_pod_name'];
const hosts = ['destination_service', 'host'];
const services = [
  ...[
    'exported_service',
    'destination_service_name',
    'destination_canonical_service',
    'service',
    'service_name',
  ],
  ...['kubernetes_service_name', 'svc', 'app', 'app_kubernetes_io_name', 'component', 'job'],
];

/** The service that an alert's labels name; null where none on the map is. */
export function placeAlert(labels: Readonly<Record<string, string>>, names: Names): AlertPlace | null {
  const namespace = firstOf(labels, namespaces)?.value ?? null;
  const ways: readonly (readonly [readonly string[], (value: string) => EntityId | null])[] = [
    [workloads, (value) => names.serviceOfWorkload(namespace, value)],
    [instances, (value) => names.serviceOfInstance(namespace, value)],
    [hosts, (value) => names.serviceOfHost(value, namespace)],
    [services, (value) => named(value, namespace, names)],
  ];
  for (const [labelNames, find] of ways) {
    for (const label of labelNames) {
      const value = labels[label];
      const serviceId = value === undefined || value === '' ? null : find(value);
      if (serviceId !== null) return { serviceId, by: `label ${label}` };
    }
  }
  return null;
}

/** `job` may be "shop/payment", as the operator of Prometheus names the monitors of pods. */
function named(value: string, namespace: string | null, names: Names): EntityId | null {
  const slash = value.indexOf('/');
  if (slash > 0) return names.serviceNamed(value.slice(0, slash), value.slice(slash + 1));
  return (
    names.serviceNamed(namespace, value) ??
    names.serviceOfWorkload(namespace, value) ??
    names.serviceOfHost(value, namespace)
  );
}

function firstOf(
  labels: Readonly<Record<string, string>>,
  wanted: readonly string[],
): { readonly value: string } | null {
  for (const name of wanted) {
    const value = labels[name];
    if (value !== undefined && value !== '') return { value };
  }
  return null;
}
