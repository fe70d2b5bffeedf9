import { authorizationFaults } from './authorizationRules.ts';
import { isRecord } from './jsonPatch.ts';
import { destinationRuleFaults, virtualServiceFaults } from './meshRules.ts';
import { failure, internalError, Refusal } from './status.ts';
import type { KubeInput } from './store.ts';

/** How the mesh's validating webhook behaves: it answers, its server is gone (writes fail), or it is not installed. */
export type Webhook = 'answering' | 'unreachable' | 'absent';

type Fields = Readonly<Record<string, unknown>>;

/** Refuses what Istio's webhook refuses, in its words. */
export function admit(object: KubeInput, webhook: Webhook): void {
  if (webhook === 'absent' || !object.apiVersion.includes('istio.io/')) return;
  if (webhook === 'unreachable') {
    // failurePolicy Fail: without istiod nothing of the mesh can be written.
    throw internalError(
      'failed calling webhook "validation.istio.io": failed to call webhook: Post "https://istiod.istio-system.svc:443/validate?timeout=10s": dial tcp: connect: connection refused',
    );
  }
  const faults = [...faultsOf(object, isRecord(object['spec']) ? object['spec'] : {})];
  if (faults.length === 0) return;
  const told =
    faults.length === 1 ? faults[0] : `${faults.length} errors occurred:\n\t* ${faults.join('\n\t* ')}\n\n`;
  // The webhook's refusal has a message only: no reason and no details.
  throw new Refusal(
    failure(
      400,
      undefined,
      `admission webhook "validation.istio.io" denied the request: configuration is invalid: ${told}`,
    ),
  );
}

function faultsOf({ kind, metadata }: KubeInput, spec: Fields): Iterable<string> {
  switch (kind) {
    case 'VirtualService':
      return virtualServiceFaults(spec);
    case 'DestinationRule':
      return destinationRuleFaults(spec);
    case 'AuthorizationPolicy':
      return authorizationFaults(spec, metadata.name, metadata.namespace ?? '');
    default:
      return [];
  }
}
