import { workloadTitle } from '../../../shared/analysis/workloadTitle.ts';
import type { EntityId } from '../../../shared/model/entity.ts';
import type { ChangeWorkload } from '../../../shared/model/operation.ts';
import type { InstanceRates, WorkloadAction, WorkloadView } from '../../../shared/model/workload.ts';
import { formatRate } from '../../ui/format.ts';
import { plainText } from '../../ui/plainText.ts';

/** "Deployment payment-v2". */
export function nameOf({ ref }: Pick<WorkloadView, 'ref'>): string {
  return plainText(`${ref.kind} ${ref.name}`, 100);
}

/** Where the API server has it; null for what only a registry knows of. */
export function objectOf({ ref }: Pick<WorkloadView, 'ref'>) {
  const { kind, namespace, name } = ref;
  if (kind === 'Application') return null;
  const apiVersion =
    kind === 'Rollout' ? 'argoproj.io/v1alpha1' : kind === 'Canary' ? 'flagger.app/v1beta1' : 'apps/v1';
  return { apiVersion, kind, namespace, name };
}

/** What an action would do, as the title of its review. */
export function actionTitle(workload: WorkloadView, action: WorkloadAction): string {
  const name = plainText(workload.ref.name, 80);
  // Of a Rollout without steps the new version stands beside the old one, and gets all calls at once.
  if (action.verb === 'promote' && workload.steps?.items.length === 0)
    return `Switch ${name} to its new version`;
  return workloadTitle(
    name,
    'instance' in action ? { ...action, instance: plainText(action.instance, 80) } : action,
  );
}

/** What review asks the console to plan. */
export function changeOf(
  workload: WorkloadView,
  serviceId: EntityId,
  action: WorkloadAction,
): ChangeWorkload {
  const { connectionId, ref, revision } = workload;
  return { kind: 'changeWorkload', connectionId, serviceId, workload: ref, revision, action };
}

/** "3 of 4 ready", "3 ready"; what is asked for is not known of every kind. Null where nobody counts. */
export function readyInWords({ replicas, readyReplicas }: WorkloadView): string | null {
  if (readyReplicas === null) return null;
  return replicas === null || replicas === readyReplicas
    ? `${readyReplicas} ready`
    : `${readyReplicas} of ${replicas} ready`;
}

/** What to know before replicas are set by hand; null where nobody else sets them. */
export function autoscalerNote({ autoscaler }: WorkloadView): string | null {
  if (autoscaler === null) return null;
  const { name, min, max } = autoscaler;
  return `Autoscaler ${plainText(name, 80)} decides between ${min} and ${max}: it will set another number again.`;
}

/** The number of replicas that was typed; null where it is none, or what is there already. */
export function replicasOf(text: string, { replicas }: WorkloadView): number | null {
  if (!/^\d{1,5}$/.test(text.trim())) return null;
  const wanted = Number(text.trim());
  return wanted === replicas || wanted > 10_000 ? null : wanted;
}

/** "36 rps" of one instance; where nobody counted, that is said, for it is not zero. */
export function rateInWords(rates: InstanceRates | null, uid: string): string {
  const perSecond = rates?.perSecond[uid];
  return perSecond === undefined ? 'rate not known' : `${formatRate(perSecond)} rps`;
}

/** Where the rates come from, or why there are none. */
export function ratesFrom(rates: InstanceRates | null): string {
  if (rates === null) return 'No source counts requests by instance.';
  const source = plainText(rates.source, 80);
  if (Object.keys(rates.perSecond).length === 0)
    return `${source} names none of these instances: it counts at their callers only, or scrapes them without the labels namespace and pod.`;
  return `Requests that each one’s own proxy answered, over ${rates.windowSeconds} s, by ${source}.`;
}

/** What a kind of workload cannot do, and why; null where it can. */
export function cannotInWords(verb: 'scale' | 'pause', { ref }: Pick<WorkloadView, 'ref'>): string | null {
  if (verb === 'scale')
    return ref.kind === 'DaemonSet'
      ? 'A DaemonSet runs one instance on each node: there is no number to set.'
      : null;
  return ref.kind === 'Deployment'
    ? null
    : `Only the rollout of a Deployment can be paused, and this is a ${ref.kind}.`;
}
