import type { KubeClient } from './client.ts';
import { at } from './objects.ts';

/** One question to the API server's authorizer. */
export interface AccessQuestion {
  readonly verb: string;
  readonly group: string;
  /** Plural; a subresource after a slash: `services/proxy`. */
  readonly resource: string;
  readonly namespace: string | null;
  readonly name?: string;
}

/** Whether these credentials may do it; null when the server does not say. */
export async function mayI(
  client: KubeClient,
  question: AccessQuestion,
  signal: AbortSignal,
): Promise<boolean | null> {
  const [resource, subresource] = question.resource.split('/');
  const answer = await client.review(
    '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
    {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      spec: {
        resourceAttributes: {
          verb: question.verb,
          group: question.group,
          resource,
          ...(subresource === undefined ? {} : { subresource }),
          ...(question.namespace === null ? {} : { namespace: question.namespace }),
          ...(question.name === undefined ? {} : { name: question.name }),
        },
      },
    },
    signal,
  );
  const allowed = at(answer, 'status', 'allowed');
  return typeof allowed === 'boolean' ? allowed : null;
}
