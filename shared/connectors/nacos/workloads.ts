import { parse, stringify } from 'yaml';
import { z } from 'zod';
import type { Change, Guard } from '../../model/change.ts';
import type { ChangeWorkload } from '../../model/operation.ts';
import type { WorkloadView } from '../../model/workload.ts';
import type { PlannedWrite, WorkloadControl } from '../kit/control.ts';
import { writeInstances } from '../kit/instanceWrites.ts';
import { PeerError } from '../kit/peerError.ts';
import { guardOf } from '../kit/splitGuards.ts';
import { versionWorkloadName } from '../kit/versionTopology.ts';
import type { Standing } from './api.ts';
import { instanceIn, instanceName, instanceUid, isServing, serviceUid, titleOf, versionOf } from './names.ts';
import { type KnownService, readHidden, type Registry } from './registry.ts';
import { instancesOf, type Registered } from './shapes.ts';

const StandingShape = z.object({ enabled: z.boolean(), weight: z.number() });

/** Takes instances out of service and back by what Nacos keeps of them beside what they register themselves. */
export function createWorkloads(registry: Registry, access: () => Guard): WorkloadControl {
  const { api, host } = registry;

  /** As it is now. Throws `notFound` where it is not registered. */
  async function fresh(uid: string, signal: AbortSignal): Promise<Registered> {
    const name = instanceIn(uid);
    if (name === null) throw new PeerError('refused', 'That is no instance of Nacos.');
    const { all } = instancesOf(await api.instances(name.service, signal), name.service);
    const listed = all.find((one) => instanceUid(one) === uid) ?? (await readHidden(api, name, signal));
    if (listed === null) throw new PeerError('notFound', `${instanceName(name)} is not registered any more.`);
    return listed;
  }

  async function planTo(
    uid: string,
    enabled: boolean,
    title: string,
    signal: AbortSignal,
  ): Promise<PlannedWrite> {
    const before = await fresh(uid, signal);
    const name = instanceName(before);
    if (before.enabled === enabled)
      throw new PeerError(
        'refused',
        `${name} is ${sayStanding(before)} already: there is nothing to change.`,
      );
    const namespace = registry.titleOf(before.service.namespaceId);
    const after: Standing = { enabled, weight: before.weight };
    return {
      title,
      target: `instance ${name} in Nacos`,
      changes: [changeOf(host.connectionId, namespace, before, after)],
      guards: [access(), ...(enabled ? [] : [lastGuard(registry, before)])],
      expectation: {
        kind: 'rollout',
        host: null,
        workloads: [],
        instance: { namespace, name, uid, serving: enabled },
      },
      threeWay: null,
      copies: copiesOf(registry, before, after),
      split: null,
      notes: [
        'Nacos has no fence for instances: what is read right before the write is the nearest there is.',
        enabled
          ? 'It gets calls again as soon as clients were told.'
          : 'The instance goes on running, and requests under way end as they would. Nacos keeps this beside the registration, also when the instance restarts soon; after a longer absence (expired-metadata.expired-time) it comes back enabled.',
      ],
      direction: 'neutral',
    };
  }

  return {
    read: ({ namespace, name }) =>
      Promise.resolve(
        (registry.services ?? [])
          .filter(
            ({ service }) =>
              titleOf(service) === name &&
              (namespace === null || registry.titleOf(service.namespaceId) === namespace),
          )
          .flatMap((known) => viewsOf(registry, known)),
      ),

    async plan({ action, workload }, signal) {
      if (action.verb !== 'drain' && action.verb !== 'putBack')
        throw new PeerError(
          'refused',
          'Nacos knows instances, and nothing of what runs them: it can only take one out of service and back.',
        );
      const uid = uidIn(registry, workload, action.instance);
      return await (action.verb === 'drain'
        ? planTo(uid, false, `Take ${action.instance} out of service`, signal)
        : planTo(uid, true, `Put ${action.instance} back into service`, signal));
    },

    async planUndo(_operation, changes, signal) {
      const [change] = changes;
      if (change === undefined) throw new PeerError('refused', 'The journal names no instance.');
      const { uid, name } = change.document;
      // Its weight may have been changed since, by others: only what was written goes back.
      return await planTo(uid, readStanding(change.before).enabled, `Put ${name} back as it was`, signal);
    },

    ...writeInstances<Registered, Standing>(host, {
      fresh,
      nameOf: instanceName,
      revisionOf,
      say: sayStanding,
      sayReached: (instance) => `Nacos has it ${sayStanding(instance)}.`,
      read: readStanding,
      write: (instance, to, signal) => api.setStanding(instance, to, signal),
      hurry: ({ service }) => registry.hurry(service),
    }),
  };
}

function viewsOf(registry: Registry, { service, instances }: KnownService): WorkloadView[] {
  const namespace = registry.titleOf(service.namespaceId);
  return [...Map.groupBy(instances, versionOf)].map(([version, members]) => {
    const ready = members.filter(isServing).length;
    return {
      ref: {
        kind: 'Application',
        namespace,
        name: versionWorkloadName(titleOf(service), version),
        uid: `${serviceUid(service)}/${encodeURIComponent(version ?? '')}`,
      },
      connectionId: registry.host.connectionId,
      revision: '',
      version,
      replicas: null,
      readyReplicas: ready,
      updatedReplicas: ready,
      paused: false,
      verbs: ['drain', 'putBack'],
      rollout: null,
      autoscaler: null,
      revisions: [],
      instances: members.map((one) => ({
        name: instanceName(one),
        uid: instanceUid(one),
        ready: isServing(one),
        startedAt: null,
        drained: one.enabled ? null : { by: null, at: null },
      })),
    };
  });
}

function uidIn(registry: Registry, workload: ChangeWorkload['workload'], instance: string): string {
  const owner = workload.uid.split('/').slice(0, 3).join('/');
  const found = (registry.services ?? [])
    .filter(({ service }) => serviceUid(service) === owner)
    .flatMap(({ instances }) => instances)
    .find((one) => instanceName(one) === instance);
  if (found === undefined)
    throw new PeerError('refused', `${instance} is not registered any more. Look at it again.`);
  return instanceUid(found);
}

function lastGuard({ services }: Registry, leaving: Registered): Guard {
  const service = serviceUid(leaving.service);
  const left = (services ?? [])
    .filter((known) => serviceUid(known.service) === service)
    .flatMap(({ instances }) => instances)
    .filter((one) => isServing(one) && instanceUid(one) !== instanceUid(leaving)).length;
  const name = titleOf(leaving.service);
  return left === 0
    ? guardOf(
        'last-instance',
        'typeName',
        `No other instance of ${name} is in service`,
        'Its callers would have nobody to call.',
      )
    : guardOf(
        'last-instance',
        'pass',
        `${left} other ${left === 1 ? 'instance' : 'instances'} of ${name} ${left === 1 ? 'is' : 'are'} in service`,
      );
}

function changeOf(connectionId: string, namespace: string, before: Registered, after: Standing): Change {
  const step = (value: boolean): Change['patch'] => [
    { op: 'test', path: '/enabled', value: !value },
    { op: 'replace', path: '/enabled', value },
  ];
  return {
    document: {
      connectionId,
      apiVersion: 'nacos/instance',
      kind: 'Instance',
      namespace,
      name: instanceName(before),
      uid: instanceUid(before),
    },
    action: 'patch',
    withheld: false,
    revision: revisionOf(before),
    patch: step(after.enabled),
    inverse: step(before.enabled),
    before: stringify(standingOf(before)),
    after: stringify(after),
  };
}

const standingOf = ({ enabled, weight }: Standing): Standing => ({ enabled, weight });
const revisionOf = ({ enabled, weight }: Standing): string =>
  `${enabled ? 'enabled' : 'disabled'}, weight ${weight}`;
const sayStanding = ({ enabled, weight }: Standing): string =>
  enabled ? `in service with weight ${weight}` : 'out of service';
const readStanding = (text: string): Standing => StandingShape.parse(parse(text));

function copiesOf(
  { api }: Registry,
  name: Registered,
  { enabled, weight }: Standing,
): PlannedWrite['copies'] {
  const { namespaceId, group, name: service } = name.service;
  const fields = new URLSearchParams({
    namespaceId,
    ...(api.dialect === 'v3'
      ? { groupName: group, serviceName: service, clusterName: name.cluster }
      : { serviceName: `${group}@@${service}`, cluster: name.cluster }),
    ip: name.ip,
    port: String(name.port),
    enabled: String(enabled),
    weight: String(weight),
    metadata: '',
  }).toString();
  const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
  const [method, path] =
    api.dialect === 'v3' ? ['PUT', '/v3/admin/ns/instance/partial'] : ['PATCH', '/v2/ns/instance'];
  const curl = `curl --fail --request ${method} --header "Authorization: Bearer $NACOS_TOKEN" ${quote(`${api.url}${path}?${fields}`)}`;
  return { tool: 'curl', command: curl, curl, patch: `${method} ${path}?${fields}` };
}
