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

/**
 * Who may do what. `admin` and `world` are masters by group; `viewer` reads everything and may use the proxy to
 * Prometheus; `shop-operator` knows only the namespace shop, writes Istio documents there, and may use the proxy;
 * `shop-viewer` only reads shop and may not use the proxy; `shop-forwarder` may instead forward a port to Prometheus;
 * `nobody` has no rights.
 */
export const access: readonly KubeObject[] = [
  clusterRole('podium-read', readRules),
  clusterBinding('podium-read', 'viewers'),
  role('monitoring', 'prometheus-proxy', [proxyRule]),
  binding('monitoring', 'viewer-proxy', 'prometheus-proxy', 'viewers'),
  binding('monitoring', 'operator-proxy', 'prometheus-proxy', 'shop-operators'),
  role(
    'shop',
    'shop-read',
    readRules.map((rule) => ({ ...rule, resources: namespaced(rule.resources) })),
  ),
  role('shop', 'shop-write', [
    {
      apiGroups: ['networking.istio.io'],
      resources: ['virtualservices', 'destinationrules'],
      verbs: ['create', 'patch', 'update', 'delete'],
    },
  ]),
  binding('shop', 'operator-read', 'shop-read', 'shop-operators'),
  binding('shop', 'operator-write', 'shop-write', 'shop-operators'),
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

function binding(namespace: string, name: string, to: string, group: string): KubeObject {
  return {
    apiVersion: rbac,
    kind: 'RoleBinding',
    metadata: { name, namespace },
    ...grant('Role', to, group),
  };
}

function grant(kind: string, name: string, group: string) {
  const apiGroup = 'rbac.authorization.k8s.io';
  return { roleRef: { apiGroup, kind, name }, subjects: [{ apiGroup, kind: 'Group', name: group }] };
}
