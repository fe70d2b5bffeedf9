import { type IncomingMessage, STATUS_CODES } from 'node:http';
import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type RawData, WebSocketServer, type WebSocket } from 'ws';
import { demand, type KubeUser, userOf } from './access.ts';
import { readTarget, urlOf } from './incoming.ts';
import type { ObjectStore } from './store.ts';
import { badRequest, noSuchResource, notFound, Refusal, unauthorized } from './status.ts';

/** The address behind a pod's port, or undefined when nothing listens there. */
export type PodPorts = (
  namespace: string,
  pod: string,
  port: number,
) => { readonly host: string; readonly port: number } | undefined;

/** Takes over sockets that ask for a port-forward in the WebSocket form of the protocol. */
export interface PortForwarder {
  accept(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  close(): void;
}

interface ForwarderOptions {
  readonly store: ObjectStore;
  readonly tokens: ReadonlyMap<string, KubeUser>;
  readonly now: () => number;
  readonly podPorts: PodPorts;
}

interface ForwardedPod {
  readonly namespace: string;
  readonly name: string;
  readonly port: number;
}

// Every frame begins with its channel: 0 carries the bytes of the (only) port, 1 its error.
const data = 0;
const error = 1;

/** A forwarder over the ports that `podPorts` knows. */
export function createPortForwarder(options: ForwarderOptions): PortForwarder {
  const server = new WebSocketServer({
    noServer: true,
    handleProtocols: (offered) => (offered.has('v4.channel.k8s.io') ? 'v4.channel.k8s.io' : false),
  });
  return {
    accept(request, socket, head) {
      socket.on('error', () => socket.destroy());
      try {
        const pod = forwardedPod(request, options);
        server.handleUpgrade(request, socket, head, (client) => forward(client, pod, options.podPorts));
      } catch (reason) {
        refuse(socket, reason);
      }
    },
    close() {
      for (const client of server.clients) client.terminate();
      server.close();
    },
  };
}

function forwardedPod(request: IncomingMessage, { store, tokens, now }: ForwarderOptions): ForwardedPod {
  const user = userOf(request.headers.authorization, tokens, now());
  if (user === undefined) throw unauthorized();
  const url = urlOf(request);
  const target = readTarget(url.pathname);
  if (target.kind === 'other') throw noSuchResource();
  const { group, plural, namespace, name, subresource } = target.address;
  if (
    group !== '' ||
    plural !== 'pods' ||
    subresource !== 'portforward' ||
    namespace === null ||
    name === null
  ) {
    throw noSuchResource();
  }
  // Since 1.35 a WebSocket upgrade needs "create" as well, though the request is a GET.
  for (const verb of ['get', 'create']) {
    demand(user, { verb, group, resource: 'pods/portforward', namespace, name });
  }
  if (store.get('pods', namespace, name) === undefined) throw notFound({ group, resource: 'pods', name });
  const port = Number(url.searchParams.get('ports') ?? '');
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw badRequest(
      `query parameter "ports" must be one port, not "${url.searchParams.get('ports') ?? ''}"`,
    );
  }
  return { namespace, name, port };
}

function refuse(socket: Duplex, reason: unknown): void {
  const { body } = reason instanceof Refusal ? reason : badRequest(String(reason));
  const text = JSON.stringify(body);
  const head = [
    `HTTP/1.1 ${body.code} ${STATUS_CODES[body.code] ?? ''}`,
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(text)}`,
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${text}`);
}

function forward(client: WebSocket, pod: ForwardedPod, podPorts: PodPorts): void {
  // The first frame of each channel is the port it belongs to, as two bytes, low byte first.
  for (const channel of [data, error]) client.send(Buffer.of(channel, pod.port & 0xff, pod.port >> 8));
  const fail = (told: string): void => {
    client.send(Buffer.concat([Buffer.of(error), Buffer.from(told)]));
    client.close();
  };
  const target = podPorts(pod.namespace, pod.name, pod.port);
  if (target === undefined) {
    return fail(
      `error forwarding port ${pod.port} to pod ${pod.name}: dial tcp4 127.0.0.1:${pod.port}: connect: connection refused`,
    );
  }
  const upstream: Socket = connect(target.port, target.host);
  upstream.on('data', (bytes: Buffer) => {
    upstream.pause();
    client.send(Buffer.concat([Buffer.of(data), bytes]), () => upstream.resume());
  });
  upstream.on('end', () => client.close());
  upstream.on('error', (reason) =>
    fail(`error forwarding port ${pod.port} to pod ${pod.name}: ${reason.message}`),
  );
  client.on('message', (message: RawData) => {
    const bytes = bytesOf(message);
    if (bytes[0] === data) upstream.write(bytes.subarray(1));
  });
  client.on('close', () => upstream.destroy());
  client.on('error', () => upstream.destroy());
}

function bytesOf(message: RawData): Buffer {
  if (Array.isArray(message)) return Buffer.concat(message);
  return message instanceof ArrayBuffer ? Buffer.from(message) : message;
}
