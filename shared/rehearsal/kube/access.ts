import { forbidden, type Subject } from './status.ts';

/** What one role lets its holder do; `namespaces` absent means everywhere. */
export interface AccessRule {
  readonly verbs: readonly string[];
  readonly apiGroups: readonly string[];
  /** Plural names, `pods/log` for a subresource, `*` for all. */
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly namespaces?: readonly string[];
}

/** Who a bearer token belongs to. */
export interface KubeUser {
  readonly name: string;
  readonly groups?: readonly string[];
  readonly rules: readonly AccessRule[];
  /** Epoch ms; from then on the token is answered with 401. */
  readonly expiresAt?: number;
}

/** What somebody wants to do, in RBAC's words. */
export interface AccessQuestion {
  readonly verb: string;
  readonly group: string;
  /** With its subresource: `services/proxy`. */
  readonly resource: string;
  readonly namespace: string | null;
  readonly name: string | null;
}

/** Everything, everywhere. */
export const adminRules: readonly AccessRule[] = [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }];

const mayRead = ['get', 'list', 'watch'];
const anyReader: readonly AccessRule[] = [
  {
    verbs: ['create'],
    apiGroups: ['authorization.k8s.io', 'authentication.k8s.io'],
    resources: ['selfsubjectaccessreviews', 'selfsubjectrulesreviews', 'selfsubjectreviews'],
  },
];

const readable = (namespaces?: readonly string[]): readonly AccessRule[] => {
  const where = namespaces === undefined ? {} : { namespaces };
  const rule = (apiGroups: string[], resources: string[], verbs = mayRead): AccessRule => ({
    verbs,
    apiGroups,
    resources,
    ...where,
  });
  const inNamespace = [
    'configmaps',
    'endpoints',
    'events',
    'namespaces',
    'pods',
    'pods/log',
    'services',
    'serviceaccounts',
  ];
  return [
    rule([''], namespaces === undefined ? [...inNamespace, 'nodes'] : inNamespace),
    rule(
      [
        'apps',
        'autoscaling',
        'discovery.k8s.io',
        'events.k8s.io',
        'networking.istio.io',
        'networking.k8s.io',
        'security.istio.io',
      ],
      ['*'],
    ),
    rule([''], ['services/proxy'], ['get']),
    ...anyReader,
  ];
};

/** Reads everything but secrets, writes nothing. */
export const viewerRules: readonly AccessRule[] = readable();

/** Reads and changes one namespace, sees nothing outside; may not even list namespaces. */
export const namespaceRules = (namespace: string): readonly AccessRule[] => [
  ...readable([namespace]),
  {
    verbs: ['create', 'update', 'patch', 'delete'],
    apiGroups: ['networking.istio.io', 'apps'],
    resources: ['*'],
    namespaces: [namespace],
  },
  { verbs: ['get', 'create'], apiGroups: [''], resources: ['pods/portforward'], namespaces: [namespace] },
];

/** Somebody without a token: the real server calls them so, and lets them see only its version and health. */
export const anonymous: KubeUser = {
  name: 'system:anonymous',
  groups: ['system:unauthenticated'],
  rules: [],
};

/** The user's groups with those every server adds. */
export const groupsOf = (user: KubeUser): readonly string[] =>
  user === anonymous ? (user.groups ?? []) : [...(user.groups ?? []), 'system:authenticated'];

/** The user of an Authorization header; undefined when the token is unknown or has expired. */
export function userOf(
  header: string | undefined,
  tokens: ReadonlyMap<string, KubeUser>,
  nowMs: number,
): KubeUser | undefined {
  if (header === undefined) return anonymous;
  const token = /^Bearer\s+(\S+)\s*$/i.exec(header)?.[1];
  const user = token === undefined ? undefined : tokens.get(token);
  if (user === undefined || (user.expiresAt !== undefined && user.expiresAt <= nowMs)) return undefined;
  return user;
}

/** Whether one of the user's rules allows it. */
export function allows(user: KubeUser, question: AccessQuestion): boolean {
  return user !== anonymous && [...user.rules, ...anyReader].some((rule) => ruleAllows(rule, question));
}

function ruleAllows(rule: AccessRule, question: AccessQuestion): boolean {
  const covers = (values: readonly string[], wanted: string): boolean =>
    values.includes('*') || values.includes(wanted);
  const [, subresource] = question.resource.split('/');
  return (
    covers(rule.verbs, question.verb) &&
    covers(rule.apiGroups, question.group) &&
    (covers(rule.resources, question.resource) ||
      (subresource !== undefined && rule.resources.includes(`*/${subresource}`))) &&
    (rule.namespaces === undefined ||
      (question.namespace !== null && rule.namespaces.includes(question.namespace))) &&
    (rule.resourceNames === undefined ||
      (question.name !== null && rule.resourceNames.includes(question.name)))
  );
}

/** Throws the 403 a real server gives. */
export function demand(user: KubeUser, question: AccessQuestion): void {
  if (allows(user, question)) return;
  const [resource = question.resource] = question.resource.split('/');
  const subject: Subject = {
    group: question.group,
    resource,
    ...(question.name === null ? {} : { name: question.name }),
  };
  const where =
    question.namespace === null ? 'at the cluster scope' : `in the namespace "${question.namespace}"`;
  throw forbidden(
    subject,
    `User "${user.name}" cannot ${question.verb} resource "${question.resource}" in API group "${question.group}" ${where}`,
  );
}
