import type { Resource } from '../kube/resources.ts';

/** Istio's kinds in the version that this cluster serves. */
export interface MeshResources {
  readonly virtualServices: Resource;
  readonly destinationRules: Resource;
  readonly serviceEntries: Resource;
  readonly gateways: Resource;
  /** Null where security.istio.io is not served. */
  readonly authorizationPolicies: Resource | null;
}

export function meshResources(version: string, securityVersion: string | null = null): MeshResources {
  const of = (plural: string, kind: string): Resource => ({
    group: 'networking.istio.io',
    version,
    plural,
    kind,
  });
  return {
    virtualServices: of('virtualservices', 'VirtualService'),
    destinationRules: of('destinationrules', 'DestinationRule'),
    serviceEntries: of('serviceentries', 'ServiceEntry'),
    gateways: of('gateways', 'Gateway'),
    authorizationPolicies:
      securityVersion === null
        ? null
        : {
            group: 'security.istio.io',
            version: securityVersion,
            plural: 'authorizationpolicies',
            kind: 'AuthorizationPolicy',
          },
  };
}
