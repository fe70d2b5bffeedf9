import type { KubeObject } from '../kube/objects.ts';
import { hasProxy, isAmbient } from './isolation/callers.ts';

/** Who carries out the policies that are for a callee's instances: their own proxies, or those of their nodes. */
interface Enforcement {
  /** `nobody` where no instance has a proxy: a policy is a document without effect there. */
  readonly by: 'all' | 'some' | 'nobody' | 'unknown';
  /** What a policy there depends on; null where proxies were looked at. */
  readonly doubt: string | null;
  /** What is to be said of instances without one; null where there is nothing. */
  note(policies: readonly string[]): string | null;
}

/** Whether a proxy heeds policies before this pod: its own, or that of its node (ambient mode). */
export const isGuarded = (pod: KubeObject): boolean => hasProxy(pod) || isAmbient(pod);

/** Looks at the callee's pods; none are no proof that nobody guards it. */
export function enforcementAt(name: string, pods: readonly KubeObject[]): Enforcement {
  const guarded = pods.filter(isGuarded).length;
  if (pods.length === 0)
    return {
      by: 'unknown',
      doubt: `whether instances of ${name} have a proxy of Istio’s, for its pods were not found`,
      note: () => null,
    };
  const by = guarded === pods.length ? 'all' : guarded === 0 ? 'nobody' : 'some';
  const bare = pods.length - guarded;
  return {
    by,
    doubt: null,
    note(policies) {
      if (by === 'all' || policies.length === 0) return null;
      const [first] = policies;
      const which = policies.length === 1 ? (first ?? '') : `${first ?? ''} and ${policies.length - 1} more`;
      return by === 'nobody'
        ? `${which} would hold for ${name}, but ${pods.length === 1 ? 'its pod has no proxy' : `none of its ${pods.length} pods has a proxy`} of Istio’s: nobody enforces it there.`
        : `${bare} of ${pods.length} pods of ${name} ${bare === 1 ? 'has' : 'have'} no proxy of Istio’s: there nobody enforces ${which}.`;
    },
  };
}
