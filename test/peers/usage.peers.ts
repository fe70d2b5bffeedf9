import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll } from 'vitest';
import { kubernetes } from '../../shared/connectors/kubernetes/connector.ts';
import { prometheus } from '../../shared/connectors/prometheus/connector.ts';
import { hostOf } from '../conformance/cluster.ts';
import { countedBy, usageConformance, usagePod } from '../conformance/usage.ts';
import { readCoordinates } from './coordinates.ts';
import { addScrapeTarget, queryPrometheus } from './measure.ts';

const peers = readCoordinates();
const beganAt = Date.now();

/** A kubelet's exposition of one pod, counted up by real time. */
const kubelet = createServer((_, response) => {
  const lines = countedBy((Date.now() - beganAt) / 1000).map(({ name, labels, value }) => {
    const written = Object.entries(labels).map(([label, text]) => `${label}="${text}"`);
    return `${name}{${written.join(',')}} ${value}\n`;
  });
  response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' }).end(lines.join(''));
});

beforeAll(async () => {
  kubelet.listen(0, '127.0.0.1');
  await once(kubelet, 'listening');
  const url = `http://127.0.0.1:${(kubelet.address() as AddressInfo).port}/metrics`;
  for (const job of ['kubelet', 'cadvisor']) await addScrapeTarget(peers, { job, url });
});

afterAll(() => {
  kubelet.closeAllConnections();
  kubelet.close();
});

usageConformance('a real Prometheus that scrapes what a kubelet would tell', async () => {
  const root = await kubernetes.open(
    { kubeconfig: { paths: [peers.kubernetes.kubeconfigFile] }, context: 'viewer' },
    hostOf(),
  );
  const found = await root.offers?.find(AbortSignal.timeout(20_000));
  const offer = found?.offers.find((one) => one.connector === 'prometheus');
  if (offer === undefined) throw new Error(`no Prometheus was offered: ${JSON.stringify(found?.absent)}`);
  const session = await prometheus.open(prometheus.settings.parse(offer.settings), hostOf(offer.lent));
  if (session.usage === undefined) throw new Error('Prometheus tells no use');
  return {
    usage: session.usage,
    cpuOff: 0.3,
    async isReady() {
      const selected = `container_cpu_usage_seconds_total{pod="${usagePod.name}"}[240s]`;
      const counts = await queryPrometheus(peers, `count_over_time(${selected})`);
      return counts.length === 6 && counts.every(({ value }) => value >= 3);
    },
    async [Symbol.asyncDispose]() {
      await session[Symbol.asyncDispose]();
      await root[Symbol.asyncDispose]();
    },
  };
});
