import type { Capabilities } from '../../shared/connectors/kit/connector.ts';

/** What stands for one connector on real peers. */
export interface ProvenBy {
  /** Peers, by their names in the report of a run. */
  readonly peers: readonly string[];
  /** Suites that use a capability on them; one without is held to by suites on a simulator only. */
  readonly suites: Partial<Record<keyof Capabilities, readonly string[]>>;
}

/** Which suites here stand for which capability of which connector; the table of docs/proof.md is made from it and from a report. */
export const provenBy: Readonly<Record<string, ProvenBy>> = {
  kubernetes: {
    peers: ['kube-apiserver'],
    suites: {
      topology: ['kubernetes', 'twoClusters'],
      events: ['kubernetes', 'away'],
      logs: ['logs'],
      forwards: ['forwards'],
      certificates: ['certificates'],
      objects: ['kubernetes', 'workloads'],
      configuration: ['config'],
      config: ['config', 'configRoles'],
      workloads: ['workloads', 'workloadKinds', 'ledRollouts'],
      proof: ['workloads'],
      notes: ['notes'],
      denials: ['denials'],
    },
  },
  istio: {
    peers: ['kube-apiserver', 'istiod', 'envoy'],
    suites: {
      topology: ['kubernetes'],
      documents: ['kubernetes'],
      weights: ['kubernetes', 'walk', 'honesty', 'twoClusters'],
      isolation: ['tripsConformance', 'trips', 'tripsCrash'],
      protections: ['protections'],
      protectionEdits: ['protections'],
      routing: ['routing'],
      configuration: ['config'],
      denials: ['denials'],
    },
  },
  'gateway-api': {
    peers: ['kube-apiserver', 'istiod', 'envoy'],
    suites: { documents: ['gatewayApi'], weights: ['gatewayApi'], proof: ['gatewayApi'] },
  },
  linkerd: {
    // Annotations are written there; no proxy of Linkerd's is told of them.
    peers: ['kube-apiserver'],
    suites: { documents: ['linkerd'], protections: ['linkerd'], protectionEdits: ['linkerd'] },
  },
  prometheus: {
    peers: ['prometheus'],
    suites: {
      usage: ['usage'],
      signals: ['signals', 'dialects', 'traefik', 'springGateway', 'away'],
      sightings: ['protections'],
      alerts: ['alertmanager'],
      proof: ['honesty'],
    },
  },
  alertmanager: {
    peers: ['alertmanager'],
    suites: { alerts: ['alertmanager'], silences: ['alertmanager'] },
  },
  consul: {
    peers: ['consul', 'envoy'],
    suites: {
      topology: ['consul', 'consulMesh'],
      weights: ['consul', 'consulMesh', 'consulJudge'],
      isolation: ['consulTrips'],
      protections: ['consulProtections', 'consulEdits'],
      protectionEdits: ['consulProtections', 'consulEdits'],
      routing: ['consulRouting', 'consulEdits'],
      configuration: ['consulKeys'],
      config: ['consulKeys'],
    },
  },
  envoy: {
    peers: ['envoy'],
    suites: {
      sightings: ['consulEnvoy', 'consulProtections'],
      proof: ['consulEnvoy', 'consulJudge', 'consulProtections', 'istioEnvoy'],
      isolation: ['istioEnvoy'],
    },
  },
  eureka: {
    peers: ['spring'],
    suites: { topology: ['spring'], workloads: ['spring'], proof: ['spring'] },
  },
  sentinel: {
    peers: ['sentinel'],
    suites: {
      topology: ['sentinel'],
      signals: ['sentinel'],
      events: ['sentinel'],
      protections: ['sentinel'],
      configuration: ['sentinel'],
      isolation: ['sentinel'],
      config: ['sentinel'],
      proof: ['sentinel'],
    },
  },
  spring: {
    peers: ['spring'],
    suites: {
      protections: ['spring'],
      events: ['spring'],
      isolation: ['spring'],
      breakers: ['spring'],
      configuration: ['spring', 'springGit'],
      config: ['spring', 'springGit'],
      proof: ['spring', 'springGateway'],
      weights: ['springGateway'],
      routing: ['springGateway'],
      signals: ['springGateway', 'spring'],
    },
  },
};
