/** A steady stream of customers against the gateway, bounded in rate, in requests under way and in time. */
import { Agent, createServer, get } from 'node:http';
import { z } from 'zod';

const settings = z
  .object({
    gatewayUrl: z.string(),
    shopHost: z.string(),
    paymentHost: z.string(),
    requestsPerSecond: z.number().min(0).max(500),
    controlPort: z.number(),
    lifeSeconds: z.number(),
  })
  .parse(JSON.parse(process.env['PODIUM_LOAD'] ?? '{}'));

const maxRate = 500;
const maxUnderWay = 64;
const tickMs = 20;

// Of ten customers seven check out, two browse, and one pays through the gateway directly.
const visits = [
  ...Array.from({ length: 7 }, () => ({ host: settings.shopHost, path: '/checkout' })),
  ...Array.from({ length: 2 }, () => ({ host: settings.shopHost, path: '/catalog' })),
  { host: settings.paymentHost, path: '/pay' },
];

const agent = new Agent({ keepAlive: true, maxSockets: maxUnderWay });
const statistics = { sent: 0, held: 0, byStatus: {} as Record<string, number> };
let rate = settings.requestsPerSecond;
let underWay = 0;
let due = 0;

setTimeout(() => process.exit(0), settings.lifeSeconds * 1_000).unref();
createServer((request, response) => {
  const url = new URL(request.url ?? '/', 'http://control');
  const wanted = url.searchParams.get('perSecond');
  if (url.pathname === '/_rate' && request.method === 'POST' && wanted !== null) {
    rate = Math.min(maxRate, Math.max(0, Number(wanted)));
  }
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ requestsPerSecond: rate, ...statistics }));
}).listen(settings.controlPort, '127.0.0.1');

setInterval(() => {
  due += (rate * tickMs) / 1_000;
  for (; due >= 1; due -= 1) visit();
}, tickMs);

function visit(): void {
  if (underWay >= maxUnderWay) {
    statistics.held += 1;
    return;
  }
  const { host, path } = visits[statistics.sent % visits.length] ?? { host: settings.shopHost, path: '/' };
  statistics.sent += 1;
  underWay += 1;
  const done = (outcome: string) => {
    underWay -= 1;
    statistics.byStatus[outcome] = (statistics.byStatus[outcome] ?? 0) + 1;
  };
  let finished = false;
  const finish = (outcome: string) => {
    if (finished) return;
    finished = true;
    done(outcome);
  };
  const options = { headers: { host }, agent, signal: AbortSignal.timeout(10_000) };
  const outgoing = get(new URL(path, settings.gatewayUrl), options, (answer) => {
    answer.resume();
    answer.on('error', () => finish('cut'));
    answer.on('end', () => finish(String(answer.statusCode)));
  });
  outgoing.on('error', () => finish('unanswered'));
}
