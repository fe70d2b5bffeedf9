import {
  annotationsOf,
  type KubeObject,
  labelsOf,
  listAt,
  mapAt,
  namespaceOf,
  selects,
  textAt,
} from '../../kube/objects.ts';
import { serviceOf } from '../../kube/serviceHosts.ts';
import type { Mesh } from '../mesh.ts';

/** Pods of the Service that a host means. */
export function podsOfHost(mesh: Mesh, host: string): readonly KubeObject[] {
  const name = serviceOf(host);
  const service = name === null ? undefined : mesh.services.get(name.namespace, name.name);
  if (service === undefined) return [];
  const selector = mapAt(service, 'spec', 'selector');
  return [...mesh.pods.all()].filter(
    (pod) => namespaceOf(pod) === namespaceOf(service) && selects(selector, labelsOf(pod)),
  );
}

/** Whether an Envoy of Istio's runs in the pod: as a sidecar, also as a native one, or as a gateway. */
export const hasProxy = (pod: KubeObject): boolean =>
  [...listAt(pod, 'spec', 'containers'), ...listAt(pod, 'spec', 'initContainers')].some(
    (container) => textAt(container, 'name') === 'istio-proxy',
  );

/** Whether a proxy of the node takes the pod's traffic (ambient mode); it knows no routes. */
export const isAmbient = (pod: KubeObject): boolean =>
  annotationsOf(pod).get('ambient.istio.io/redirection') === 'enabled';

/** Gateways, as namespace/name, that one of these pods serves. */
export function gatewaysServedBy(mesh: Mesh, pods: readonly KubeObject[]): readonly string[] {
  return [...mesh.gateways.all()]
    .filter((gateway) => {
      const selector = mapAt(gateway, 'spec', 'selector');
      return pods.some((pod) => selects(selector, labelsOf(pod)));
    })
    .map((gateway) => `${namespaceOf(gateway)}/${gateway.metadata.name}`);
}
