import { expect, test } from 'vitest';
import { createKubeClient } from '../../shared/connectors/kube/client.ts';
import { readKubeconfig } from '../../shared/connectors/kube/kubeconfig.ts';
import { createReach } from '../../shared/connectors/kube/reach.ts';
import { configMaps, pods, services } from '../../shared/connectors/kube/resources.ts';
import { hostOf, realClock } from '../conformance/cluster.ts';
import { startRealCluster } from '../conformance/realCluster.ts';
import { startFaultProxy } from '../support/faultProxy.ts';
import { kubeconfigText } from '../support/loginProgram.ts';
import { readCoordinates } from './coordinates.ts';
import { noteFigure } from './figures.ts';

const run = readCoordinates();
const { url, caFile, tokens } = run.kubernetes;
const limitMs = 120_000;
const nightMs = 8 * 3_600_000;

test(
  'W14 after a night in which every line went dead all watches go on where they were, and nothing is lost or told twice',
  async () => {
    await using cluster = await startRealCluster();
    const { namespace } = cluster;
    await using proxy = await startFaultProxy({ port: Number(new URL(url).port) });
    const server = `https://127.0.0.1:${proxy.port}`;
    const text = kubeconfigText(server, { token: tokens.admin }, { 'certificate-authority': caFile });
    const [context] = (await readKubeconfig({ text })).contexts;
    if (context === undefined) throw new Error('the kubeconfig has no context');
    // Timers stand still while a machine sleeps, and the time of day does not.
    let sleptMs = 0;
    const clock = { ...realClock, now: () => Date.now() + sleptMs };
    const reach = await createReach(context, clock.now);
    await using client = createKubeClient(reach, context.name, [namespace], hostOf({}, clock));
    const told: string[] = [];
    const follow = (of: typeof services) =>
      client.watches.view(of, {
        changed: (events) =>
          void told.push(
            ...events
              .filter(({ object }) => object.metadata.name.startsWith('night-'))
              .map(({ type, object }) => `${type} ${object.kind} ${object.metadata.name}`),
          ),
        health: () => undefined,
      });
    using maps = follow(configMaps);
    using named = follow(services);
    using running = follow(pods);
    const views = [maps, named, running];
    const allWell = () => views.map(({ health }) => health.ok);
    await expect.poll(allWell, { timeout: limitMs }).toEqual([true, true, true]);

    const expected: string[] = [];
    const write = async (): Promise<void> => {
      const name = `night-${expected.length}`;
      const metadata = { name, namespace };
      const path = `/api/v1/namespaces/${namespace}`;
      await cluster.call('POST', `${path}/configmaps`, { apiVersion: 'v1', kind: 'ConfigMap', metadata });
      const spec = { ports: [{ port: 80 }] };
      await cluster.call('POST', `${path}/services`, { apiVersion: 'v1', kind: 'Service', metadata, spec });
      expected.push(`added ConfigMap ${name}`, `added Service ${name}`);
    };
    for (let i = 0; i < 5; i += 1) await write();
    await expect.poll(() => told.toSorted(), { timeout: limitMs }).toEqual(expected.toSorted());
    proxy.freezeOpen();
    for (let i = 0; i < 5; i += 1) await write();
    expect(told).toHaveLength(10);
    const before = proxy.connections.length;
    sleptMs = nightMs;
    const wokeAt = Date.now();
    await expect.poll(() => told.toSorted(), { timeout: limitMs }).toEqual(expected.toSorted());
    await expect.poll(allWell, { timeout: limitMs }).toEqual([true, true, true]);
    noteFigure(
      run,
      'sleep',
      `woken with every line dead: all watches of a real API server go on after ${Date.now() - wokeAt} ms, over ${proxy.connections.length - before} new connections`,
    );
    await write();
    await expect.poll(() => told.toSorted(), { timeout: limitMs }).toEqual(expected.toSorted());
  },
  4 * limitMs,
);
