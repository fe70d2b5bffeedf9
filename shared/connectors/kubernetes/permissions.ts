import type { Permission } from '../../model/connection.ts';
import { mayI } from '../kube/access.ts';
import type { KubeClient } from '../kube/client.ts';
import { allWrites, right, type Right } from '../kube/rights.ts';

const istio = 'networking.istio.io';
const proxyPurpose = 'Reach Prometheus through the API server';
const reads: readonly Right[] = [
  right('list', '', 'services', 'Show services on the map'),
  right('watch', '', 'services', 'Follow services as they change'),
  right('list', 'discovery.k8s.io', 'endpointslices', 'Show which instances take traffic'),
  right('list', '', 'pods', 'Show instances, their restarts and why they are not ready'),
  right('list', 'apps', 'deployments', 'Show versions and images'),
  right('list', 'apps', 'replicasets', 'Mark deployments on the charts'),
  right('list', 'apps', 'statefulsets', 'Show StatefulSets behind services'),
  right('list', 'apps', 'daemonsets', 'Show DaemonSets behind services'),
  right('list', '', 'events', 'Show what the cluster noted about a service'),
  right('get', '', 'pods/log', 'Show logs'),
  right('list', istio, 'virtualservices', 'Show how calls are divided'),
  right('list', istio, 'destinationrules', 'Show versions and what protects calls'),
  right('list', istio, 'serviceentries', 'Show external services'),
  right('list', istio, 'gateways', 'Show what stands before gateways'),
  right('list', 'security.istio.io', 'authorizationpolicies', 'Show calls that a policy denies'),
  right('list', 'autoscaling', 'horizontalpodautoscalers', 'Say where an autoscaler decides the replicas'),
  right('list', 'apps', 'controllerrevisions', 'Roll StatefulSets and DaemonSets back'),
  right('list', '', 'configmaps', 'Search configuration'),
  right('get', '', 'configmaps', 'Show configuration'),
  right(
    'get',
    '',
    'secrets',
    'Show the keys of Secrets, a value on request, and when certificates in them end',
  ),
];
const reach: readonly Right[] = [
  right('get', '', 'services/proxy', proxyPurpose),
  right(
    'create',
    '',
    'pods/portforward',
    'Forward ports to pods, and reach Prometheus so where its proxy is closed',
  ),
];

/** Without it operations work all the same, and nobody else is told of them on their objects. */
const notes = right('create', '', 'events', 'Leave an Event with what was done, for other Podiums');

/** Everything that is asked when a cluster is opened: what is read, what leads to Prometheus, what tells others, and every write. */
export const questions: readonly Right[] = [...reads, ...reach, notes, ...allWrites];

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
