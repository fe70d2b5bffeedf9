import { createServer } from 'node:http';
import { once } from 'node:events';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseCallId } from '../../shared/analysis/entityIds.ts';
import { createOriginTransport } from '../../shared/connectors/http/originTransport.ts';
import { prometheus } from '../../shared/connectors/prometheus/connector.ts';
import { hostOf } from '../conformance/cluster.ts';
import { dialectsConformance, type DialectsUnderTest, foldOf } from '../conformance/dialects.ts';
import { families } from '../conformance/metricFamilies.ts';
import { readCoordinates } from './coordinates.ts';
import { noteFigure } from './figures.ts';
import { findPeers } from './install.ts';
import { addScrapeTarget, queryPrometheus } from './measure.ts';
import { waitFor } from './start/processes.ts';
import { noteStarted } from './started.ts';

const peers = readCoordinates();
const windowSeconds = 12;

/** Counters that have grown evenly since it was started. */
const began = Date.now();
const exporter = createServer((_, response) => {
  const seconds = (Date.now() - began) / 1_000;
  const lines = families.flatMap(({ series }) =>
    series.map(({ metric, labels, perSecond }) => {
      const pairs = Object.entries(labels).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
      return `${metric}{${pairs.join(',')}} ${perSecond * seconds}`;
    }),
  );
  response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' });
  response.end(`${lines.join('\n')}\n`);
});

beforeAll(async () => {
  exporter.listen(0, '127.0.0.1');
  await once(exporter, 'listening');
  const address = exporter.address();
  if (address === null || typeof address === 'string') throw new Error('the exporter has no port');
  await addScrapeTarget(peers, { job: 'families', url: `http://127.0.0.1:${address.port}/metrics` });
  await waitFor('samples of a whole window', { limitMs: 60_000 }, async () => {
    const query = `min(count_over_time(nginx_ingress_controller_requests[${windowSeconds + 4}s]))`;
    const [scrapes] = await queryPrometheus(peers, query);
    return (scrapes?.value ?? 0) >= (windowSeconds + 2) / 2;
  });
}, 90_000);

afterAll(() => {
  exporter.close();
});

dialectsConformance('a real Prometheus', openPrometheus);

async function openPrometheus(): Promise<DialectsUnderTest> {
  const host = hostOf();
  const transport = await createOriginTransport({ address: peers.prometheus?.url ?? '', headers: [] }, host);
  const session = await prometheus.open({}, { ...host, lent: { transport } });
  return {
    session,
    windowSeconds,
    // A busy machine answers scrapes a little later than they are dated.
    tolerance: 0.15,
    now: () => Date.now(),
    async [Symbol.asyncDispose]() {
      await session[Symbol.asyncDispose]();
      transport.close();
    },
  };
}

/** A program that counts by OpenTelemetry's own code: web, which asks ledger as often as it is asked itself. */
async function startOtelProgram(): Promise<{ readonly url: string } & AsyncDisposable> {
  const { opentelemetry } = findPeers();
  if (opentelemetry.kind === 'absent')
    throw new Error(`${opentelemetry.name} is absent because ${opentelemetry.because}`);
  const program = join(import.meta.dirname, 'start/otelProgram.ts');
  const child = spawn(process.execPath, [program, opentelemetry.dir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const line = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', resolve);
    child.once('exit', (code) => reject(new Error(`the program ended with code ${code}`)));
  });
  noteStarted(peers.runDir, opentelemetry.name);
  return {
    ...(JSON.parse(line) as { url: string }),
    async [Symbol.asyncDispose]() {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
}

test('what OpenTelemetry’s own instrumentation counts is who was called, how often, and what failed', async () => {
  await using program = await startOtelProgram();
  // Its first calls: a counter's first sample is no increase.
  for (let i = 0; i < 4; i += 1) await (await fetch(`${program.url}/buy`)).text();
  const labels = { namespace: 'books', pod: 'web-1', app: 'web' };
  await addScrapeTarget(peers, { job: 'books', url: `${program.url}/metrics`, labels });
  const counted = async () => {
    const query = 'sum(http_client_request_duration_count{namespace="books"})';
    return (await queryPrometheus(peers, query))[0]?.value ?? 0;
  };
  await waitFor('its first samples', { limitMs: 30_000 }, async () => (await counted()) === 4);
  for (let i = 0; i < 96; i += 1) await (await fetch(`${program.url}/buy`)).text();
  await waitFor('all its calls', { limitMs: 30_000 }, async () => (await counted()) === 100);

  await using peer = await openPrometheus();
  const lastSeconds = 60;
  const read = await peer.session.signals?.read(lastSeconds, AbortSignal.timeout(20_000));
  const own = [read, ...(read?.beside ?? [])].find((one) =>
    one?.source.endsWith('OpenTelemetry HTTP client metrics (no unit in their names)'),
  );
  const folded = foldOf(own === undefined ? [] : [own]);
  const [[id, call] = []] = [...folded.callSignals];
  expect([...folded.callSignals.keys()]).toHaveLength(1);
  expect(parseCallId(id ?? '')).toEqual({ callerId: 'c/books/web', calleeId: 'c/external/ledger' });
  // A rate is drawn out to the whole window, so it is near the count but not it; what failed is a fourth exactly.
  const calls = (call?.requestsPerSecond ?? 0) * lastSeconds;
  expect(calls).toBeGreaterThan(60);
  expect(calls).toBeLessThan(200);
  expect(call?.errorRatio).toBeCloseTo(0.25, 2);
  expect(call?.p50Ms).toBeGreaterThan(0);
  noteFigure(
    peers,
    'dialects',
    `of 96 calls that OpenTelemetry's instrumentation counted, Podium saw who made them, and ${((call?.errorRatio ?? 0) * 100).toFixed(1)} % fail where a fourth did`,
  );
}, 90_000);
