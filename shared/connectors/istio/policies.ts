import type { ServiceKey } from '../kit/connector.ts';
import {
  at,
  type KubeObject,
  labelsOf,
  listAt,
  mapAt,
  namespaceOf,
  selects,
  textAt,
} from '../kube/objects.ts';
import type { Mesh } from './mesh.ts';

/** AuthorizationPolicies that hold for the instances behind a service, by name; those in `roots` are for the whole mesh. */
export function policiesFor(
  mesh: Mesh,
  { namespace, name }: ServiceKey,
  roots: readonly string[],
): KubeObject[] {
  const service = mesh.services.get(namespace ?? '', name);
  if (service === undefined) return [];
  const pods = podsOf(mesh, service);
  return [...(mesh.authorizationPolicies?.all() ?? [])]
    .filter((policy) => holds(policy, service, pods, roots))
    .sort((a, b) => a.metadata.name.localeCompare(b.metadata.name));
}

/** The Services whose instances a policy holds for, or some of them. */
export function servicesUnder(mesh: Mesh, policy: KubeObject, roots: readonly string[]): KubeObject[] {
  return [...mesh.services.all()].filter((service) => holds(policy, service, podsOf(mesh, service), roots));
}

/** The Services in front of the pods that a selector of a Gateway takes. */
export function servicesOfGateway(mesh: Mesh, gateway: KubeObject): KubeObject[] {
  const selector = mapAt(gateway, 'spec', 'selector');
  const pods = [...mesh.pods.all()].filter((pod) => selects(selector, labelsOf(pod)));
  return [...mesh.services.all()].filter((service) => {
    const own = mapAt(service, 'spec', 'selector');
    return pods.some((pod) => namespaceOf(pod) === namespaceOf(service) && selects(own, labelsOf(pod)));
  });
}

/** The pods behind a service; none where it is not known. */
export function podsBehind(mesh: Mesh, { namespace, name }: ServiceKey): KubeObject[] {
  const service = mesh.services.get(namespace ?? '', name);
  return service === undefined ? [] : podsOf(mesh, service);
}

function podsOf(mesh: Mesh, service: KubeObject): KubeObject[] {
  const selector = mapAt(service, 'spec', 'selector');
  return [...mesh.pods.all()].filter(
    (pod) => namespaceOf(pod) === namespaceOf(service) && selects(selector, labelsOf(pod)),
  );
}

function holds(
  policy: KubeObject,
  service: KubeObject,
  pods: readonly KubeObject[],
  roots: readonly string[],
): boolean {
  const place = namespaceOf(policy);
  if (place !== namespaceOf(service) && !roots.includes(place)) return false;
  const single = at(policy, 'spec', 'targetRef');
  const targets = [...(single === undefined ? [] : [single]), ...listAt(policy, 'spec', 'targetRefs')];
  if (targets.length > 0)
    return targets.some(
      (one) => textAt(one, 'kind') === 'Service' && textAt(one, 'name') === service.metadata.name,
    );
  const selector = mapAt(policy, 'spec', 'selector', 'matchLabels');
  // Without a selector it is for all of its namespace; in the root namespace for all of the mesh.
  return selector.size === 0 || pods.some((pod) => selects(selector, labelsOf(pod)));
}
