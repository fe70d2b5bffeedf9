import type { KubeClient } from '../../kube/client.ts';
import { listAt, textAt } from '../../kube/objects.ts';
import type { Resource } from '../../kube/resources.ts';
import { firstToEnd } from './parse.ts';
import type { Told } from './told.ts';

/** What the API server checks its webhooks by. */
export async function webhookCertificates(
  { list }: Pick<KubeClient, 'list'>,
  kind: 'validating' | 'mutating',
  signal: AbortSignal,
): Promise<Told[]> {
  const of: Resource = {
    group: 'admissionregistration.k8s.io',
    version: 'v1',
    plural: `${kind}webhookconfigurations`,
    kind: kind === 'validating' ? 'ValidatingWebhookConfiguration' : 'MutatingWebhookConfiguration',
  };
  const items = await list(of, null, signal);
  return items.flatMap((item) =>
    listAt(item, 'webhooks').flatMap((hook): Told[] => {
      const bundle = textAt(hook, 'clientConfig', 'caBundle');
      const first = bundle === null ? null : firstToEnd(Buffer.from(bundle, 'base64').toString());
      if (first === null) return [];
      const where = `${kind} webhook ${textAt(hook, 'name') ?? item.metadata.name}`;
      const [namespace, name] = ['namespace', 'name'].map((field) =>
        textAt(hook, 'clientConfig', 'service', field),
      );
      const services = namespace && name ? [{ namespace, name }] : [];
      return [{ kind: 'webhook', where, usedBy: null, services, ...first }];
    }),
  );
}
