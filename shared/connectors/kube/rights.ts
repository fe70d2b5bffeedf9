import type { OperationKind } from '../../model/operation.ts';
import type { Permission } from '../../model/connection.ts';

/** One verb on one resource, and what people do with it. */
export interface Right {
  readonly verb: 'get' | 'list' | 'watch' | 'create' | 'patch' | 'delete';
  readonly group: string;
  readonly resource: string;
  readonly purpose: Permission['purpose'];
}

export const right = (verb: Right['verb'], group: string, resource: string, purpose: string): Right => ({
  verb,
  group,
  resource,
  purpose,
});

const networking = 'networking.istio.io';
const security = 'security.istio.io';

const services = right('patch', '', 'services', 'Declare fallbacks where no route governs a service');
const routes = {
  patch: right('patch', networking, 'virtualservices', 'Change how calls are divided'),
  create: right('create', networking, 'virtualservices', 'Trip calls that no route governs yet'),
  remove: right('delete', networking, 'virtualservices', 'End such trips, and take back routes made here'),
};
const rules = {
  patch: right('patch', networking, 'destinationrules', 'Change limits and ejection'),
  create: right('create', networking, 'destinationrules', 'Declare limits where none are declared'),
  remove: right('delete', networking, 'destinationrules', 'Take back limits declared here'),
};
const policies = {
  patch: right(
    'patch',
    security,
    'authorizationpolicies',
    'End one of several refusals, edit policies as text',
  ),
  create: right('create', security, 'authorizationpolicies', 'Refuse calls at the callee'),
  remove: right('delete', security, 'authorizationpolicies', 'End such a refusal'),
};
const serviceEntries = right('patch', networking, 'serviceentries', 'Edit external services as text');
const gateways = right('patch', networking, 'gateways', 'Edit gateways as text');
const workloads = [
  right('patch', 'apps', 'deployments', 'Scale, restart, pause and roll back Deployments'),
  right('patch', 'apps', 'statefulsets', 'Scale, restart and roll back StatefulSets'),
  right('patch', 'apps', 'daemonsets', 'Restart and roll back DaemonSets'),
];
const pods = right('patch', '', 'pods', 'Take one instance out of the traffic');
const configMaps = right('patch', '', 'configmaps', 'Edit configuration');
const secrets = right('patch', '', 'secrets', 'Edit Secrets');

/** What each kind of operation, its way back included, may write through a Kubernetes API. */
export const writesOf: Readonly<Record<OperationKind, readonly Right[]>> = {
  setWeights: [routes.patch],
  setRouting: [routes.patch],
  trip: [routes.patch, routes.create, routes.remove, policies.patch, policies.create, policies.remove],
  endTrip: [routes.patch, routes.remove, policies.patch, policies.remove],
  // Breakers are in the callers’ processes, and not in the API.
  closeBreaker: [],
  setFallback: [routes.patch, services],
  setProtections: [routes.patch, routes.create, routes.remove, rules.patch, rules.create, rules.remove],
  editDocument: [
    configMaps,
    secrets,
    ...workloads,
    routes.patch,
    rules.patch,
    serviceEntries,
    gateways,
    policies.patch,
  ],
  changeWorkload: [...workloads, pods],
  // Alertmanager's own, though the way to it may be the API server's proxy.
  silence: [],
};

/** Every right to write that any operation needs, each once. */
export const allWrites: readonly Right[] = [...new Set(Object.values(writesOf).flat())];
