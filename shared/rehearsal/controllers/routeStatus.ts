import { isDeepStrictEqual } from 'node:util';
import type { KubeObject, ObjectStore } from '../kube/store.ts';
import { fieldsAt, listAt, textOf, type Fields } from '../traffic/reading.ts';

/**
 * Writes into each HTTPRoute and GRPCRoute what istiod does: its word on every parent, for the newest generation. As with
 * istiod, a port that a Service has not got is not noticed, and weights of zero are accepted.
 */
export function followRoutes(store: ObjectStore, now: () => number): () => void {
  const judge = (object: KubeObject): void => {
    // There are no Gateways here, and of one that is not there nobody says anything.
    const services = listAt(object, 'spec', 'parentRefs')
      .map((parentRef) => fieldsAt(parentRef))
      // "core" is Linkerd's word for it, and nobody else's.
      .filter(({ kind, group }) => kind === 'Service' && group === '');
    const parents = services.map((parentRef) => ({
      conditions: conditionsOf(store, object, now()),
      controllerName,
      parentRef,
    }));
    const [own, others] = wordsIn(object);
    if (parents.length + own.length === 0 || sameWord(own, parents)) return;
    store.put(
      { ...object, status: { parents: [...others, ...parents] } },
      { manager: 'pilot-discovery', subresource: 'status' },
    );
  };
  const judgeAll = (): void => {
    for (const plural of ['httproutes', 'grpcroutes']) for (const one of store.list(plural)) judge(one);
  };
  judgeAll();
  return store.subscribe(({ resource, type, object }) => {
    if (resource === 'services' && type !== 'MODIFIED') judgeAll();
    if (type === 'DELETED' || (resource !== 'httproutes' && resource !== 'grpcroutes')) return;
    judge(object);
  });
}

const controllerName = 'istio.io/gateway-controller';

/** What it said itself of a route, and what others said, which it leaves as it is. */
function wordsIn(object: KubeObject): readonly [readonly Fields[], readonly Fields[]] {
  const all = listAt(object, 'status', 'parents').map((parent) => fieldsAt(parent));
  const isOwn = (parent: Fields): boolean => parent['controllerName'] === controllerName;
  return [all.filter(isOwn), all.filter((parent) => !isOwn(parent))];
}

function conditionsOf(store: ObjectStore, object: KubeObject, atMs: number): Fields[] {
  const common = {
    lastTransitionTime: new Date(atMs).toISOString().replace(/\.\d+Z$/, 'Z'),
    observedGeneration: object.metadata['generation'],
  };
  const missing = unresolved(store, object);
  return [
    { ...common, message: 'Route was valid', reason: 'Accepted', status: 'True', type: 'Accepted' },
    missing === null
      ? {
          ...common,
          message: 'All references resolved',
          reason: 'ResolvedRefs',
          status: 'True',
          type: 'ResolvedRefs',
        }
      : { ...common, ...missing, status: 'False', type: 'ResolvedRefs' },
  ];
}

function unresolved(
  store: ObjectStore,
  object: KubeObject,
): { readonly reason: string; readonly message: string } | null {
  for (const rule of listAt(object, 'spec', 'rules')) {
    for (const one of listAt(rule, 'backendRefs').map((given) => fieldsAt(given))) {
      const [group, kind] = [textOf(one['group']) ?? '', textOf(one['kind']) ?? 'Service'];
      const name = textOf(one['name']) ?? '';
      const namespace = textOf(one['namespace']) ?? object.metadata.namespace ?? '';
      if (group !== '' || kind !== 'Service')
        return {
          reason: 'InvalidKind',
          message: `referencing unsupported backendRef: group "${group}" kind "${kind}"`,
        };
      if (store.get('services', namespace, name) === undefined)
        return {
          reason: 'BackendNotFound',
          message: `backend(${name}.${namespace}.svc.cluster.local) not found`,
        };
    }
  }
  return null;
}

/** Whether nothing but the time would be written anew. */
function sameWord(before: readonly Fields[], after: readonly Fields[]): boolean {
  const bare = (parents: readonly unknown[]): unknown =>
    parents.map((parent) => ({
      ...fieldsAt(parent),
      conditions: listAt(parent, 'conditions').map((one) => {
        const { lastTransitionTime: _, ...rest } = fieldsAt(one);
        return rest;
      }),
    }));
  return isDeepStrictEqual(bare(before), bare(after));
}
