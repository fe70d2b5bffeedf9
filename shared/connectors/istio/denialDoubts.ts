import { parse } from 'yaml';
import { PeerError, sayError } from '../kit/peerError.ts';
import { annotationsOf, type KubeObject, mapAt, namespaceOf, textAt } from '../kube/objects.ts';
import { configMaps } from '../kube/resources.ts';
import { hasProxy, isAmbient } from './isolation/callers.ts';
import type { Mesh } from './mesh.ts';
import { rootNamespace } from './policies.ts';

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
  root: string,
): string | null {
  if (callee === null)
    return `${name} is no Service that was read here, so it is not known which AuthorizationPolicies hold for it.`;
  if (callee.kind !== 'Service' || pods.length > 0) return null;
  const isBySelector = [...(mesh.authorizationPolicies?.all() ?? [])].some(
    (policy) =>
      [namespaceOf(callee), root].includes(namespaceOf(policy)) &&
      mapAt(policy, 'spec', 'selector', 'matchLabels').size > 0 &&
      !isTriedOut(policy),
  );
  return isBySelector
    ? `The pods of ${name} were not found, so it is not known which AuthorizationPolicies select them.`
    : null;
}

/** Where policies for the whole mesh are, and what is to be said of that. */
interface MeshRoot {
  readonly name: string;
  readonly note: string | null;
}

const readLimitMs = 5_000;
/** An installation moves it hardly ever; who could not read it may be allowed to. */
const keptMs = 600_000;
const keptUnreadMs = 60_000;
const settings = { namespace: rootNamespace, name: 'istio' };

/** The root namespace as the mesh’s settings have it, read when first asked for and again now and then. */
export function createMeshRoot({ client, host }: Pick<Mesh, 'client' | 'host'>): () => Promise<MeshRoot> {
  let kept: { readonly until: number; readonly root: Promise<MeshRoot> } | null = null;
  const taken = (why: string): MeshRoot => ({
    name: rootNamespace,
    note: `Policies of the whole mesh are taken to be in ${rootNamespace}: ${why}`,
  });
  const read = async (): Promise<MeshRoot> => {
    const where = `ConfigMap ${settings.namespace}/${settings.name}`;
    try {
      const limit = AbortSignal.timeout(readLimitMs);
      const map = await client.object(configMaps, settings.namespace, settings.name, limit);
      const mesh: unknown = parse(textAt(map, 'data', 'mesh') ?? '', { logLevel: 'error' });
      return { name: textAt(mesh, 'rootNamespace') || rootNamespace, note: null };
    } catch (error) {
      if (kept !== null) kept = { ...kept, until: host.clock.now() + keptUnreadMs };
      if (error instanceof PeerError && error.kind === 'notFound')
        return taken(`there is no ${where} that says otherwise.`);
      return taken(sayError(error, `Reading ${where}`));
    }
  };
  return () => {
    const now = host.clock.now();
    if (kept === null || now >= kept.until) kept = { until: now + keptMs, root: read() };
    return kept.root;
  };
}
