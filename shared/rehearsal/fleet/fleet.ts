import type { KubeInput } from '../kube/store.ts';
import type { FleetBehaviour } from '../traffic/behaviour.ts';

/** A fleet: its objects in Kubernetes and how its programs behave. */
export interface Fleet {
  readonly objects: readonly KubeInput[];
  readonly behaviour: FleetBehaviour;
}

/** One version of a service, as it is deployed. */
export interface VersionSpec {
  readonly version: string;
  /** The Deployment's name; the service's own where nothing is said. */
  readonly workload?: string;
  readonly replicas: number;
  readonly image: string;
  readonly deployedMinutesAgo: number;
  /** What ran before, if anything did: an image and since when. */
  readonly before?: { readonly image: string; readonly deployedMinutesAgo: number };
  readonly restarts?: number;
}

/** A service and what runs it. */
export interface ServiceSpec {
  readonly namespace: string;
  readonly name: string;
  readonly owner: string;
  readonly ports: readonly { readonly name: string; readonly port: number; readonly appProtocol?: string }[];
  readonly versions: readonly VersionSpec[];
  /** Without a sidecar: a control plane, a monitoring server. */
  readonly outsideMesh?: boolean;
  readonly labels?: Readonly<Record<string, string>>;
  readonly type?: 'ClusterIP' | 'LoadBalancer';
  /** Annotations of its pods, as the Deployment's template has them. */
  readonly podAnnotations?: Readonly<Record<string, string>>;
}

/** The fully qualified host of a service. */
export const hostOf = (namespace: string, name: string): string => `${name}.${namespace}.svc.cluster.local`;

/** Lets a pod's proxy report its limits and ejections, which no proxy does by itself. */
export const withBreakerStats: Readonly<Record<string, string>> = {
  'proxy.istio.io/config': [
    'proxyStatsMatcher:',
    '  inclusionRegexps:',
    '    - ".*circuit_breakers.*"',
    '    - ".*outlier_detection.*"',
    '    - ".*upstream_(rq|cx)_.*"',
    '',
  ].join('\n'),
};
