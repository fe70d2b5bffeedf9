import { apiVersionOf, type Resource } from './resources.ts';

type Fields = Readonly<Record<string, unknown>>;

/** The object of a BOOKMARK event: of the watched kind and empty but for its revision. */
export function bookmarkObject(
  resource: Resource,
  group: string,
  version: string,
  revision: number,
  initialEnd: boolean,
): Fields {
  const annotations = initialEnd ? { annotations: { 'k8s.io/initial-events-end': 'true' } } : {};
  return {
    kind: resource.kind,
    apiVersion: apiVersionOf(group, version),
    metadata: { resourceVersion: String(revision), ...annotations },
    ...(group === 'events.k8s.io' ? {} : emptyFields[resource.plural]),
  };
}

const noPods = { metadata: {}, spec: { containers: null } };

// Built-in kinds write their required fields even when they are empty: a bookmark of pods has containers that are null.
const emptyFields: Readonly<Record<string, Fields>> = {
  pods: { spec: { containers: null }, status: {} },
  services: { spec: {}, status: { loadBalancer: {} } },
  namespaces: { spec: {}, status: {} },
  nodes: { spec: {}, status: {} },
  deployments: { spec: { replicas: 0, selector: null, template: noPods, strategy: {} }, status: {} },
  endpointslices: { addressType: '', endpoints: null, ports: null },
  events: {
    involvedObject: {},
    source: {},
    firstTimestamp: null,
    lastTimestamp: null,
    eventTime: null,
    reportingComponent: '',
    reportingInstance: '',
  },
};
