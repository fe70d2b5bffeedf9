import type { Endpoint } from '../../kit/signals.ts';
import type { Labels } from '../answers.ts';
import type { Matcher } from '../promql.ts';
import { clusterNamesOf } from '../hostNames.ts';

const POD = ['pod', 'pod_name', 'kubernetes_pod_name'];
const NAMESPACE = ['namespace', 'kubernetes_namespace'];
/** What OpenTelemetry's resource says, where it was put on the series. */
const RESOURCE = ['service_name', 'k8s_namespace_name', 'k8s_deployment_name', 'k8s_pod_name'];
/** Names of a program itself, best first; the last two are the scrape configuration's. */
const NAME = ['application', 'app', 'app_kubernetes_io_name', 'service'];

/** Labels by which a program that counts its own calls is known. */
export const PROGRAM: readonly string[] = [...RESOURCE, ...NAME, ...NAMESPACE, ...POD, 'exported_job', 'job'];

export const nobody: Endpoint = {
  namespace: null,
  workload: null,
  service: null,
  version: null,
  instance: null,
};

/**
 * Which program reported a series. What came by way of a collector (`exported_job`, `service_name`) has the collector's own
 * pod in the labels of the scrape, so these say nothing then.
 */
export function programOf(labels: Labels): Endpoint {
  const named = labels['service_name'] || nameOfJob(labels['exported_job']);
  if (named !== null) {
    return {
      namespace: labels['k8s_namespace_name'] || null,
      workload: labels['k8s_deployment_name'] || named,
      service: named,
      version: null,
      instance: labels['k8s_pod_name'] || null,
    };
  }
  const instance = firstOf(labels, POD);
  return {
    namespace: firstOf(labels, NAMESPACE),
    workload: null,
    service: firstOf(labels, NAME) ?? (instance === null ? nameOfJob(labels['job']) : null),
    version: null,
    instance,
  };
}

/** Series of programs that are called like the services that hosts name. */
export function programsCalled(hosts: readonly string[]): readonly (readonly Matcher[])[] {
  const { names, namespaces } = clusterNamesOf(hosts);
  if (names.length === 0) return [];
  const here: readonly Matcher[] =
    namespaces.length === 0 ? [] : [{ label: 'namespace', is: 'oneOf', values: [...namespaces, ''] }];
  return [
    ...['service_name', ...NAME].map((label): readonly Matcher[] => [
      { label, is: 'oneOf', values: names },
      ...here,
    ]),
    [{ label: 'exported_job', is: 'pattern', values: [`(.*/)?(${names.join('|')})`] }],
  ];
}

/** OpenTelemetry makes it `namespace/name`. */
function nameOfJob(job: string | undefined): string | null {
  return job?.split('/').at(-1) || null;
}

function firstOf(labels: Labels, names: readonly string[]): string | null {
  for (const name of names) if (labels[name]) return labels[name];
  return null;
}
