import { serviceId } from '../analysis/entityIds.ts';
import type { EntityId } from '../model/entity.ts';
import type { InstanceObservation } from '../model/topology.ts';
import type { LiveConnection } from './liveConnection.ts';

type Told = Pick<LiveConnection, 'id' | 'observations'>;

/** The instances of each service of a connection; those behind several services are listed with each of them. */
export function instancesByService({ id, observations }: Told): Map<EntityId, InstanceObservation[]> {
  const parts = observations();
  const owners = new Map(
    parts
      .flatMap(({ workloads }) => workloads)
      .map(({ namespace, name, services }) => [
        `${namespace}/${name}`,
        services.map((service) => serviceId(id, service.namespace, service.name)),
      ]),
  );
  const found = new Map<EntityId, InstanceObservation[]>();
  for (const instance of parts.flatMap(({ instances }) => instances)) {
    for (const owner of owners.get(`${instance.namespace}/${instance.workload ?? ''}`) ?? []) {
      const known = found.get(owner);
      if (known === undefined) found.set(owner, [instance]);
      else known.push(instance);
    }
  }
  return found;
}

/** Whether it runs what it lists: registries list instances, and `instances` is all that they know of what runs them. */
export function runsInstances({ observations }: Told): boolean {
  return observations().some(({ workloads }) => workloads.some(({ kind }) => kind !== 'instances'));
}
