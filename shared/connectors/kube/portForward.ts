import * as http from 'node:http';
import { Duplex } from 'node:stream';
import { WebSocket } from 'ws';
import { anySignal } from '../kit/anySignal.ts';
import { PeerError } from '../kit/peerError.ts';
import type { PeerAnswer, PeerRequest, Transport } from '../kit/transport.ts';
import type { KubeClient } from './client.ts';
import { sayConnectError } from '../http/connectError.ts';

// One port gives two channels: 0 carries the bytes, 1 the kubelet's error text; each begins with the port's number.
const dataChannel = 0;
const errorChannel = 1;
const portPrefixBytes = 2;
/**
 * How a WebSocket ends after the program in the pod said all: the kubelet's streaming server closes with 1000 (Go's
 * x/net/websocket knows no other end), and the API server passes its bytes on; 1005 is a close without a code. Not seen at
 * every gateway that may stand between: one that drops the close frame looks like a cut (1006), and is told as one.
 */
const wholeCodes: ReadonlySet<number> = new Set([1000, 1005]);

/** Reaches one port of one pod through the API server, a connection per request, as `kubectl port-forward` does. */
export function createPortForwardTransport(
  client: KubeClient,
  pod: { readonly namespace: string; readonly name: string; readonly port: number },
): Transport {
  const route = `by port-forward to pod ${pod.namespace}/${pod.name}:${pod.port}`;
  return {
    route,
    async request(request) {
      const stream = await openPort(client, pod, request.signal);
      try {
        return await requestOver(stream, request, route);
      } finally {
        stream.destroy();
      }
    },
  };
}

/** A stream of bytes to the pod's port. Throws `PeerError`. */
export async function openPort(
  client: KubeClient,
  pod: { readonly namespace: string; readonly name: string; readonly port: number },
  signal: AbortSignal,
): Promise<Duplex> {
  const { reach, meter } = client;
  signal.throwIfAborted();
  meter?.count('proxied');
  const path = `/api/v1/namespaces/${encodeURIComponent(pod.namespace)}/pods/${encodeURIComponent(pod.name)}/portforward?ports=${pod.port}`;
  const url = new URL(reach.server.pathname.replace(/\/$/, '') + path, reach.server);
  url.protocol = reach.server.protocol === 'http:' ? 'ws:' : 'wss:';
  const socket = new WebSocket(url, ['v5.channel.k8s.io', 'v4.channel.k8s.io'], {
    headers: { ...(await reach.headers()), 'user-agent': 'podium' },
    agent: reach.agent(true),
    handshakeTimeout: 15_000,
    maxPayload: 4 * 1024 * 1024,
    followRedirects: false,
  });
  // Listening before the handshake is over: the port's number comes with it, and would be missed.
  const stream = streamOf(socket, pod);
  stream.on('error', () => undefined);
  const stop = (): void => socket.terminate();
  signal.addEventListener('abort', stop, { once: true });
  stream.once('close', () => signal.removeEventListener('abort', stop));
  try {
    await openedOr(socket, client, pod, signal);
  } catch (thrown) {
    // It ends the WebSocket too, and what waits for the signal.
    stream.destroy();
    throw thrown;
  }
  return stream;
}

function openedOr(
  socket: WebSocket,
  client: KubeClient,
  pod: { readonly namespace: string; readonly name: string },
  signal: AbortSignal,
): Promise<void> {
  return new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('unexpected-response', (_, answer) => {
      answer.resume();
      const kind =
        answer.statusCode === 403 ? 'forbidden' : answer.statusCode === 404 ? 'notFound' : 'refused';
      reject(
        new PeerError(
          kind,
          `The port-forward to pod ${pod.namespace}/${pod.name} was refused with ${answer.statusCode ?? 0}.`,
          {
            status: answer.statusCode ?? null,
          },
        ),
      );
      socket.terminate();
    });
    socket.once('error', (error) =>
      reject(
        signal.aborted ? signal.reason : new PeerError('unreachable', sayConnectError(error, client.server)),
      ),
    );
  });
}

function streamOf(socket: WebSocket, pod: { readonly namespace: string; readonly name: string }): Duplex {
  const skipped = new Set<number>();
  const stream = new Duplex({
    read: () => socket.resume(),
    write(chunk: Buffer, _encoding, done) {
      socket.send(Buffer.concat([Buffer.of(dataChannel), chunk]), done);
    },
    final: (done) => done(),
    destroy(error, done) {
      // Not a polite close: its answer would wait behind bytes that nobody reads any more.
      socket.terminate();
      done(error);
    },
  });
  socket.on('message', (message) => {
    const bytes = Buffer.isBuffer(message)
      ? message
      : Buffer.concat(Array.isArray(message) ? message : [Buffer.from(message)]);
    const channel = bytes[0] ?? 255;
    const first = !skipped.has(channel);
    skipped.add(channel);
    const payload = bytes.subarray(first ? 1 + portPrefixBytes : 1);
    if (channel === dataChannel && payload.length > 0 && !stream.push(payload)) socket.pause();
    if (channel === errorChannel && payload.length > 0)
      stream.destroy(
        new PeerError(
          'unreachable',
          `The port-forward to pod ${pod.namespace}/${pod.name} failed: ${payload.toString('utf8').slice(0, 300)}`,
        ),
      );
  });
  socket.once('close', (code) => {
    if (wholeCodes.has(code)) stream.push(null);
    else
      stream.destroy(
        new PeerError(
          'unanswered',
          `The port-forward to pod ${pod.namespace}/${pod.name} was cut off${code === 1006 ? '' : ` (${code})`}: what came through may not be whole.`,
        ),
      );
  });
  socket.on('error', (error) =>
    stream.destroy(
      new PeerError('unanswered', `The port-forward to pod ${pod.namespace}/${pod.name} broke off.`, {
        cause: error,
      }),
    ),
  );
  return stream;
}

function requestOver(stream: Duplex, request: PeerRequest, route: string): Promise<PeerAnswer> {
  const time = AbortSignal.timeout(request.timeoutMs ?? 15_000);
  const signal = anySignal([request.signal, time]);
  const maxBytes = request.maxBytes ?? 64 * 1024 * 1024;
  return new Promise((resolve, reject) => {
    const fail = (error: unknown): void => {
      if (request.signal.aborted) return reject(request.signal.reason);
      reject(
        error instanceof PeerError
          ? error
          : new PeerError('unanswered', `No answer ${route}.`, { cause: error }),
      );
    };
    const out = http.request({
      method: request.method,
      path: request.path,
      headers: { host: 'localhost', accept: 'application/json', connection: 'close', ...request.headers },
      createConnection: () => stream,
      signal,
    });
    out.on('error', fail);
    // A kubelet that finds nothing at the port says so with its first word, which may come before anybody listens here.
    if (stream.errored !== null) return fail(stream.errored);
    stream.on('error', fail);
    out.on('response', (answer) => {
      const chunks: Buffer[] = [];
      let length = 0;
      answer.on('data', (chunk: Buffer) => {
        length += chunk.length;
        if (length > maxBytes)
          return void answer.destroy(new PeerError('tooLarge', `The answer ${route} is too large.`));
        chunks.push(chunk);
      });
      answer.on('error', fail);
      answer.on('end', () => {
        const headers = Object.fromEntries(
          Object.entries(answer.headers).map(([name, value]) => [
            name,
            Array.isArray(value) ? value.join(', ') : (value ?? ''),
          ]),
        );
        resolve({ status: answer.statusCode ?? 0, headers, body: Buffer.concat(chunks).toString('utf8') });
      });
    });
    out.end(request.body);
  });
}
