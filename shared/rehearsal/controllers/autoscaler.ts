import { timeOf } from '../fleet/time.ts';
import type { KubeObject } from '../kube/store.ts';
import { fieldsAt, listAt, numberOf, textOf, type Fields } from '../traffic/reading.ts';
import { type Cluster, controllerManager } from './cluster.ts';

/** How often the real controller looks. */
const everyMs = 15_000;

/**
 * Holds Deployments at the number that their load asks for. The load of the rehearsal is steady, so that number is the
 * one it had: whoever sets another sees it put back at the next look, as a real autoscaler does.
 */
export function createAutoscaler(cluster: Cluster): (autoscaler: KubeObject) => void {
  const lookedAt = new Map<string, number>();
  return (autoscaler) => {
    const { uid } = autoscaler.metadata;
    const last = lookedAt.get(uid);
    if (last !== undefined && cluster.now() - last < everyMs) return;
    lookedAt.set(uid, cluster.now());
    cluster.lookAgain(autoscaler, cluster.now() + everyMs);
    look(cluster, autoscaler);
  };
}

function look(cluster: Cluster, autoscaler: KubeObject): void {
  const { store, now } = cluster;
  const spec = fieldsAt(autoscaler, 'spec');
  const name = textOf(fieldsAt(spec, 'scaleTargetRef')['name']) ?? '';
  const target = store.get('deployments', autoscaler.metadata.namespace ?? null, name);
  const status = fieldsAt(autoscaler, 'status');
  const write = (next: Fields, conditions: readonly (readonly [string, string, string, string])[]): void =>
    void store.put(
      {
        ...autoscaler,
        status: { ...next, conditions: conditions.map((one) => conditionOf(status, one, now())) },
      },
      { manager: controllerManager, subresource: 'status' },
    );
  if (target === undefined)
    return write(status, [
      ['AbleToScale', 'False', 'FailedGetScale', `deployments.apps "${name}" not found`],
    ]);
  const able = ['AbleToScale', 'True', 'ReadyForNewScale', 'recommended size matches current size'] as const;
  const present = numberOf(fieldsAt(target, 'spec')['replicas']) ?? 1;
  const currentReplicas = numberOf(fieldsAt(target, 'status')['replicas']) ?? 0;
  // Nobody scales what was switched off on purpose.
  if (present === 0)
    return write({ ...status, currentReplicas }, [
      able,
      [
        'ScalingActive',
        'False',
        'ScalingDisabled',
        'scaling is disabled since the replica count of the target is zero',
      ],
    ]);
  const least = numberOf(spec['minReplicas']) ?? 1;
  const most = numberOf(spec['maxReplicas']) ?? least;
  const desired = Math.min(Math.max(numberOf(status['desiredReplicas']) ?? present, least), most);
  const { lastScaleTime } = status;
  const scaledAt = desired === present ? lastScaleTime : timeOf(now());
  write(
    {
      ...(scaledAt === undefined ? {} : { lastScaleTime: scaledAt }),
      currentReplicas,
      desiredReplicas: desired,
      currentMetrics: listAt(status, 'currentMetrics'),
    },
    [
      able,
      [
        'ScalingActive',
        'True',
        'ValidMetricFound',
        'the HPA was able to successfully calculate a replica count from cpu resource utilization (percentage of request)',
      ],
      ['ScalingLimited', 'False', 'DesiredWithinRange', 'the desired count is within the acceptable range'],
    ],
  );
  if (desired === present) return;
  store.put(
    { ...target, spec: { ...fieldsAt(target, 'spec'), replicas: desired } },
    { manager: controllerManager },
  );
}

function conditionOf(
  before: Fields,
  [type, status, reason, message]: readonly [string, string, string, string],
  nowMs: number,
): Fields {
  const known = listAt(before, 'conditions')
    .map((one) => fieldsAt(one))
    .find((one) => one['type'] === type && one['status'] === status);
  return {
    type,
    status,
    lastTransitionTime: known?.['lastTransitionTime'] ?? timeOf(nowMs),
    reason,
    message,
  };
}
