import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { createRouterClient, type RouterClient } from '@orpc/server';
import { describe, expect, test } from 'vitest';
import { kubernetes, type KubernetesSettings } from '../../shared/connectors/kubernetes/connector.ts';
import { createConsole } from '../../shared/core/console.ts';
import type { ConsoleRouter } from '../../shared/core/router.ts';
import type { Forward, ForwardAsk, ForwardPlace } from '../../shared/model/forward.ts';
import { createLocalPorts } from '../../shared/node/localPorts.ts';
import { createMemoryPorts } from '../support/memoryPorts.ts';
import { type ClusterUnderTest, realClock } from './cluster.ts';

/** A cluster with payment in it, whose pods' port 8080 leads to a program of the suite. */
export interface ForwardsUnderTest extends AsyncDisposable {
  readonly cluster: ClusterUnderTest;
  /** Sees the service and its pods, and may forward nothing. */
  readonly withoutRight: KubernetesSettings;
  /** Where the program is to listen; port 0 for any. */
  readonly listen: { readonly host: string; readonly port: number };
  /** False where the kubelet keeps a port-forward open after the program in the pod hung up, until the other side does too. */
  readonly tellsEnd: boolean;
  /** It listens there now. */
  led(port: number): void;
}

const patienceMs = 20_000;
/** Ports of the suite's own console, which no forward may have. */
const ownPort = 1_024;

/** What every way to forward ports does, whoever serves it. */
export function forwardsConformance(name: string, start: () => Promise<ForwardsUnderTest>): void {
  describe(`port-forwards of ${name}`, () => {
    test('carry a mebibyte both ways, over connections at the same time', async () => {
      await using here = await opened(start);
      const forward = await here.forward({});
      const body = randomBytes(1024 * 1024);
      const answers = await Promise.all([1, 2, 3].map(() => post(forward.localPort, body)));
      for (const answer of answers) expect(digest(answer)).toBe(digest(body));
      const counted = await here.seen(
        forward.id,
        ({ bytes }) => bytes.sent > 3 * body.length && bytes.received > 3 * body.length,
      );
      expect(counted?.connections.all).toBe(3);
      if (here.tellsEnd) await here.seen(forward.id, ({ connections }) => connections.open === 0);
    });

    test('give the whole answer to who has no more to say, and then its end where that is told', async () => {
      await using here = await opened(start);
      const { localPort } = await here.forward({});
      const socket = connect({ host: '127.0.0.1', port: localPort, allowHalfOpen: true });
      socket.end('GET /slow HTTP/1.1\r\nhost: payment\r\nconnection: close\r\n\r\n');
      let answer = '';
      for await (const chunk of socket.iterator({ destroyOnReturn: true })) {
        answer += String(chunk);
        if (!here.tellsEnd && answer.endsWith('whole')) break;
      }
      expect(answer).toMatch(/^HTTP\/1\.1 200[^]*slow and whole$/);
    });

    test('are heard on 127.0.0.1 and on no other address of this machine', async () => {
      await using here = await opened(start);
      const { localPort } = await here.forward({});
      const elsewhere = connect({ host: '127.0.0.2', port: localPort });
      const [error] = (await once(elsewhere, 'error')) as [NodeJS.ErrnoException];
      expect(error.code).toBe('ECONNREFUSED');
    });

    test('say why nothing answers at a port of the pod', async () => {
      await using here = await opened(start);
      const { id, localPort } = await here.forward({ port: 81 });
      const socket = connect({ host: '127.0.0.1', port: localPort });
      socket.on('error', () => undefined);
      socket.write('hello');
      await once(socket, 'close');
      const told = await here.seen(id, ({ note }) => note !== null);
      expect(told?.note).toMatchObject({ tone: 'warn' });
      expect(told?.note?.text).toMatch(/port-forward to pod|81/);
      expect(told?.ended).toBeNull();
    });

    test('are not opened on a read-only connection or at a port that is taken, and end when it is locked', async () => {
      await using here = await opened(start);
      const { localPort } = await here.forward({});
      await expect(here.forward({ localPort })).rejects.toThrow(/Another program listens/);
      await expect(here.forward({ localPort: ownPort })).rejects.toThrow(/Podium itself listens/);
      await here.client.connections.lock({ id: here.place.connectionId });
      await expect(here.forward({})).rejects.toThrow(/read-only/);
      await expect(post(localPort, Buffer.from('x'))).rejects.toThrow();
    });

    test('are not opened without the right to, which is known beforehand', async () => {
      await using without = await opened(start, (under) => under.withoutRight);
      expect(without.place.allowed).toBe(false);
      await expect(without.forward({})).rejects.toThrow(/may not port-forward/);
    });

    test('end when their connection is closed, and listen no more', async () => {
      await using here = await opened(start);
      const { id, localPort } = await here.forward({});
      await here.client.connections.close({ id: here.place.connectionId });
      const over = await here.seen(id, ({ ended }) => ended !== null);
      expect(over?.ended).toMatch(/was closed/);
      await expect(post(localPort, Buffer.from('x'))).rejects.toThrow();
      await here.client.forwards.stop({ id });
      expect(await here.seen(id, () => true, 0)).toBeNull();
    });

    // The last: it takes instances away.
    test('lead to another instance once theirs is gone, or end where just that one was meant', async () => {
      await using here = await opened(start);
      const v1 = here.place.instances.find(({ name: pod }) => pod.includes('-v1-'));
      const only = await here.forward({ instance: v1?.uid ?? '' });
      expect(only.instance).toBe(v1?.name);
      const any = await here.forward({});
      expect(String(await post(only.localPort, Buffer.from('one')))).toBe('one');
      await here.cluster.stop({ app: 'payment', version: 'v1' });
      const over = await here.seen(only.id, ({ ended }) => ended !== null);
      expect(over?.ended).toBe(`${v1?.name ?? ''} is gone.`);
      await expect(post(only.localPort, Buffer.from('x'))).rejects.toThrow();
      await here.seen(any.id, ({ instance }) => instance?.includes('-v2-') === true);
      expect(String(await post(any.localPort, Buffer.from('two')))).toBe('two');
    });
  });
}

/** The program in the pods: it says what it hears, and `/slow` takes its time. */
async function startEcho({ host, port }: ForwardsUnderTest['listen']) {
  const server = createServer((asked, answer) => {
    if (asked.url !== '/slow') return void asked.pipe(answer);
    const whole = 'slow and whole';
    answer.writeHead(200, { 'content-length': whole.length }).write('slow');
    asked.resume().once('end', () => setImmediate(() => answer.end(whole.slice(4))));
  });
  server.listen(port, host);
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => void server.close(() => resolve()));
    },
  };
}

/** A console over the cluster, unlocked, with the service on its map. */
async function opened(
  start: () => Promise<ForwardsUnderTest>,
  who: (under: ForwardsUnderTest) => KubernetesSettings = ({ cluster }) => cluster.settings,
) {
  const stack = new AsyncDisposableStack();
  const under = stack.use(await start());
  const program = stack.use(await startEcho(under.listen));
  under.led(program.port);
  const settings = { ...who(under), namespaces: [under.cluster.namespace] };
  const candidate = { title: 'here', detail: '', settings, current: true, problem: null, warnings: [] };
  const clock = {
    ...realClock,
    monotonic: () => performance.now(),
    elapsed: () => performance.now(),
    boot: null,
  };
  const random = { id: randomUUID, fraction: Math.random };
  const console = await createConsole(
    [{ ...kubernetes, discover: () => Promise.resolve({ candidates: [candidate], problems: [] }) }],
    createMemoryPorts({ clock, random, localPorts: createLocalPorts(() => [ownPort]) }),
  );
  stack.defer(() => console[Symbol.asyncDispose]());
  const client: RouterClient<ConsoleRouter> = createRouterClient(console.router);
  const { candidates } = await client.connections.discover();
  const { id } = await client.connections.open({ key: candidates[0]?.key ?? '' });
  await client.connections.unlock({ id });
  const { serviceId, place } = await placeOf(client);
  return {
    client,
    cluster: under.cluster,
    tellsEnd: under.tellsEnd,
    place,
    forward: (ask: Partial<ForwardAsk>): Promise<Forward> =>
      client.forwards.open({
        serviceId,
        connectionId: id,
        instance: null,
        port: 8080,
        localPort: 0,
        endsAfterSeconds: 3_600,
        ...ask,
      }),
    /** The forward once it is as expected; null where it is not in the list, asked without patience. */
    async seen(forwardId: string, expected: (forward: Forward) => boolean, forMs = patienceMs) {
      const signal = AbortSignal.timeout(patienceMs);
      let last: Forward | undefined;
      for await (const all of await client.forwards.watch(undefined, { signal })) {
        last = all.find((one) => one.id === forwardId);
        if (last !== undefined && expected(last)) return last;
        if (forMs === 0) return null;
      }
      throw new Error(`the forward never came to be so; last: ${JSON.stringify(last)}`);
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

/** Where payment can be forwarded to, once the map knows all its instances as ready. */
async function placeOf(
  client: RouterClient<ConsoleRouter>,
): Promise<{ serviceId: string; place: ForwardPlace }> {
  const signal = AbortSignal.timeout(patienceMs);
  let serviceId: string | undefined;
  for await (const update of await client.graph.watch(undefined, { signal })) {
    serviceId = update.services.find((one) => one.name === 'payment')?.id ?? serviceId;
    if (serviceId === undefined) continue;
    const [place] = await client.forwards.places({ serviceId }).catch(() => []);
    const ready = place?.instances.filter((one) => one.ready) ?? [];
    if (place !== undefined && ready.length > 0 && ready.length === place.instances.length)
      return { serviceId, place };
  }
  throw new Error('payment never stood on the map with ready instances');
}

async function post(port: number, body: Buffer): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const asked = request(
    { host: '127.0.0.1', port, method: 'POST', path: '/', headers: { connection: 'close' } },
    (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('error', reject);
      answer.on('end', () => resolve(Buffer.concat(chunks)));
    },
  );
  asked.on('error', reject);
  asked.end(body);
  return promise;
}

const digest = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
