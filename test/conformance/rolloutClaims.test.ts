import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { createPayment, openCluster } from './cluster.ts';
import { configOf, edited } from './config.ts';
import { poll, signal } from './rollouts.ts';
import { startSimulatedCluster } from './simulatedCluster.ts';

const rollouts = {
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'RolloutList',
  metadata: { resourceVersion: '1' },
  items: [
    {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Rollout',
      metadata: { name: 'payment-rollout', namespace: 'shop', uid: 'r1', resourceVersion: '1' },
      spec: { strategy: { canary: { trafficRouting: { istio: { virtualService: { name: 'payment' } } } } } },
    },
  ],
};

/** Stands before an API server and serves Rollouts as well, which the simulator knows nothing of. */
async function withRollouts(url: string): Promise<{ url: string; close(): void }> {
  const answerTo = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = request.url ?? '/';
    if (path.startsWith('/apis/argoproj.io/v1alpha1/rollouts')) {
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(rollouts));
      return;
    }
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const headers = Object.entries(request.headers).filter(([name]) =>
      /^(authorization|accept|content-type)$/.test(name),
    );
    const stop = new AbortController();
    response.on('close', () => stop.abort());
    try {
      const answer = await fetch(url + path, {
        method: request.method ?? 'GET',
        headers: headers as [string, string][],
        signal: stop.signal,
        ...(chunks.length === 0 ? {} : { body: Buffer.concat(chunks) }),
      });
      response.writeHead(answer.status, {
        'content-type': answer.headers.get('content-type') ?? 'application/json',
      });
      for await (const part of answer.body ?? []) response.write(part);
      response.end();
    } catch {
      response.destroy();
    }
  };
  const server = createServer((request, response) => void answerTo(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

test('the review of an edit names the Rollout that claims the document, before it ever wrote to it', async () => {
  await using cluster = await startSimulatedCluster();
  await createPayment(cluster);
  const front = await withRollouts(cluster.server.url);
  const { text = '' } = cluster.settings.kubeconfig;
  const settings = { ...cluster.settings, kubeconfig: { text: text.replace(cluster.server.url, front.url) } };
  await using open = await openCluster(settings);
  const key = { namespace: 'shop', name: 'payment', hosts: ['payment.shop.svc.cluster.local'] };
  const route = await poll(
    async () =>
      (await open.mesh.configuration?.read(key, signal))?.find(
        ({ document }) => document.kind === 'VirtualService',
      ),
    (found) => found !== undefined,
  );
  if (route === undefined) throw new Error('payment has no route');
  const text2 = (route.yaml ?? '').replace('timeout: 2s', 'timeout: 3s');
  const plan = () => configOf(open.root).plan(edited(route, { kind: 'yaml', text: text2 }), signal);
  const guards = await poll(
    async () => (await plan()).guards,
    (found) => found.some(({ title }) => title.includes('payment-rollout')),
  );
  expect(guards).toContainEqual(
    expect.objectContaining({
      verdict: 'tick',
      title: 'VirtualService payment is owned by Argo Rollouts: payment-rollout',
    }),
  );
  front.close();
});
