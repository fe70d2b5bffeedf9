import { allows, groupsOf, type KubeUser } from './access.ts';
import { badRequest, invalid } from './status.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Plural names of the questions one may ask about oneself, by group. */
export const reviewKinds: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'authorization.k8s.io': {
    selfsubjectaccessreviews: 'SelfSubjectAccessReview',
    selfsubjectrulesreviews: 'SelfSubjectRulesReview',
  },
  'authentication.k8s.io': { selfsubjectreviews: 'SelfSubjectReview' },
};

/** Answers a review by the rules by which requests are judged. */
export function review(kind: string, body: Fields, user: KubeUser, nowMs: number): Fields {
  const spec = fieldsOf(body['spec']);
  switch (kind) {
    case 'SelfSubjectAccessReview':
      return answer('authorization.k8s.io/v1', kind, spec, accessStatus(spec, user));
    case 'SelfSubjectRulesReview':
      return answer('authorization.k8s.io/v1', kind, {}, rulesStatus(spec, user));
    default:
      return {
        kind,
        apiVersion: 'authentication.k8s.io/v1',
        metadata: { creationTimestamp: time(nowMs) },
        status: { userInfo: { username: user.name, groups: groupsOf(user) } },
      };
  }
}

const answer = (apiVersion: string, kind: string, spec: Fields, status: Fields): Fields => ({
  kind,
  apiVersion,
  metadata: {},
  spec,
  status,
});

function accessStatus(spec: Fields, user: KubeUser): Fields {
  const asked = fieldsOf(spec['resourceAttributes']);
  const path = fieldsOf(spec['nonResourceAttributes'])['path'];
  if (spec['resourceAttributes'] === undefined && path === undefined) {
    const message =
      'Invalid value: null: exactly one of nonResourceAttributes or resourceAttributes must be specified';
    throw invalid({ group: 'authorization.k8s.io', resource: '' }, [
      { reason: 'FieldValueInvalid', message, field: 'spec.resourceAttributes' },
    ]);
  }
  if (path !== undefined) return { allowed: user.rules.some((rule) => rule.resources.includes('*')) };
  const word = (field: string): string => (typeof asked[field] === 'string' ? asked[field] : '');
  const subresource = word('subresource');
  const allowed = allows(user, {
    verb: word('verb'),
    group: word('group'),
    resource: subresource === '' ? word('resource') : `${word('resource')}/${subresource}`,
    namespace: word('namespace') === '' ? null : word('namespace'),
    name: word('name') === '' ? null : word('name'),
  });
  // RBAC only ever allows: a refusal comes without a reason, and so does what system:masters may.
  return allowed && user.groups?.includes('system:masters') !== true
    ? {
        allowed,
        reason: `RBAC: allowed by ClusterRoleBinding "${user.name}" of ClusterRole "${user.name}" to User "${user.name}"`,
      }
    : { allowed };
}

function rulesStatus(spec: Fields, user: KubeUser): Fields {
  const namespace = spec['namespace'];
  if (typeof namespace !== 'string' || namespace === '') throw badRequest('no namespace on request');
  const rules = user.rules.filter((rule) => rule.namespaces?.includes(namespace) ?? true);
  return {
    resourceRules: rules.map(({ verbs, apiGroups, resources, resourceNames }) => ({
      verbs,
      apiGroups,
      resources,
      ...(resourceNames === undefined ? {} : { resourceNames }),
    })),
    nonResourceRules: [
      {
        verbs: ['get'],
        nonResourceURLs: ['/api', '/api/*', '/apis', '/apis/*', '/healthz', '/livez', '/readyz', '/version'],
      },
    ],
    incomplete: false,
  };
}

const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};

const time = (ms: number): string => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
