import type { WorkloadRef } from '../../../model/workload.ts';
import type { Resource } from '../../kube/resources.ts';

/** Workloads whose versions a controller of their own changes step by step. */
export type LedKind = Extract<WorkloadRef['kind'], 'Rollout' | 'Canary'>;

/** Argo Rollouts' and Flagger's kinds. */
export const ledResources: Readonly<Record<LedKind, Resource>> = {
  Rollout: { group: 'argoproj.io', version: 'v1alpha1', plural: 'rollouts', kind: 'Rollout' },
  Canary: { group: 'flagger.app', version: 'v1beta1', plural: 'canaries', kind: 'Canary' },
};

export const isLedKind = (kind: string): kind is LedKind => Object.hasOwn(ledResources, kind);
