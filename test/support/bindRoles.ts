import type { KubernetesSettings } from '../../shared/connectors/kubernetes/connector.ts';
import type { ClusterUnderTest } from '../conformance/cluster.ts';
import { documentedRules, type RoleName } from './documentedRoles.ts';

const rbac = 'rbac.authorization.k8s.io';

/** Gives a group, that of shop-operator, documented roles in the cluster's namespace, as they stand in the documentation. */
export async function bindRoles(
  cluster: ClusterUnderTest,
  roles: readonly RoleName[],
  group: 'shop-operators' | 'shop-viewers' = 'shop-operators',
): Promise<void> {
  for (const role of roles) {
    const name = `${role}-${group}`;
    const base = `/apis/${rbac}/v1/namespaces/${cluster.namespace}`;
    await cluster.call('POST', `${base}/roles`, {
      apiVersion: `${rbac}/v1`,
      kind: 'Role',
      metadata: { name, namespace: cluster.namespace },
      rules: documentedRules(role),
    });
    await cluster.call('POST', `${base}/rolebindings`, {
      apiVersion: `${rbac}/v1`,
      kind: 'RoleBinding',
      metadata: { name, namespace: cluster.namespace },
      roleRef: { apiGroup: rbac, kind: 'Role', name },
      subjects: [{ apiGroup: rbac, kind: 'Group', name: group }],
    });
  }
}

/** Opens the cluster as shop-operator, who sees this namespace only. */
export const asOperator = ({ settings, namespace }: ClusterUnderTest): KubernetesSettings => ({
  ...settings,
  context: 'shop-operator',
  namespaces: [namespace],
});
