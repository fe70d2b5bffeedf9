import type { Split } from '../../shared/model/weights.ts';
import type { CallRow, LatencyRow, SignalsObservation } from '../../shared/model/observations.ts';
import type { TopologyObservation } from '../../shared/model/topology.ts';
import { createGenerated } from '../../shared/rehearsal/fleet/generated.ts';

/** A fleet that stands still until the bench turns it: the rehearsal's own made-up services and calls, without traffic. */
export interface BenchFleet {
  readonly services: number;
  readonly calls: number;
  readonly topology: TopologyObservation;
  splits(connectionId: string): Split[];
  /** The figures of one turn; from one turn to the next those of every call and every service differ. */
  reading(turn: number, windowSeconds: number): SignalsObservation;
}

export const figuresFrom = 'Bench figures';

interface Member {
  readonly namespace: string;
  readonly name: string;
  readonly host: string;
  readonly versions: readonly string[];
  readonly isEntry: boolean;
}

interface Call {
  readonly from: Member;
  readonly to: Member;
  readonly protocol: CallRow['protocol'];
  readonly perSecond: number;
}

const bounds = [1, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, Infinity];

/** Makes the fleet; the same number gives the same fleet. */
export function createBenchFleet(services: number): BenchFleet {
  const { behaviour } = createGenerated(services, 1, 0);
  const entries = new Set(behaviour.entries.map(({ host }) => host));
  const members = new Map<string, Member>();
  for (const [key, versions] of Object.entries(behaviour.services)) {
    const [namespace = '', name = ''] = key.split('/');
    const host = `${name}.${namespace}.svc.cluster.local`;
    members.set(host, { namespace, name, host, versions: Object.keys(versions), isEntry: entries.has(host) });
  }
  const calls: Call[] = [];
  for (const [key, versions] of Object.entries(behaviour.services)) {
    const [namespace = '', name = ''] = key.split('/');
    const from = members.get(`${name}.${namespace}.svc.cluster.local`);
    for (const call of Object.values(versions)[0]?.calls ?? []) {
      const to = members.get(call.host);
      if (from === undefined || to === undefined) continue;
      calls.push({ from, to, protocol: call.protocol, perSecond: 3 + ((calls.length * 37) % 400) });
    }
  }
  const all = [...members.values()];
  return {
    services: all.length,
    calls: calls.length,
    topology: topologyOf(all),
    splits: (connectionId) =>
      all.filter(({ versions }) => versions.length > 1).map((one) => splitOf(one, connectionId)),
    reading: (turn, windowSeconds) => ({
      source: figuresFrom,
      observedAt: turn,
      newestSampleAt: null,
      windowSeconds,
      calls: calls.flatMap((call, index) => rowsOf(call, index, turn)),
      latency: calls.map((call, index) => latencyOf(call, index, turn)),
      queries: 4,
      problems: [],
    }),
  };
}

function topologyOf(members: readonly Member[]): TopologyObservation {
  return {
    observedAt: 0,
    services: members.map(({ namespace, name, host, isEntry }) => ({
      namespace,
      name,
      kind: isEntry ? 'gateway' : 'service',
      hosts: [host, `${name}.${namespace}.svc`, `${name}.${namespace}`, name],
      owner: `team-${namespace}`,
      createdAt: null,
    })),
    workloads: members.flatMap(({ namespace, name, versions }) =>
      versions.map((version) => ({
        namespace,
        name: `${name}-${version}`,
        kind: 'Deployment',
        services: [{ namespace, name }],
        canonicalService: name,
        version,
        labels: {},
        desiredInstances: 2,
        readyInstances: 2,
        image: null,
        deployments: [],
      })),
    ),
    instances: [],
    problems: [],
  };
}

/** Both ends report each call, by version of the callee; every thirtieth call fails a little. */
function rowsOf({ from, to, protocol, perSecond }: Call, index: number, turn: number): CallRow[] {
  const now = perSecond * factorOf(turn);
  const failing = index % 30 === 7 ? 0.02 * factorOf(turn + 1) : 0;
  return to.versions.flatMap((version, place) => {
    const share = to.versions.length === 1 ? 1 : place === 0 ? 0.8 : 0.2;
    const row = (reporter: CallRow['reporter'], responseCode: string, rate: number): CallRow => ({
      ...endsOf(from, to, version),
      reporter,
      protocol,
      responseCode,
      grpcStatus: null,
      flags: [],
      perSecond: rate,
    });
    return (['source', 'destination'] as const).flatMap((reporter) => [
      row(reporter, '200', now * share * (1 - failing)),
      ...(failing > 0 ? [row(reporter, '503', now * share * failing)] : []),
    ]);
  });
}

function latencyOf({ from, to, perSecond }: Call, index: number, turn: number): LatencyRow {
  const medianMs = (4 + (index % 50)) * factorOf(turn);
  const now = perSecond * factorOf(turn);
  return {
    ...endsOf(from, to, to.versions[0] ?? 'v1'),
    reporter: 'destination',
    // The tail of a logistic curve over the logarithm: smooth, and it moves with the turn.
    buckets: bounds.map((leMs) => ({ leMs, perSecond: now / (1 + (medianMs / leMs) ** 2.5) })),
  };
}

function endsOf(from: Member, to: Member, version: string): Omit<LatencyRow, 'buckets' | 'reporter'> {
  const end = (member: Member, of: string): CallRow['source'] => ({
    namespace: member.namespace,
    workload: `${member.name}-${of}`,
    service: member.name,
    version: of,
    instance: null,
  });
  return {
    source: end(from, from.versions[0] ?? 'v1'),
    destination: end(to, version),
    host: to.host,
    subset: null,
  };
}

/** Far enough apart that figures rounded for drawing differ too. */
function factorOf(turn: number): number {
  return 1 + 0.13 * (turn % 5);
}

function splitOf({ namespace, name, host, versions }: Member, connectionId: string): Split {
  const uid = `uid-${namespace}-${name}`;
  return {
    id: `${uid}/http/default`,
    connectionId,
    document: { connectionId, apiVersion: 'v1', kind: 'VirtualService', namespace, name, uid },
    revision: '1',
    serviceId: null,
    route: { index: 0, title: 'default', match: 'all requests', protocol: 'http' },
    hosts: [host],
    gateways: ['mesh'],
    destinations: versions.map((version, index) => ({
      index,
      host,
      subset: version,
      port: null,
      title: version,
      version,
      weight: index === 0 ? 80 : 20,
      readyInstances: 2,
      problem: null,
    })),
    ownership: null,
    readOnly: null,
    changedBy: null,
  };
}
