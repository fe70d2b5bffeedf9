import type { Guard } from '../../../model/change.ts';
import { at, type KubeObject, textAt } from '../../kube/objects.ts';
import type { Autoscaler } from './autoscaler.ts';
import { replicasOf } from './kinds.ts';
import { isPaused } from './rollout.ts';

/** How the instances are replaced when the template changes, in a sentence. */
export function sayReplacement(workload: KubeObject): string {
  const strategy = workload.kind === 'Deployment' ? 'strategy' : 'updateStrategy';
  const type = textAt(workload, 'spec', strategy, 'type') ?? 'RollingUpdate';
  if (type === 'OnDelete') return 'Its instances are replaced only when somebody deletes them (OnDelete).';
  if (type === 'Recreate')
    return 'All instances stop before the first new one starts: meanwhile nothing answers.';
  const rolling = at(workload, 'spec', strategy, 'rollingUpdate');
  const many = replicasOf(workload);
  const instances =
    many === null ? 'Its instances' : `${many} ${many === 1 ? 'instance is' : 'instances are'}`;
  if (workload.kind === 'StatefulSet') return `${instances} replaced one after another, the last first.`;
  const say = (field: string): string | null => {
    const value = at(rolling, field);
    return typeof value === 'string' || typeof value === 'number' ? String(value) : null;
  };
  const down = say('maxUnavailable');
  const above = say('maxSurge');
  const bounds = [
    ...(down === null ? [] : [`at most ${down} missing`]),
    ...(above === null ? [] : [`at most ${above} too many`]),
  ];
  const verb = many === null ? ' are replaced' : ' replaced';
  return `${instances}${verb} step by step${bounds.length === 0 ? '' : `, ${bounds.join(' and ')} at a time`}.`;
}

/** What stands in the way of replacing instances. */
export function replacementGuards(workload: KubeObject): Guard[] {
  const strategy = workload.kind === 'Deployment' ? 'strategy' : 'updateStrategy';
  const type = textAt(workload, 'spec', strategy, 'type');
  if (isPaused(workload))
    return [
      {
        id: 'paused',
        verdict: 'block',
        title: `The rollout of ${workload.metadata.name} is paused`,
        detail: 'Nothing would be replaced until it is resumed. Resume it first.',
      },
    ];
  if (type === 'OnDelete' || type === 'Recreate')
    return [
      {
        id: 'strategy',
        verdict: 'tick',
        title: `${workload.kind} ${workload.metadata.name} has the strategy ${type}`,
        detail: sayReplacement(workload),
      },
    ];
  return [];
}

/** What the autoscaler makes of another number of replicas. */
export function autoscalerGuard(workload: KubeObject, scaler: Autoscaler, replicas: number): Guard {
  const { name } = workload.metadata;
  const title = `Autoscaler ${scaler.name} decides the replicas of ${name} (${scaler.min} to ${scaler.max})`;
  if (replicas === 0)
    return {
      id: 'autoscaler',
      verdict: 'tick',
      title,
      detail: 'With 0 replicas it stops deciding until somebody scales up again.',
    };
  const back =
    scaler.desired === null || scaler.desired === 0
      ? `a number from ${scaler.min} to ${scaler.max}`
      : `${scaler.desired}, or what it then computes`;
  return {
    id: 'autoscaler',
    verdict: 'tick',
    title,
    detail: `The autoscaler will set it back to ${back}, usually within 15 s. Change its bounds to keep another number.`,
  };
}

/** Nothing answers once the last instance is gone. */
export const noneLeftGuard = (name: string): Guard => ({
  id: 'none-left',
  verdict: 'typeName',
  title: `No instance of ${name} is left`,
  detail: 'Calls to it fail until it is scaled up again, unless another workload answers for the service.',
});
