import type { KubernetesSettings } from '../../shared/connectors/kubernetes/connector.ts';
import type { ClusterUnderTest } from '../conformance/cluster.ts';
import { type DocumentedRole, documentedRules } from './documentedRoles.ts';

const rbac = 'rbac.authorization.k8s.io';

/** Gives a group, that of shop-operator, documented roles in the cluster's namespace, as they stand in the documentation. */
export async function bindRoles(
  cluster: Pick<ClusterUnderTest, 'namespace' | 'call'>,
  roles: readonly DocumentedRole[],
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

/** Somebody of a cluster who has these documented roles in its namespace, and nothing else. */
export type OperatorOf<Cluster extends ClusterUnderTest> = (
  cluster: Cluster,
  roles: readonly DocumentedRole[],
) => Promise<KubernetesSettings>;

/** Such an operator on a real API server. */
export const realOperatorOf: OperatorOf<ClusterUnderTest> = async (cluster, roles) => {
  await bindRoles(cluster, roles);
  return asOperator(cluster);
};
