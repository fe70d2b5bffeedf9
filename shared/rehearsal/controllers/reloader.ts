import { nameHash } from '../fleet/objects.ts';
import type { KubeObject } from '../kube/store.ts';
import { fieldsAt, listAt, textOf, type Fields } from '../traffic/reading.ts';
import type { Cluster } from './cluster.ts';

/**
 * What Stakater's Reloader does: when a ConfigMap or Secret changes that a Deployment uses, and the Deployment asks for
 * it by an annotation, an environment variable with the new content's hash makes a rollout.
 */
export function reloadUsersOf({ store }: Cluster, changed: KubeObject): void {
  const { name, namespace } = changed.metadata;
  const kind = changed.kind === 'Secret' ? 'SECRET' : 'CONFIGMAP';
  const variable = `STAKATER_${name.toUpperCase().replace(/[^A-Z0-9]+/g, '_')}_${kind}`;
  const value = nameHash(JSON.stringify([changed['data'], changed['binaryData']]), 40);
  for (const deployment of store.list('deployments', namespace)) {
    if (!asksFor(deployment, changed)) continue;
    const template = fieldsAt(deployment, 'spec', 'template');
    const [first, ...others] = listAt(template, 'spec', 'containers');
    const env = listAt(first, 'env').filter((one) => fieldsAt(one)['name'] !== variable);
    const containers = [{ ...fieldsAt(first), env: [...env, { name: variable, value }] }, ...others];
    store.put(
      {
        ...deployment,
        spec: {
          ...fieldsAt(deployment, 'spec'),
          template: { ...template, spec: { ...fieldsAt(template, 'spec'), containers } },
        },
      },
      { manager: 'Reloader' },
    );
  }
}

function asksFor(deployment: KubeObject, changed: KubeObject): boolean {
  const annotations = deployment.metadata.annotations ?? {};
  const kind = changed.kind === 'Secret' ? 'secret' : 'configmap';
  const named = (annotations[`${kind}.reloader.stakater.com/reload`] ?? '')
    .split(',')
    .map((one) => one.trim());
  if (named.includes(changed.metadata.name)) return true;
  return annotations['reloader.stakater.com/auto'] === 'true' && uses(deployment, changed);
}

/** Whether a Deployment's pods mount this or take their environment from it. */
function uses(deployment: KubeObject, { kind, metadata: { name } }: KubeObject): boolean {
  const spec = fieldsAt(deployment, 'spec', 'template', 'spec');
  const [volume, nameField, whole, key] =
    kind === 'Secret'
      ? (['secret', 'secretName', 'secretRef', 'secretKeyRef'] as const)
      : (['configMap', 'name', 'configMapRef', 'configMapKeyRef'] as const);
  const named = (reference: Fields, field = 'name'): boolean => textOf(reference[field]) === name;
  return (
    listAt(spec, 'volumes').some((one) => named(fieldsAt(one, volume), nameField)) ||
    listAt(spec, 'containers').some(
      (container) =>
        listAt(container, 'envFrom').some((one) => named(fieldsAt(one, whole))) ||
        listAt(container, 'env').some((one) => named(fieldsAt(one, 'valueFrom', key))),
    )
  );
}
