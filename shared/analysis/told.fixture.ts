import type { InstanceObservation } from '../model/topology.ts';
import type { FaceTold, NodeTold } from './told.ts';

/** An instance as a system lists it, ready unless said. */
export const instance = (
  name: string,
  address?: string,
  rest: Partial<InstanceObservation> = {},
): InstanceObservation => ({
  namespace: 'shop',
  name,
  uid: name,
  workload: null,
  version: null,
  ready: true,
  reason: null,
  restarts: null,
  lastRestartAt: null,
  startedAt: null,
  node: null,
  ...rest,
  ...(address === undefined ? {} : { address }),
});

type Told = Partial<FaceTold>;

/** What a cluster tells, which runs the instances. */
export const cluster = (instances: readonly InstanceObservation[], rest: Told = {}): FaceTold => ({
  connectionId: 'east',
  system: 'Kubernetes east',
  name: 'order',
  runs: true,
  versions: [],
  instances,
  ...rest,
});

/** What a registry tells. */
export const registry = (instances: readonly InstanceObservation[], rest: Told = {}): FaceTold => ({
  connectionId: 'dc1',
  system: 'Consul dc1',
  name: 'order',
  runs: false,
  versions: [],
  instances,
  ...rest,
});

/** A service of the map by the name that its faces have. */
export const node = (name: string, ...faces: readonly FaceTold[]): NodeTold => ({
  id: `east/shop/${name}`,
  name,
  isGateway: false,
  faces: faces.map((face) => ({ ...face, name })),
});
