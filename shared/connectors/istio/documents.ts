import type { DocumentObservation, DocumentSource, ServiceKey } from '../kit/connector.ts';
import { type KubeObject, labelsOf, listAt, mapAt, namespaceOf, selects, textAt } from '../kube/objects.ts';
import { createDestinations } from './destinations.ts';
import { locate, shownYaml } from '../kube/documents/located.ts';
import { findingsOf } from './findings.ts';
import { covers, qualify } from './hosts.ts';
import type { Mesh } from './mesh.ts';
import { gatewaysOf, hostsOf, routesOf } from './routes.ts';
import { refOf } from './splits.ts';

/** The mesh documents that shape a service, with what is wrong in them. */
export function createDocumentSource(mesh: Mesh): DocumentSource {
  return {
    async read(service, signal) {
      await mesh.ready(signal);
      const destinations = createDestinations(mesh);
      return documentsFor(mesh, service).map((document): DocumentObservation => {
        const yaml = shownYaml(document);
        return {
          ref: refOf(mesh, document),
          yaml,
          findings: locate(yaml, findingsOf(mesh, document, destinations)),
        };
      });
    },
  };
}

/** Routes, rules, entries and gateways that shape a service, in the order in which calls meet them. */
export function documentsFor(mesh: Mesh, service: ServiceKey): KubeObject[] {
  const hosts = service.hosts.map((host) => qualify(host, service.namespace ?? ''));
  const names = (host: string): boolean => hosts.some((one) => covers(host, one));
  const gateways = gatewaysInFront(mesh, service);
  const gatewayNames = gateways.map((one) => `${namespaceOf(one)}/${one.metadata.name}`);
  const found = [
    ...[...mesh.virtualServices.all()].filter(
      (document) =>
        hostsOf(document).some(names) ||
        routesOf(document).some((route) => route.destinations.some((one) => names(one.host))) ||
        gatewaysOf(document).some((one) => gatewayNames.includes(one)),
    ),
    ...[...mesh.destinationRules.all()].filter((rule) =>
      names(qualify(textAt(rule, 'spec', 'host') ?? '', namespaceOf(rule))),
    ),
    ...[...mesh.serviceEntries.all()].filter((entry) =>
      listAt(entry, 'spec', 'hosts').some((host) => typeof host === 'string' && names(host.toLowerCase())),
    ),
    ...gateways,
  ];
  const order = ['VirtualService', 'DestinationRule', 'ServiceEntry', 'Gateway'];
  return found.sort(
    (a, b) => order.indexOf(a.kind) - order.indexOf(b.kind) || a.metadata.name.localeCompare(b.metadata.name),
  );
}

/** Gateways whose pods this service stands before. */
function gatewaysInFront(mesh: Mesh, service: ServiceKey): KubeObject[] {
  const object = mesh.services.get(service.namespace ?? '', service.name);
  if (object === undefined) return [];
  const selector = mapAt(object, 'spec', 'selector');
  const pods = [...mesh.pods.all()].filter(
    (pod) => namespaceOf(pod) === namespaceOf(object) && selects(selector, labelsOf(pod)),
  );
  return [...mesh.gateways.all()].filter((gateway) =>
    pods.some((pod) => selects(mapAt(gateway, 'spec', 'selector'), labelsOf(pod))),
  );
}
