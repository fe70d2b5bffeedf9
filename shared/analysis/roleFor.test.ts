import { parseAllDocuments } from 'yaml';
import { expect, test } from 'vitest';
import type { Permission } from '../model/connection.ts';
import { roleFor } from './roleFor.ts';

const permission = (
  verb: string,
  resource: string,
  allowed: boolean | null = false,
  namespace: string | null = 'shop',
): Permission => ({ verb, resource, namespace, allowed, purpose: '' });
const read = (yaml: string | null): unknown[] =>
  parseAllDocuments(yaml ?? '').map((one) => one.toJS() as unknown);

test('asks for what is denied, and for nothing that is allowed or was not answered', () => {
  expect(roleFor([permission('list', 'pods', true), permission('patch', 'pods', null)])).toBeNull();
  const role = roleFor([
    permission('patch', 'deployments.apps'),
    permission('patch', 'statefulsets.apps'),
    permission('get', 'secrets'),
    permission('patch', 'secrets'),
    permission('get', 'services/proxy'),
    permission('list', 'pods', true),
  ]);
  expect(role).toBe(`apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: podium-operator
  namespace: shop
rules:
  - apiGroups: [""]
    resources: [secrets]
    verbs: [get, patch]
  - apiGroups: [""]
    resources: [services/proxy]
    verbs: [get]
  - apiGroups: [apps]
    resources: [deployments, statefulsets]
    verbs: [patch]
`);
});

test('each namespace has a role of its own, and what is missing everywhere a ClusterRole, bound to who asks', () => {
  const odd = 'oidc:ana "the operator": *x\n';
  const documents = read(
    roleFor(
      [permission('patch', 'virtualservices.networking.istio.io', false, null), permission('patch', 'pods')],
      { name: 'podium', user: odd },
    ),
  );
  expect(documents).toMatchObject([
    { kind: 'ClusterRole', rules: [{ apiGroups: ['networking.istio.io'], resources: ['virtualservices'] }] },
    {
      kind: 'ClusterRoleBinding',
      roleRef: { kind: 'ClusterRole', name: 'podium' },
      subjects: [{ name: odd }],
    },
    {
      kind: 'Role',
      metadata: { namespace: 'shop' },
      rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['patch'] }],
    },
    { kind: 'RoleBinding', metadata: { namespace: 'shop' }, subjects: [{ kind: 'User', name: odd }] },
  ]);
});
