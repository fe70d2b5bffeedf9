import type { Permission } from '../model/connection.ts';

/** What a role is to be named, and for whom; both can be left to the reader. */
export interface RoleNaming {
  readonly name: string;
  /** As the API server knows the operator; null leaves the binding out. */
  readonly user: string | null;
}

/**
 * The Role to ask for, as YAML that an administrator can apply: one for each namespace, a ClusterRole where the permission is
 * missing everywhere. Null where nothing is denied; what nobody answered (`allowed: null`) is not asked for.
 */
export function roleFor(
  permissions: readonly Permission[],
  { name, user }: RoleNaming = { name: 'podium-operator', user: null },
): string | null {
  const denied = permissions.filter(({ allowed }) => allowed === false);
  const namespaces = [...new Set(denied.map(({ namespace }) => namespace))];
  const documents = namespaces.flatMap((namespace) => {
    const rules = rulesOf(denied.filter((one) => one.namespace === namespace));
    return [roleOf(name, namespace, rules), ...(user === null ? [] : [bindingOf(name, namespace, user)])];
  });
  return documents.length === 0 ? null : documents.join('---\n');
}

interface Rule {
  readonly group: string;
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

/** One rule for the resources of a group that are to be used alike. */
function rulesOf(denied: readonly Permission[]): Rule[] {
  const verbs = new Map<string, Set<string>>();
  for (const { resource, verb } of denied)
    verbs.set(resource, new Set([...(verbs.get(resource) ?? []), verb]));
  const rules = new Map<string, Rule>();
  for (const [resource, of] of [...verbs].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const { group, plural } = partsOf(resource);
    const all = [...of].toSorted();
    const key = `${group} ${all.join()}`;
    rules.set(key, { group, verbs: all, resources: [...(rules.get(key)?.resources ?? []), plural] });
  }
  return [...rules.values()].toSorted((a, b) => (a.group < b.group ? -1 : a.group > b.group ? 1 : 0));
}

/** `deployments.apps` is of the group `apps`; `services/proxy` of the core group, whose name is empty. */
function partsOf(resource: string): { readonly group: string; readonly plural: string } {
  const dot = resource.indexOf('.');
  return dot < 0
    ? { group: '', plural: resource }
    : { group: resource.slice(dot + 1), plural: resource.slice(0, dot) };
}

function roleOf(name: string, namespace: string | null, rules: readonly Rule[]): string {
  const lines = rules.flatMap(({ group, resources, verbs }) => [
    `  - apiGroups: [${quoted(group)}]`,
    `    resources: [${resources.map(quoted).join(', ')}]`,
    `    verbs: [${verbs.map(quoted).join(', ')}]`,
  ]);
  return [
    ...headOf(namespace === null ? 'ClusterRole' : 'Role', name, namespace),
    'rules:',
    ...lines,
    '',
  ].join('\n');
}

function bindingOf(name: string, namespace: string | null, user: string): string {
  const kind = namespace === null ? 'ClusterRole' : 'Role';
  return [
    ...headOf(`${kind}Binding`, name, namespace),
    'roleRef:',
    '  apiGroup: rbac.authorization.k8s.io',
    `  kind: ${kind}`,
    `  name: ${quoted(name)}`,
    'subjects:',
    '  - apiGroup: rbac.authorization.k8s.io',
    '    kind: User',
    `    name: ${quoted(user)}`,
    '',
  ].join('\n');
}

const headOf = (kind: string, name: string, namespace: string | null): string[] => [
  'apiVersion: rbac.authorization.k8s.io/v1',
  `kind: ${kind}`,
  'metadata:',
  `  name: ${quoted(name)}`,
  ...(namespace === null ? [] : [`  namespace: ${quoted(namespace)}`]),
];

/** JSON's strings are YAML's too: a user's name can hold anything. Plain words stay as they are. */
const quoted = (text: string): string =>
  /^[a-z][a-z/-]*[a-z]$/.test(text) && !/^(null|true|false)$/.test(text) ? text : JSON.stringify(text);
