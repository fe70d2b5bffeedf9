import type { Permission } from '../../model/connection.ts';
import { type AccessQuestion, mayI } from '../kube/access.ts';
import type { KubeClient } from '../kube/client.ts';

const question = (
  verb: string,
  group: string,
  resource: string,
  purpose: string,
): Pick<AccessQuestion, 'verb' | 'group' | 'resource'> & { readonly purpose: string } => ({
  verb,
  group,
  resource,
  purpose,
});

const istio = 'networking.istio.io';
const proxyPurpose = 'Reach Prometheus through the API server';
const questions = [
  question('list', '', 'services', 'Show services on the map'),
  question('watch', '', 'services', 'Follow services as they change'),
  question('list', 'discovery.k8s.io', 'endpointslices', 'Show which instances take traffic'),
  question('list', '', 'pods', 'Show instances, their restarts and why they are not ready'),
  question('list', 'apps', 'deployments', 'Show versions and images'),
  question('list', 'apps', 'replicasets', 'Mark deployments on the charts'),
  question('list', '', 'events', 'Show what the cluster noted about a service'),
  question('list', istio, 'virtualservices', 'Show how calls are divided'),
  question('list', istio, 'destinationrules', 'Show versions and what protects calls'),
  question('get', '', 'services/proxy', proxyPurpose),
  question('create', '', 'pods/portforward', 'Reach Prometheus by port-forward'),
  question('patch', istio, 'virtualservices', 'Change how calls are divided'),
  question('create', istio, 'virtualservices', 'Trip calls that no route governs yet'),
  question('patch', istio, 'destinationrules', 'Change limits and ejection'),
  question('create', istio, 'destinationrules', 'Declare limits where none are declared'),
  question('create', 'security.istio.io', 'authorizationpolicies', 'Refuse calls at the callee'),
  question('delete', 'security.istio.io', 'authorizationpolicies', 'End such a refusal'),
  question('patch', 'apps', 'deployments', 'Scale, restart, pause and roll back Deployments'),
  question('patch', 'apps', 'statefulsets', 'Scale, restart and roll back StatefulSets'),
  question('patch', 'apps', 'daemonsets', 'Restart and roll back DaemonSets'),
  question('patch', '', 'pods', 'Take one instance out of the traffic'),
  question('list', 'autoscaling', 'horizontalpodautoscalers', 'Say where an autoscaler decides the replicas'),
  question('list', 'apps', 'controllerrevisions', 'Roll StatefulSets and DaemonSets back'),
  question('list', '', 'configmaps', 'Search configuration'),
  question('get', '', 'configmaps', 'Show configuration'),
  question('patch', '', 'configmaps', 'Edit configuration'),
  question('get', '', 'secrets', 'Show the keys of Secrets, and a value on request'),
  question('patch', '', 'secrets', 'Edit Secrets'),
] as const;

/** Where Prometheus commonly lives: its proxy is often allowed there and nowhere else. */
const homes = ['monitoring', 'istio-system'];

async function proxyAtHome(client: KubeClient, signal: AbortSignal): Promise<Permission | null> {
  for (const namespace of homes) {
    const allowed = await mayI(
      client,
      { verb: 'get', group: '', resource: 'services/proxy', namespace },
      signal,
    ).catch(() => null);
    if (allowed === true)
      return { verb: 'get', resource: 'services/proxy', namespace, allowed, purpose: proxyPurpose };
  }
  return null;
}

/** Asks what these credentials may do, everywhere or in each namespace named. A question without an answer is `null`. */
export async function readPermissions(
  client: KubeClient,
  namespaces: readonly string[] | null,
  signal: AbortSignal,
): Promise<readonly Permission[]> {
  const asked = questions.flatMap((one) =>
    (namespaces ?? [null]).map((namespace) => ({ ...one, namespace })),
  );
  // A few at a time: the server has other things to do while somebody opens a console.
  const answers: Permission[] = [];
  for (let from = 0; from < asked.length; from += 6) {
    answers.push(
      ...(await Promise.all(
        asked.slice(from, from + 6).map(async ({ purpose, ...one }) => ({
          verb: one.verb,
          resource: one.group === '' ? one.resource : `${one.resource}.${one.group}`,
          namespace: one.namespace,
          allowed: await mayI(client, one, signal).catch(() => null),
          purpose,
        })),
      )),
    );
  }
  const proxy = answers.filter((one) => one.resource === 'services/proxy');
  if (proxy.some((one) => one.allowed === true)) return answers;
  const home = await proxyAtHome(client, signal);
  return home === null
    ? answers
    : answers.flatMap((one) => (one === proxy[0] ? [home] : proxy.includes(one) ? [] : [one]));
}
