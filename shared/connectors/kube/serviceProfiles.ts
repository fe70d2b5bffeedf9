import type { KubeObject } from './objects.ts';
import { hostOfService, serviceOf } from './serviceHosts.ts';

export const serviceProfileVersions: readonly string[] = ['linkerd.io/v1alpha2'];

/**
 * Whether a ServiceProfile of Linkerd's is for a service: it is named after the whole DNS name, which ends otherwise in a
 * cluster with a domain of its own.
 */
export const isProfileOf = ({ metadata }: KubeObject, namespace: string, service: string): boolean =>
  metadata.name === hostOfService(namespace, service) ||
  (serviceOf(metadata.name) === null && metadata.name.startsWith(`${service}.${namespace}.svc.`));
