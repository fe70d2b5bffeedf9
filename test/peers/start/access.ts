import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { KubeObject } from './api.ts';

const rbac = 'rbac.authorization.k8s.io/v1';
const reads = ['get', 'list', 'watch'];
const proxyRule = { apiGroups: [''], resources: ['services/proxy'], verbs: ['get', 'create'] };

const readRules = [
  {
    apiGroups: [''],
    resources: ['namespaces', 'nodes', 'pods', 'pods/log', 'services', 'endpoints', 'events', 'configmaps'],
    verbs: reads,
  },
  {
    apiGroups: ['apps'],
    resources: ['deployments', 'replicasets', 'statefulsets', 'daemonsets'],
    verbs: reads,
  },
  { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: reads },
  { apiGroups: ['networking.istio.io', 'security.istio.io'], resources: ['*'], verbs: reads },
];

/** The roles of the documentation, as they stand there: what an operator is told to ask for must suffice. */
const documentedRoles = ['read', 'logs', 'prometheus', 'weights', 'trips', 'workloads', 'config'].map(
  (name): KubeObject => {
    const file = join(import.meta.dirname, `../../../docs/roles/${name}.yaml`);
    return parse(readFileSync(file, 'utf8')) as KubeObject; // our own file
  },
);

/**
 * Who may do what. `admin` and `world` are masters by group; `viewer` reads everything and may use the proxy to
 * Prometheus; `shop-operator` has the documented roles in the namespace shop and for Prometheus, and nothing else;
 * `shop-viewer` only reads shop and may not use the proxy; `shop-forwarder` may instead forward a port to Prometheus;
 * `nobody` has no rights.
 */
export const access: readonly KubeObject[] = [
  clusterRole('tier-read', readRules),
  clusterBinding('tier-read', 'viewers'),
  role('monitoring', 'prometheus-proxy', [proxyRule]),
  binding('monitoring', 'viewer-proxy', 'prometheus-proxy', 'viewers'),
  role(
    'shop',
    'shop-read',
    readRules.map((rule) => ({ ...rule, resources: namespaced(rule.resources) })),
  ),
  ...documentedRoles,
  binding('shop', 'operator-read', 'podium-read', 'shop-operators', 'ClusterRole'),
  ...['logs', 'weights', 'trips', 'workloads', 'config'].map((name) =>
    binding('shop', `operator-${name}`, `podium-${name}`, 'shop-operators', 'ClusterRole'),
  ),
  binding('monitoring', 'operator-prometheus', 'podium-prometheus', 'shop-operators'),
  binding('shop', 'viewer-read', 'shop-read', 'shop-viewers'),
  binding('shop', 'forwarder-read', 'shop-read', 'shop-forwarders'),
  role('monitoring', 'prometheus-forward', [
    { apiGroups: [''], resources: ['services', 'endpoints', 'pods'], verbs: reads },
    { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: reads },
    { apiGroups: [''], resources: ['pods/portforward'], verbs: ['get', 'create'] },
  ]),
  binding('monitoring', 'forwarder', 'prometheus-forward', 'shop-forwarders'),
];

function namespaced(resources: readonly string[]): readonly string[] {
  return resources.filter((resource) => resource !== 'namespaces' && resource !== 'nodes');
}

function clusterRole(name: string, rules: readonly unknown[]): KubeObject {
  return { apiVersion: rbac, kind: 'ClusterRole', metadata: { name }, rules };
}

function role(namespace: string, name: string, rules: readonly unknown[]): KubeObject {
  return { apiVersion: rbac, kind: 'Role', metadata: { name, namespace }, rules };
}

function clusterBinding(name: string, group: string): KubeObject {
  return {
    apiVersion: rbac,
    kind: 'ClusterRoleBinding',
    metadata: { name },
    ...grant('ClusterRole', name, group),
  };
}

function binding(
  namespace: string,
  name: string,
  to: string,
  group: string,
  kind: 'Role' | 'ClusterRole' = 'Role',
): KubeObject {
  return {
    apiVersion: rbac,
    kind: 'RoleBinding',
    metadata: { name, namespace },
    ...grant(kind, to, group),
  };
}

function grant(kind: string, name: string, group: string) {
  const apiGroup = 'rbac.authorization.k8s.io';
  return { roleRef: { apiGroup, kind, name }, subjects: [{ apiGroup, kind: 'Group', name: group }] };
}
