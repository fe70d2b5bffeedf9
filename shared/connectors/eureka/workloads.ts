import { parse, stringify } from 'yaml';
import { z } from 'zod';
import type { Change, Guard } from '../../model/change.ts';
import type { ChangeWorkload } from '../../model/operation.ts';
import type { WorkloadView } from '../../model/workload.ts';
import type { PlannedWrite, WorkloadControl } from '../kit/control.ts';
import { writeInstances } from '../kit/instanceWrites.ts';
import { PeerError } from '../kit/peerError.ts';
import { versionWorkloadName } from '../kit/versionTopology.ts';
import { readInstance, type Registered } from './applications.ts';
import { isServing, namespace, serviceOf, uidOf, versionOf } from './names.ts';
import type { Registry } from './registry.ts';

/** An instance's status and what an operator set it to. */
const Standing = z.object({ status: z.string(), override: z.string().nullable() });
type Standing = z.infer<typeof Standing>;

const standingOf = ({ status, override }: Standing): Standing => ({ status, override });
const out: Standing = { status: 'OUT_OF_SERVICE', override: 'OUT_OF_SERVICE' };
const back: Standing = { status: 'UP', override: null };

/** Takes instances out of service and back: an override that holds until it is taken away, whatever the instance says. */
export function createWorkloads(registry: Registry): WorkloadControl {
  const { api, host } = registry;

  async function fresh(uid: string, signal: AbortSignal): Promise<Registered> {
    const [app = '', ...rest] = uid.split('/');
    const read = readInstance(await api.instance(app, rest.join('/'), signal));
    if (read === null)
      throw new PeerError('notThePeer', `What is told of ${uid} is not shaped as Eureka’s should be.`);
    return read;
  }

  async function planTo(
    uid: string,
    wanted: Standing,
    title: string,
    signal: AbortSignal,
  ): Promise<PlannedWrite> {
    const before = await fresh(uid, signal);
    if (isSame(before, wanted))
      throw new PeerError(
        'refused',
        `${before.id} is ${sayStanding(wanted)} already: there is nothing to change.`,
      );
    const serving = wanted.status === 'UP';
    return {
      title,
      target: `instance ${before.id} of ${before.app} in Eureka`,
      changes: [changeOf(host.connectionId, before, wanted)],
      guards: serving ? [] : [lastGuard(registry, before)],
      expectation: {
        kind: 'rollout',
        host: null,
        workloads: [],
        instance: { namespace, name: before.id, uid, serving },
      },
      threeWay: null,
      copies: copiesOf(registry, before, wanted),
      split: null,
      notes: [
        'Clients have copies of the list: each asks for it every 30 s and balances on a copy of up to 35 s, unless they were told otherwise, and Eureka itself answers from one of up to 30 s. Until theirs agree it is pending.',
        serving
          ? 'It gets calls again once it is in their copies.'
          : 'The instance goes on running, and requests under way end as they would. The override holds until it is taken away, over restarts of the instance too.',
      ],
      direction: 'neutral',
    };
  }

  return {
    read: ({ name }) =>
      Promise.resolve(
        [
          ...Map.groupBy(
            (registry.instances ?? []).filter((one) => serviceOf(one) === name),
            versionOf,
          ),
        ].map(([version, members]) => viewOf(host.connectionId, name, version, members)),
      ),

    plan(operation, signal) {
      const { action } = operation;
      if (action.verb !== 'drain' && action.verb !== 'putBack')
        throw new PeerError(
          'refused',
          'Eureka knows instances, and nothing of what runs them: it can only take one out of service and back.',
        );
      const uid = uidIn(registry, operation, action.instance);
      return action.verb === 'drain'
        ? planTo(uid, out, `Take ${action.instance} out of service`, signal)
        : planTo(uid, back, `Put ${action.instance} back into service`, signal);
    },

    planUndo(_operation, changes, signal) {
      const [change] = changes;
      if (change === undefined) throw new PeerError('refused', 'The journal names no instance.');
      const { uid, name } = change.document;
      return planTo(uid, readStanding(change.before), `Put ${name} back as it was`, signal);
    },

    ...writeInstances<Registered, Standing>(host, {
      fresh,
      nameOf: ({ id }) => id,
      revisionOf,
      say: sayStanding,
      sayReached: ({ status }) => `Eureka itself says ${status}; clients follow.`,
      read: readStanding,
      write: (instance, to, signal) => write(registry, instance, to, signal),
      hurry: () => registry.hurry(),
    }),
  };
}

/** Eureka has no fence: what was read a moment before is the nearest there is. */
async function write(
  { api }: Registry,
  { app, id }: Registered,
  to: Standing,
  signal: AbortSignal,
): Promise<void> {
  const status = to.override ?? to.status;
  // Without the status, an override that ends leaves UNKNOWN, which gets no calls, until the instance registers anew.
  if (to.override === null) await api.endOverride(app, id, status === 'UNKNOWN' ? 'UP' : status, signal);
  else await api.override(app, id, status, signal);
}

function viewOf(
  connectionId: string,
  service: string,
  version: string | null,
  members: readonly Registered[],
): WorkloadView {
  const ready = members.filter(isServing).length;
  const name = versionWorkloadName(service, version);
  return {
    ref: { kind: 'Application', namespace, name, uid: `${members[0]?.app ?? ''}/${version ?? ''}` },
    connectionId,
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
      name: one.id,
      uid: uidOf(one),
      ready: isServing(one),
      startedAt: one.upSince,
      drained: one.override === 'OUT_OF_SERVICE' ? { by: null, at: null } : null,
    })),
  };
}

function uidIn(registry: Registry, { workload }: ChangeWorkload, instance: string): string {
  const [app] = workload.uid.split('/');
  const found = registry.instances?.find((one) => one.app === app && one.id === instance);
  if (found === undefined)
    throw new PeerError('refused', `${instance} is not registered any more. Look at it again.`);
  return uidOf(found);
}

function lastGuard({ instances }: Registry, leaving: Registered): Guard {
  const service = serviceOf(leaving);
  const left = (instances ?? []).filter(
    (one) => serviceOf(one) === service && isServing(one) && uidOf(one) !== uidOf(leaving),
  );
  return left.length === 0
    ? {
        id: 'last-instance',
        verdict: 'typeName',
        title: `No other instance of ${service} is up`,
        detail: 'Its callers would have nobody to call.',
      }
    : {
        id: 'last-instance',
        verdict: 'pass',
        title: `${left.length} other ${left.length === 1 ? 'instance' : 'instances'} of ${service} ${left.length === 1 ? 'is' : 'are'} up`,
        detail: null,
      };
}

function changeOf(connectionId: string, before: Registered, after: Standing): Change {
  const steps = (from: Standing, to: Standing): Change['patch'] => [
    { op: 'test', path: '/status', value: from.status },
    { op: 'replace', path: '/status', value: to.status },
    { op: 'replace', path: '/override', value: to.override },
  ];
  return {
    document: {
      connectionId,
      apiVersion: 'eureka',
      kind: 'Instance',
      namespace,
      name: before.id,
      uid: uidOf(before),
    },
    action: 'patch',
    withheld: false,
    revision: revisionOf(before),
    patch: steps(before, after),
    inverse: steps(after, before),
    before: stringify(standingOf(before)),
    after: stringify(after),
  };
}

const revisionOf = ({ status, override }: Standing): string => `${status} ${override ?? 'no override'}`;

const isSame = (a: Standing, b: Standing): boolean => revisionOf(a) === revisionOf(b);

const sayStanding = ({ status, override }: Standing): string =>
  override === null ? status : `${status}, set by an operator`;

const readStanding = (text: string): Standing => Standing.parse(parse(text));

function copiesOf({ api }: Registry, { app, id }: Registered, to: Standing): PlannedWrite['copies'] {
  const method = to.override === null ? 'DELETE' : 'PUT';
  const server = api.route.replace(/^at /, '');
  const path = `/apps/${encodeURIComponent(app)}/${encodeURIComponent(id)}/status?value=${to.status}`;
  const curl = `curl --fail --request ${method} '${`${server}${path}`.replaceAll("'", "'\\''")}'`;
  return { tool: 'curl', command: curl, curl, patch: `${method} ${path}` };
}
