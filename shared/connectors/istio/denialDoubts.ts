import { annotationsOf, type KubeObject, mapAt, namespaceOf } from '../kube/objects.ts';
import { hasProxy, isAmbient } from './isolation/callers.ts';
import type { Mesh } from './mesh.ts';

/** Whether proxies only count what the policy would do (Istio, “dry run”); the values are those that Go reads as true. */
export const isTriedOut = (policy: KubeObject): boolean =>
  /^(?:1|t|T|true|TRUE|True)$/.test(annotationsOf(policy).get('istio.io/dry-run') ?? '');

/** Whether a proxy shows the identity of each of them: what one sends by itself is from nobody. */
export const haveIdentity = (pods: readonly KubeObject[]): boolean =>
  pods.every((pod) => hasProxy(pod) || isAmbient(pod));

/** Why it is not known which policies hold for a callee; null where it is. */
export function whyUnfound(
  mesh: Mesh,
  callee: KubeObject | null,
  name: string,
  pods: readonly KubeObject[],
  roots: readonly string[],
): string | null {
  if (callee === null)
    return `${name} is no Service that was read here, so it is not known which AuthorizationPolicies hold for it.`;
  if (callee.kind !== 'Service' || pods.length > 0) return null;
  const isBySelector = [...(mesh.authorizationPolicies?.all() ?? [])].some(
    (policy) =>
      [namespaceOf(callee), ...roots].includes(namespaceOf(policy)) &&
      mapAt(policy, 'spec', 'selector', 'matchLabels').size > 0 &&
      !isTriedOut(policy),
  );
  return isBySelector
    ? `The pods of ${name} were not found, so it is not known which AuthorizationPolicies select them.`
    : null;
}
