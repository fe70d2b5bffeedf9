import { parse } from 'yaml';
import { PeerError, sayError } from '../kit/peerError.ts';
import { annotationsOf, type KubeObject, labelsOf, namespaceOf, textAt } from '../kube/objects.ts';
import { configMaps } from '../kube/resources.ts';
import { isGuarded } from './enforcement.ts';
import type { Mesh } from './mesh.ts';

/** Where policies are for the whole mesh, unless an installation says another (`rootNamespace` of the mesh’s settings). */
const rootNamespace = 'istio-system';

/** Where policies for the whole mesh are, for some pods: several namespaces where these are of revisions that differ in it. */
export interface MeshRoots {
  readonly names: readonly string[];
  readonly notes: readonly string[];
  /** Of what it depends whether a policy of one of them holds for all of the pods; null where it does. */
  doubt(policy: KubeObject, of: string | null): string | null;
}

export type ReadMeshRoots = (pods: readonly KubeObject[]) => Promise<MeshRoots>;

interface Root {
  readonly name: string;
  readonly note: string | null;
}

/** A control plane: its settings are in `istio`, those of a revision in `istio-<revision>`, beside it (its Helm chart). */
interface Plane {
  readonly namespace: string;
  readonly revision: string;
}

const readLimitMs = 5_000;
/** An installation moves it hardly ever; who could not read it may be allowed to. */
const keptMs = 600_000;
const keptUnreadMs = 60_000;
const mostKept = 50;
const revisionName = 'istio.io/rev';
const unnamed = 'default';

/** The root namespaces as the settings of the pods' own revisions have it, read when first asked for and again now and then. */
export function createMeshRoots(mesh: Mesh): ReadMeshRoots {
  const { client, host } = mesh;
  const kept = new Map<string, { readonly until: number; readonly root: Promise<Root> }>();

  async function read({ namespace, revision }: Plane, key: string): Promise<Root> {
    const name = revision === unnamed ? 'istio' : `istio-${revision}`;
    const where = `ConfigMap ${namespace}/${name}`;
    const taken = (why: string): Root => ({
      name: namespace,
      note: `Policies of the whole mesh are taken to be in ${namespace}: ${why}`,
    });
    try {
      const map = await client.object(configMaps, namespace, name, AbortSignal.timeout(readLimitMs));
      const settings: unknown = parse(textAt(map, 'data', 'mesh') ?? '', { logLevel: 'error' });
      return { name: textAt(settings, 'rootNamespace') || namespace, note: null };
    } catch (error) {
      const held = kept.get(key);
      if (held !== undefined) kept.set(key, { ...held, until: host.clock.now() + keptUnreadMs });
      if (error instanceof PeerError && error.kind === 'notFound')
        return taken(`there is no ${where} that says otherwise.`);
      return taken(sayError(error, `Reading ${where}`));
    }
  }

  function rootOf(plane: Plane): Promise<Root> {
    const now = host.clock.now();
    const key = `${plane.namespace}/${plane.revision}`;
    const held = kept.get(key);
    if (held !== undefined && now < held.until) return held.root;
    if (kept.size >= mostKept) kept.clear();
    const root = read(plane, key);
    kept.set(key, { until: now + keptMs, root });
    return root;
  }

  return async (pods) => {
    const roots = await Promise.all(planesOf(mesh, pods).map(rootOf));
    const names = [...new Set(roots.map(({ name }) => name))];
    return {
      names,
      notes: [...new Set(roots.flatMap(({ note }) => note ?? []))],
      doubt: (policy, of) =>
        names.length === 1 || namespaceOf(policy) === of
          ? null
          : `the revision of Istio that an instance is of (their root namespaces are ${names.join(' and ')})`,
    };
  };
}

/** The control planes that pods are of; all that run where a pod does not say, and the usual one where none can be seen. */
function planesOf(mesh: Mesh, pods: readonly KubeObject[]): readonly Plane[] {
  const running = [...mesh.pods.all()]
    .filter((pod) => labelsOf(pod).get('app') === 'istiod')
    .map((pod): Plane => ({
      namespace: namespaceOf(pod),
      revision: labelsOf(pod).get(revisionName) || unnamed,
    }));
  const said = pods.filter(isGuarded).map(revisionOf);
  const planes = [...new Set(said)].flatMap((revision): readonly Plane[] => {
    const known = running.filter((plane) => revision === null || plane.revision === revision);
    return known.length > 0 ? known : [{ namespace: rootNamespace, revision: revision ?? unnamed }];
  });
  if (planes.length === 0) planes.push(...running);
  if (planes.length === 0) planes.push({ namespace: rootNamespace, revision: unnamed });
  return [...new Map(planes.map((plane) => [`${plane.namespace}/${plane.revision}`, plane])).values()];
}

/**
 * The revision that put the proxy into a pod: its injector wrote it there, tags resolved. Labels of the namespace tell of pods to
 * come only. Null for a pod that does not say, as in ambient mode.
 */
const revisionOf = (pod: KubeObject): string | null =>
  annotationsOf(pod).get(revisionName) || labelsOf(pod).get(revisionName) || null;
