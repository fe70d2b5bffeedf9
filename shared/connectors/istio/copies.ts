import type { PatchStep } from '../../model/change.ts';
import type { KubeObject } from '../kube/objects.ts';
import type { KubeClient } from '../kube/client.ts';
import { pathOf, type Resource } from '../kube/resources.ts';

/** A word as a POSIX shell takes it literally, whatever is in it. */
export const shellQuote = (text: string): string =>
  /^[A-Za-z0-9_./:@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;

/** The same write for a terminal, without credentials. */
export function copiesOf(
  client: KubeClient,
  resource: Resource,
  document: KubeObject,
  steps: readonly PatchStep[],
): { kubectl: string; curl: string; patch: string } {
  const patch = JSON.stringify(steps);
  const namespace = document.metadata.namespace ?? null;
  const kubectl = [
    'kubectl',
    '--context',
    client.context,
    ...(namespace === null ? [] : ['--namespace', namespace]),
    'patch',
    `${resource.plural}.${resource.version}.${resource.group}`,
    document.metadata.name,
    '--type=json',
    '--field-manager=podium',
    '--patch',
    patch,
  ];
  const curl = [
    'curl',
    '--fail-with-body',
    '--request',
    'PATCH',
    '--header',
    'Content-Type: application/json-patch+json',
  ];
  const url = `${client.server}${pathOf(resource, namespace, document.metadata.name)}?fieldManager=podium&fieldValidation=Strict`;
  return {
    kubectl: kubectl.map(shellQuote).join(' '),
    // Double quotes, so that the shell fills in the token at the time of use.
    curl: `${curl.map(shellQuote).join(' ')} --header "Authorization: Bearer $TOKEN" --data ${shellQuote(patch)} ${shellQuote(url)}`,
    patch: JSON.stringify(steps, null, 2),
  };
}
