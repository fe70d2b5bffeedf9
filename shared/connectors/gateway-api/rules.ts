import { type KubeObject, listAt, namespaceOf, numberAt, textAt } from '../kube/objects.ts';
import { isCoreGroup } from '../kube/routeParents.ts';
import { hostOfService } from '../kube/serviceHosts.ts';
import { sayMatches } from './matchText.ts';

/** One rule of a route that sends calls somewhere. */
export interface Rule {
  /** Position in the document, for patches. */
  readonly index: number;
  readonly name: string | null;
  readonly title: string;
  readonly match: string;
  readonly backends: readonly Backend[];
  /** The rule as it is written. */
  readonly raw: unknown;
}

/** One way in which a rule can send a call. */
export interface Backend {
  readonly index: number;
  readonly group: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly port: number | null;
  /** One where none is written: the API says so. */
  readonly weight: number;
  /** By which the mesh and its metrics know a Service; of anything else its name. */
  readonly host: string;
}

/** The document's rules with backends, in its order; a redirect sends nothing anywhere. */
export function rulesOf(document: KubeObject): Rule[] {
  const all = listAt(document, 'spec', 'rules');
  return all.flatMap((raw, index) => {
    const backends = listAt(raw, 'backendRefs').map((one, position) =>
      backendOf(one, position, namespaceOf(document)),
    );
    if (backends.length === 0) return [];
    const name = textAt(raw, 'name') || null;
    const title = name ?? (all.length === 1 ? 'default' : `rule ${index + 1}`);
    const match = sayMatches(document.kind, listAt(raw, 'matches'));
    return [{ index, name, title, match, backends, raw }];
  });
}

function backendOf(raw: unknown, index: number, namespace: string): Backend {
  const name = textAt(raw, 'name') ?? '';
  const group = coreAsNone(textAt(raw, 'group') ?? '');
  const kind = textAt(raw, 'kind') ?? 'Service';
  const of = textAt(raw, 'namespace') ?? namespace;
  return {
    index,
    group,
    kind,
    namespace: of,
    name,
    port: numberAt(raw, 'port'),
    weight: numberAt(raw, 'weight') ?? 1,
    host: group === '' && kind === 'Service' ? hostOfService(of, name) : name,
  };
}

/** Whom a route hangs itself on: a Service, for calls inside the mesh, or a Gateway, for those that come in. */
export interface Parent {
  readonly group: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly section: string | null;
  readonly port: number | null;
}

export const parentsOf = (document: KubeObject): Parent[] =>
  listAt(document, 'spec', 'parentRefs').map((raw) => parentIn(raw, namespaceOf(document)));

/** A reference of a document in a namespace, in its specification or in its status. */
export const parentIn = (raw: unknown, namespace: string): Parent => ({
  group: coreAsNone(textAt(raw, 'group') ?? 'gateway.networking.k8s.io'),
  kind: textAt(raw, 'kind') ?? 'Gateway',
  namespace: textAt(raw, 'namespace') ?? namespace,
  name: textAt(raw, 'name') ?? '',
  section: textAt(raw, 'sectionName'),
  port: numberAt(raw, 'port'),
});

/** Linkerd writes "core" where the API has no name. */
const coreAsNone = (group: string): string => (isCoreGroup(group) ? '' : group);

export const isService = ({ group, kind }: Pick<Parent, 'group' | 'kind'>): boolean =>
  group === '' && kind === 'Service';

/** "Service shop/payment". */
export const sayParent = ({ kind, namespace, name }: Parent): string => `${kind} ${namespace}/${name}`;

/** The hosts whose calls a document divides: those of its Services, and those that customers use. */
export const hostsOf = (document: KubeObject): string[] => [
  ...parentsOf(document)
    .filter(isService)
    .map(({ namespace, name }) => hostOfService(namespace, name)),
  ...listAt(document, 'spec', 'hostnames').filter((host) => typeof host === 'string'),
];

/** Proxies that it governs: `mesh` for those of callers, gateways as namespace/name. */
export const gatewaysOf = (document: KubeObject): string[] => [
  ...new Set(
    parentsOf(document).map((parent) => (isService(parent) ? 'mesh' : `${parent.namespace}/${parent.name}`)),
  ),
];

/**
 * Names a rule within its document's life: by its own name where that is unique, else by position. The kind in it tells it
 * from a route of another system's document.
 */
export function splitIdOf(document: KubeObject, rule: Rule, rules: readonly Rule[]): string {
  const alone = rules.filter((one) => one.name === rule.name).length === 1;
  const which = rule.name !== null && alone ? `name:${rule.name}` : String(rule.index);
  return `${document.metadata.uid}/${document.kind}/${which}`;
}

export const isSplitOfRoute = (splitId: string): boolean => /^[^/]*\/(HTTP|GRPC)Route\//.test(splitId);

/** What must not have changed for a position in the document to mean the same: everything of the rule but its weights. */
export const ruleFingerprint = (rule: Rule): string =>
  JSON.stringify([
    rule.name,
    rule.match,
    rule.backends.map(({ group, kind, namespace, name, port }) => [group, kind, namespace, name, port]),
  ]);
