import { createServer } from 'node:http';
import { once } from 'node:events';
import { afterAll, beforeAll } from 'vitest';
import { createOriginTransport } from '../../shared/connectors/http/originTransport.ts';
import { prometheus } from '../../shared/connectors/prometheus/connector.ts';
import { hostOf } from '../conformance/cluster.ts';
import { dialectsConformance, type DialectsUnderTest } from '../conformance/dialects.ts';
import { families } from '../conformance/metricFamilies.ts';
import { readCoordinates } from './coordinates.ts';
import { addScrapeTarget, queryPrometheus } from './measure.ts';
import { waitFor } from './start/processes.ts';

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

dialectsConformance('a real Prometheus', async (): Promise<DialectsUnderTest> => {
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
});
