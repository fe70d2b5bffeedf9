/**
 * The programs of Consul's shop and its customers, all in one process: each instance answers HTTP on its own address and
 * calls others through its own sidecar. Requests are counted here, at the services themselves.
 */
import { Agent, createServer, get } from 'node:http';
import { z } from 'zod';

const settings = z
  .object({
    instances: z.array(
      z.object({
        id: z.string(),
        name: z.string(),
        version: z.string(),
        address: z.string(),
        upstreams: z.record(z.string(), z.number()),
      }),
    ),
    servicePort: z.number(),
    controlPort: z.number(),
    requestsPerSecond: z.number(),
    lifeSeconds: z.number(),
  })
  .parse(JSON.parse(process.env['PODIUM_CONSUL_WORLD'] ?? '{}'));
type Instance = (typeof settings.instances)[number];

interface Mode {
  failRatio: number;
  /** What it answers when it fails. */
  failStatus: number;
  delayMs: number;
}
interface Tally {
  requests: number;
  failed: number;
}

const maxRate = 500;
const maxUnderWay = 64;
const tickMs = 20;
const calm: Mode = { failRatio: 0, failStatus: 500, delayMs: 3 };
const modes = new Map<string, Mode>();
const tallies = new Map<string, Tally>();
const agent = new Agent({ keepAlive: true, maxSockets: 256 });
const customers = { sent: 0, held: 0, byStatus: {} as Record<string, number> };
let rate = settings.requestsPerSecond;
let underWay = 0;
let due = 0;

setTimeout(() => process.exit(0), settings.lifeSeconds * 1_000).unref();
for (const instance of settings.instances) open(instance);
createServer((request, response) => {
  const url = new URL(request.url ?? '/', 'http://control');
  if (url.pathname === '/_mode' && request.method === 'POST') setMode(url.searchParams);
  const wanted = url.searchParams.get('perSecond');
  if (url.pathname === '/_rate' && request.method === 'POST' && wanted !== null)
    rate = Math.min(maxRate, Math.max(0, Number(wanted)));
  response.setHeader('content-type', 'application/json');
  response.end(
    JSON.stringify({ counts: Object.fromEntries(tallies), customers, requestsPerSecond: rate, underWay }),
  );
}).listen(settings.controlPort, '127.0.0.1');
setInterval(() => {
  due += (rate * tickMs) / 1_000;
  for (; due >= 1; due -= 1) visit();
}, tickMs);

/** Keyed by `name-version`; parameters not given keep their value. */
function setMode(wanted: URLSearchParams): void {
  const key = wanted.get('service') ?? '';
  const before = modes.get(key) ?? calm;
  const number = (name: string, otherwise: number) => Number(wanted.get(name) ?? otherwise);
  modes.set(key, {
    failRatio: number('failRatio', before.failRatio),
    failStatus: number('failStatus', before.failStatus),
    delayMs: number('delayMs', before.delayMs),
  });
}

function open(instance: Instance): void {
  const { name, version, address, id } = instance;
  const key = `${name}-${version}`;
  const tally = tallies.get(key) ?? { requests: 0, failed: 0 };
  tallies.set(key, tally);
  const server = createServer((request, response) => {
    response.setHeader('content-type', 'application/json');
    if (request.url === '/healthz') {
      response.end('{}');
      return;
    }
    tally.requests += 1;
    void answer(instance, request.url ?? '/', modes.get(key) ?? calm).then((status) => {
      if (status >= 500) tally.failed += 1;
      response.statusCode = status;
      response.end(JSON.stringify({ name, version, id, status }));
    });
  });
  server.on('error', (error) => console.error(id, error.message));
  server.listen(settings.servicePort, address);
}

async function answer(
  instance: Instance,
  path: string,
  { failRatio, failStatus, delayMs }: Mode,
): Promise<number> {
  await new Promise((resolve) => setTimeout(resolve, delayMs * (0.5 + Math.random())));
  if (Math.random() < failRatio) return failStatus;
  const next = instance.name === 'edge' && path !== '/pay' ? 'order' : 'payment';
  const port = instance.upstreams[next];
  if (port === undefined) return 200;
  const status = await call(`http://${instance.address}:${port}/`);
  return status === 200 ? 200 : 502;
}

function call(url: string): Promise<number> {
  return new Promise((resolve) => {
    const outgoing = get(url, { agent, signal: AbortSignal.timeout(5_000) }, (incoming) => {
      incoming.resume();
      incoming.on('error', () => resolve(599));
      incoming.on('end', () => resolve(incoming.statusCode ?? 599));
    });
    outgoing.on('error', () => resolve(599));
  });
}

/** Of five customers four check out and one pays through edge directly. */
function visit(): void {
  if (underWay >= maxUnderWay) {
    customers.held += 1;
    return;
  }
  const edge = settings.instances.find(({ name }) => name === 'edge');
  const path = customers.sent % 5 === 4 ? '/pay' : '/checkout';
  customers.sent += 1;
  underWay += 1;
  void call(`http://${edge?.address}:${settings.servicePort}${path}`).then((status) => {
    underWay -= 1;
    customers.byStatus[status] = (customers.byStatus[status] ?? 0) + 1;
  });
}
