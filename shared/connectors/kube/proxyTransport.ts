import { PeerError } from '../kit/peerError.ts';
import type { Transport } from '../kit/transport.ts';
import { errorOf } from './answers.ts';
import type { KubeClient } from './client.ts';
import { textAt } from './objects.ts';

/** One port of a Service, as the proxy path names it. */
export interface ServicePort {
  readonly namespace: string;
  readonly service: string;
  /** Name or number. */
  readonly port: string;
  readonly scheme: 'http' | 'https';
}

/**
 * Reaches a Service through the API server's proxy: a kubeconfig is all that is needed. What the API server itself refuses
 * (rights, no endpoints) is thrown as `PeerError`; what the Service answers, whatever its status, is an answer.
 */
export function createProxyTransport(client: KubeClient, port: ServicePort): Transport {
  const name = `${port.scheme === 'https' ? 'https:' : ''}${port.service}:${port.port}`;
  const base = `/api/v1/namespaces/${encodeURIComponent(port.namespace)}/services/${encodeURIComponent(name)}/proxy`;
  const route = `through the API server, service ${port.namespace}/${port.service}:${port.port}`;
  return {
    route,
    async request(request) {
      if (!request.path.startsWith('/')) throw new PeerError('refused', 'A path begins with a slash.');
      const answer = await client.request({ ...request, path: base + request.path });
      if (answer.status >= 400 && saysStatus(answer.body))
        throw errorOf(answer, client.server, `Asking ${route}`);
      return answer;
    },
  };
}

/** Only the API server answers with a Kubernetes `Status`. */
function saysStatus(body: string): boolean {
  if (!body.trimStart().startsWith('{') || body.length > 64 * 1024) return false;
  try {
    return textAt(JSON.parse(body), 'kind') === 'Status';
  } catch {
    return false;
  }
}
