import type { KubeObject } from '../kube/store.ts';
import { fieldsAt, listAt, textOf, type Fields } from '../traffic/reading.ts';
import { timeOf } from '../fleet/time.ts';
import { type Cluster, isLeaving, tell, trueSince } from './cluster.ts';
import { missingConfiguration } from './podTemplate.ts';

/** How long it takes from a pod to its node, to its start, to its being ready, and to its end. */
const startsAfterMs = 1_000;
const readyAfterMs = 3_000;
/** Not all at the same moment. */
const readySpreadMs = 2_000;
const endsAfterMs = 2_000;
const crashesEveryMs = 20_000;

/** What runs the pods: gives them a node, starts them, says when they are ready, ends them. */
export interface Kubelet {
  /** Looks after this pod from now on, until there is nothing left to do for it. */
  watch(pod: KubeObject): void;
  step(): void;
}

interface Waiting {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  endsAt: number | null;
}

/** A kubelet for all nodes; those are the ones on which pods run already. */
export function createKubelet(cluster: Cluster): Kubelet {
  const { store, now } = cluster;
  const waiting = new Map<string, Waiting>();
  const nodes = [
    ...new Set(store.list('pods').map((pod) => textOf(fieldsAt(pod, 'spec')['nodeName']) ?? 'node-1')),
  ].sort();
  let placed = 0;

  const place = (pod: KubeObject): KubeObject => {
    const spec = fieldsAt(pod, 'spec');
    const nodeName = textOf(spec['nodeName']) ?? nodes[placed % Math.max(1, nodes.length)] ?? 'node-1';
    placed += 1;
    return store.put(
      {
        ...pod,
        spec: { ...spec, nodeName },
        status: {
          ...fieldsAt(pod, 'status'),
          conditions: [condition('PodScheduled', true, now())],
          hostIP: '10.0.0.4',
          startTime: timeOf(now()),
          containerStatuses: statuses(pod, { waiting: { reason: 'ContainerCreating' } }, false, 0),
        },
      },
      { manager: 'kubelet', subresource: 'status' },
    );
  };

  const tend = (pod: KubeObject, one: Waiting): boolean => {
    if (isLeaving(pod)) {
      one.endsAt ??= now() + endsAfterMs;
      if (now() < one.endsAt) return true;
      store.remove('pods', one.namespace, one.name);
      return false;
    }
    if (
      textOf(fieldsAt(pod, 'spec')['nodeName']) === null ||
      fieldsAt(pod, 'status')['startTime'] === undefined
    ) {
      place(pod);
      return true;
    }
    // A node of another name has a kubelet of its own, which is not here.
    if (nodes.length > 0 && !nodes.includes(textOf(fieldsAt(pod, 'spec')['nodeName']) ?? '')) return false;
    if (trueSince(pod, 'Ready') !== null) return false;
    return advance(pod, now() - Date.parse(textOf(fieldsAt(pod, 'status')['startTime']) ?? ''));
  };

  const advance = (pod: KubeObject, ageMs: number): boolean => {
    if (ageMs < startsAfterMs) return true;
    const missing = missingConfiguration(cluster, pod);
    if (missing !== null) {
      set(pod, 'Pending', statuses(pod, { waiting: missing }, false, 0), false);
      return true;
    }
    const running = { running: { startedAt: timeOf(now()) } };
    if (isBroken(pod)) {
      const crashes = Math.floor(ageMs / crashesEveryMs);
      const told = `back-off restarting failed container`;
      const state = crashes === 0 ? running : { waiting: { reason: 'CrashLoopBackOff', message: told } };
      if (restartsOf(pod) !== crashes || fieldsAt(pod, 'status')['phase'] !== 'Running') {
        set(pod, 'Running', statuses(pod, state, false, crashes), false);
        if (crashes > 0) complain(pod, told);
      }
      return true;
    }
    if (ageMs >= readyAfterMs + spreadOf(pod.metadata.uid)) {
      set(pod, 'Running', statuses(pod, running, true, 0), true);
      return false;
    }
    if (fieldsAt(pod, 'status')['phase'] !== 'Running')
      set(pod, 'Running', statuses(pod, running, false, 0), false);
    return true;
  };

  const set = (
    pod: KubeObject,
    phase: string,
    containerStatuses: readonly Fields[],
    ready: boolean,
  ): void => {
    const status = fieldsAt(pod, 'status');
    const podIP = textOf(status['podIP']) ?? addressOf((placed += 1));
    store.put(
      {
        ...pod,
        status: {
          ...status,
          phase,
          ...(phase === 'Running' ? { podIP, podIPs: [{ ip: podIP }] } : {}),
          conditions: [
            condition('PodScheduled', true, now(), status),
            condition('Initialized', phase === 'Running', now(), status),
            condition('ContainersReady', ready, now(), status),
            condition('Ready', ready, now(), status),
          ],
          containerStatuses: containerStatuses.map((one, index) =>
            keptStart(one, listAt(status, 'containerStatuses')[index]),
          ),
        },
      },
      { manager: 'kubelet', subresource: 'status' },
    );
  };

  const complain = (pod: KubeObject, message: string): void =>
    tell(cluster, pod, { type: 'Warning', reason: 'BackOff', message, component: 'kubelet' });

  return {
    watch(pod) {
      if (!isLeaving(pod) && trueSince(pod, 'Ready') !== null) return;
      const { namespace = '', name, uid } = pod.metadata;
      if (!waiting.has(uid)) waiting.set(uid, { namespace, name, uid, endsAt: null });
    },
    step() {
      for (const one of [...waiting.values()]) {
        const pod = store.get('pods', one.namespace, one.name);
        if (pod?.metadata.uid !== one.uid || !tend(pod, one)) waiting.delete(one.uid);
      }
    },
  };
}

/** The image that starts and never gets ready: what a bad release looks like. */
const isBroken = (pod: KubeObject): boolean =>
  listAt(pod, 'spec', 'containers').some(
    (container) => textOf(fieldsAt(container)['image'])?.endsWith(':broken') === true,
  );

const restartsOf = (pod: KubeObject): unknown =>
  fieldsAt(listAt(pod, 'status', 'containerStatuses')[0])['restartCount'];

/** The proxy of a pod is well whatever its program does. */
function statuses(pod: KubeObject, state: Fields, ready: boolean, restarts: number): readonly Fields[] {
  const started = 'running' in state;
  return listAt(pod, 'spec', 'containers').map((container) => {
    const { name, image } = fieldsAt(container);
    const own = name === 'istio-proxy' ? 0 : restarts;
    return {
      name,
      image,
      ready,
      started,
      restartCount: own,
      state,
      ...(own > 0 ? { lastState: { terminated: { exitCode: 1, reason: 'Error' } } } : {}),
    };
  });
}

/** A container that goes on running keeps the time at which it started. */
function keptStart(next: Fields, before: unknown): Fields {
  const startedAt = fieldsAt(before, 'state', 'running')['startedAt'];
  if (startedAt === undefined || fieldsAt(next, 'state')['running'] === undefined) return next;
  return { ...next, state: { running: { startedAt } } };
}

function condition(type: string, holds: boolean, nowMs: number, before?: Fields): Fields {
  const status = holds ? 'True' : 'False';
  const known = listAt(before, 'conditions')
    .map((one) => fieldsAt(one))
    .find((one) => one['type'] === type && one['status'] === status);
  return { type, status, lastTransitionTime: known?.['lastTransitionTime'] ?? timeOf(nowMs) };
}

/** Addresses that no pod of the fleet has. */
const addressOf = (count: number): string => `10.120.${Math.floor(count / 250) % 250}.${(count % 250) + 2}`;

function spreadOf(uid: string): number {
  let hash = 0;
  for (const letter of uid) hash = (Math.imul(hash, 31) + (letter.codePointAt(0) ?? 0)) >>> 0;
  return hash % readySpreadMs;
}
