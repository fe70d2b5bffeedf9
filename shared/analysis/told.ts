import type { ConnectionId, EntityId } from '../model/entity.ts';
import type { InstanceObservation } from '../model/topology.ts';

/** What one system tells of a service. */
export interface FaceTold {
  readonly connectionId: ConnectionId;
  /** "Consul dc1". */
  readonly system: string;
  /** How this system calls the service. */
  readonly name: string;
  /** It runs the instances; what it does not list is not there. */
  readonly runs: boolean;
  readonly versions: readonly string[];
  readonly instances: readonly InstanceObservation[];
}

/** A service of the map with all that tell of it. */
export interface NodeTold {
  readonly id: EntityId;
  readonly name: string;
  /** Calls of many services go through it by one address. */
  readonly isGateway: boolean;
  readonly faces: readonly FaceTold[];
}
