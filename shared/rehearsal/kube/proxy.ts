import { request as httpRequest } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { ObjectCall } from './call.ts';
import { isRecord } from './jsonPatch.ts';
import { notFound, serviceUnavailable } from './status.ts';

/** A Service's port as the path names it; `port` is empty when the path names none. */
export interface ProxyTarget {
  readonly namespace: string;
  readonly service: string;
  readonly port: string;
}

/** The origin behind a Service's port, or undefined when nothing is ready there. */
export type Proxies = (target: ProxyTarget) => string | undefined;

// What belongs to one hop, and the credentials that were for this server alone.
const notForwarded = new Set([
  'authorization',
  'connection',
  'host',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** Streams a request to a Service's upstream and the answer back. */
export async function proxyService(
  call: ObjectCall,
  incoming: IncomingMessage,
  proxies: Proxies,
): Promise<void> {
  const { address, reply } = call;
  const target = readTarget(address.name ?? '');
  const namespace = address.namespace ?? '';
  const service = call.store.get('services', namespace, target.service);
  if (service === undefined) throw notFound({ group: '', resource: 'services', name: target.service });
  if (!hasPort(service['spec'], target.port)) {
    throw serviceUnavailable(`no service port ${target.port} found for service "${target.service}"`);
  }
  const base = `/api/v1/namespaces/${namespace}/services/${address.name}/proxy`;
  const origin = proxies({ namespace, service: target.service, port: target.port });
  if (origin === undefined)
    throw serviceUnavailable(`no endpoints available for service "${target.service}"`);
  if (address.rest === '' && call.method === 'GET' && !incoming.url?.split('?')[0]?.endsWith('/')) {
    reply.start(301, { location: `${base}/`, 'content-length': '0' });
    reply.end();
    return;
  }
  const search = /\?.*$/.exec(incoming.url ?? '')?.[0] ?? '';
  const url = new URL(`${address.rest === '' ? '/' : address.rest}${search}`, origin);
  await forward(call, incoming, url, base);
}

function forward(call: ObjectCall, incoming: IncomingMessage, url: URL, base: string): Promise<void> {
  const { reply } = call;
  const headers = Object.fromEntries(
    Object.entries(incoming.headers).filter(([name]) => !notForwarded.has(name)),
  );
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(url, { method: call.method, headers, signal: reply.closed });
    outgoing.on('error', (error) => {
      if (reply.closed.aborted) resolve();
      else reject(serviceUnavailable(`error trying to reach service: ${error.message}`));
    });
    outgoing.on('response', (answer) => {
      reply.start(answer.statusCode ?? 502, answerHeaders(answer, base));
      pump(answer, call).then(resolve, () => {
        // The upstream broke off in the middle: so must this answer, or it would look complete.
        reply.reset();
        resolve();
      });
    });
    incoming.pipe(outgoing);
  });
}

async function pump(answer: IncomingMessage, call: ObjectCall): Promise<void> {
  for await (const chunk of answer) {
    if (call.reply.closed.aborted) return;
    call.reply.write(chunk as Uint8Array);
    await call.reply.drained();
  }
  call.reply.end();
}

function answerHeaders(answer: IncomingMessage, base: string): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(answer.headers)) {
    if (notForwarded.has(name) || value === undefined) continue;
    headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  const { location } = headers;
  // A redirect within the upstream must stay behind the proxy.
  if (location?.startsWith('/') === true) headers['location'] = `${base}${location}`;
  return headers;
}

/** A number must be among the Service's ports, where it lists any; a name is left to what stands behind it. */
function hasPort(spec: unknown, port: string): boolean {
  const ports: unknown = isRecord(spec) ? spec['ports'] : undefined;
  if (!Array.isArray(ports) || !/^\d+$/.test(port)) return true;
  return ports.some((entry) => isRecord(entry) && String(entry['port']) === port);
}

/** Reads `name`, `name:port` or `scheme:name:port`. */
function readTarget(text: string): { service: string; port: string } {
  const parts = text.split(':');
  if (parts.length === 3) return { service: parts[1] ?? '', port: parts[2] ?? '' };
  return { service: parts[0] ?? '', port: parts[1] ?? '' };
}
