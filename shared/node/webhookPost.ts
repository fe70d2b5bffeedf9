import { createOriginTransport } from '../connectors/http/originTransport.ts';
import { proxyOf } from '../connectors/http/proxy.ts';
import type { Ports, WebhookPost } from '../core/ports.ts';

/** Of an answer only the first words are shown. */
const mostBytes = 64 * 1024;

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Posts to one address and nowhere else: redirects are not followed, metadata services and Podium's own ports are not gone to,
 * the system's authorities vouch for it, and the environment's proxy leads there. Throws `PeerError`.
 */
export function createWebhookPost(
  ownPorts: Ports['ownPorts'],
  env: Environment = process.env,
): NonNullable<Ports['postWebhook']> {
  return async ({ address, headers, body, limitMs, signal }: WebhookPost) => {
    const url = new URL(address);
    const proxy = proxyOf({ server: url.origin }, env);
    const transport = await createOriginTransport(
      { address: url.origin, headers: [], ...(proxy === null ? {} : { proxy: proxy.url }) },
      { ownPorts },
    );
    try {
      const path = `${url.pathname}${url.search}`;
      const request = { method: 'POST', path, headers, body, signal, timeoutMs: limitMs } as const;
      const answer = await transport.request({ ...request, maxBytes: mostBytes });
      return { status: answer.status, text: answer.body };
    } finally {
      transport.close();
    }
  };
}
