import type { NewObject } from '../../kube/client.ts';
import { serviceOf, shortName } from '../../kube/serviceHosts.ts';
import type { Mesh } from '../mesh.ts';
import type { NewTarget } from './targets.ts';

/** The document that a new form makes, before any of its fields is set: it changes nothing by itself. */
export function skeletonOf(mesh: Mesh, target: NewTarget): NewObject {
  const { host, namespace } = target;
  const view = target.kind === 'newRule' ? mesh.destinationRules : mesh.virtualServices;
  const resource =
    target.kind === 'newRule' ? mesh.resources.destinationRules : mesh.resources.virtualServices;
  const wanted = serviceOf(host)?.name ?? shortName(host).replaceAll(/[^a-z0-9.-]/g, '-');
  // A document of this name may be there for another host.
  const name = view.get(namespace, wanted) === undefined ? wanted : `${wanted}-protections`;
  const { group, version, kind } = resource;
  return {
    apiVersion: `${group}/${version}`,
    kind,
    metadata: { name, namespace },
    spec:
      target.kind === 'newRule'
        ? { host }
        : { hosts: [host], http: [{ name: 'default', route: [{ destination: { host } }] }] },
  };
}
