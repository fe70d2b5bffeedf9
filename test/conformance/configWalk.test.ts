import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRouterClient, type RouterClient } from '@orpc/server';
import { expect, test } from 'vitest';
import { connectors } from '../../shared/connectors/index.ts';
import { createConsole } from '../../shared/core/console.ts';
import type { ConsoleRouter } from '../../shared/core/router.ts';
import type { OperationRecord } from '../../shared/model/record.ts';
import { createMemoryPorts } from '../support/memoryPorts.ts';
import { realClock } from './cluster.ts';
import { edited } from './config.ts';
import { appPaths, createApp, lasting, readDeployment } from './rollouts.ts';
import { startWorkedCluster } from './workedCluster.ts';

/** The first value of a stream that is as expected. */
async function first<T>(stream: AsyncIterable<T>, expected: (value: T) => boolean): Promise<T> {
  let last: T | undefined;
  for await (const value of stream) {
    last = value;
    if (expected(value)) return value;
  }
  throw new Error(`the stream ended; last: ${JSON.stringify(last)}`);
}

const rung = (record: OperationRecord, name: string) => record.rungs.find((one) => one.rung === name);

test('M15 a rollout that a changed ConfigMap leaves stuck is contradicted with the pod’s reason, its way back is offered, and no value of a Secret is journalled', async () => {
  await using cluster = await startWorkedCluster();
  const { namespace, settings } = cluster;
  const folder = await mkdtemp(join(tmpdir(), 'podium-config-'));
  process.env['KUBECONFIG'] = join(folder, 'kubeconfig');
  await writeFile(process.env['KUBECONFIG'], settings.kubeconfig.text ?? '');
  const map = `${appPaths(namespace).configMaps}/limits`;
  await cluster.call('POST', appPaths(namespace).secrets, {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'login', namespace },
    data: { password: Buffer.from('hunter2-before').toString('base64') },
  });
  await cluster.call('POST', appPaths(namespace).configMaps, {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'limits', namespace },
    data: { LIMIT: '10', OTHER: 'stays' },
  });
  const valueFrom = { configMapKeyRef: { name: 'limits', key: 'LIMIT' } };
  await createApp(cluster, 'order', {
    container: { env: [{ name: 'LIMIT', valueFrom }], envFrom: [{ secretRef: { name: 'login' } }] },
    spec: { progressDeadlineSeconds: 20 },
  });
  const clock = {
    ...realClock,
    monotonic: () => performance.now(),
    elapsed: () => performance.now(),
    boot: null,
  };
  await using console = await createConsole(
    connectors,
    createMemoryPorts({ clock, random: { id: randomUUID, fraction: Math.random } }),
  );
  const client: RouterClient<ConsoleRouter> = createRouterClient(console.router);
  const signal = AbortSignal.timeout(30_000);
  const { candidates } = await client.connections.discover();
  const { id } = await client.connections.open({ key: candidates[0]?.key ?? '' });
  await first(await client.connections.watch(undefined, { signal }), (all) =>
    all.some((one) => one.state === 'open'),
  );
  await client.connections.unlock({ id });
  let serviceId = '';
  await first(await client.graph.watch(undefined, { signal }), (update) => {
    serviceId = /"id":"([^"]*\/shop\/order)"/.exec(JSON.stringify(update))?.[1] ?? '';
    return serviceId !== '';
  });

  const { documents } = await client.config.read({ serviceId });
  const document = documents.find(({ kind }) => kind === 'configMap');
  const { workloads } = await client.workloads.read({ serviceId });
  const workload = workloads[0]?.ref;
  if (document === undefined || workload === undefined) throw new Error('nothing configures order');
  const before = lasting(await readDeployment(cluster, 'order'));
  const operation = {
    ...edited(document, { kind: 'entries', set: [], remove: ['LIMIT'] }, [workload]),
    serviceId,
  };
  const plan = await client.operations.plan({ operation });
  expect(plan.title).toBe('Remove LIMIT in ConfigMap limits and restart order');
  expect(plan.rungs.find((one) => one.rung === 'loaded')?.note).toMatch(/seen on the workload/);
  const consent = { reason: 'to see it fail', ticked: [], typedName: null };
  const { operationId } = await client.operations.apply({ planId: plan.id, ...consent });
  const stuck = await first(
    await client.operations.watch({ operationId }, { signal }),
    (record) => rung(record, 'loaded')?.state === 'contradicted',
  );
  expect(rung(stuck, 'declared')?.state).toBe('seen');
  expect(rung(stuck, 'loaded')?.detail).toMatch(
    /no progress within the deadline; order-\S+: CreateContainerConfigError/,
  );

  const undo = await client.operations.planUndo({ operationId });
  const back = await client.operations.apply({ planId: undo.id, ...consent });
  await first(
    await client.operations.watch({ operationId: back.operationId }, { signal }),
    (record) => rung(record, 'loaded')?.state === 'seen',
  );
  expect(await cluster.call('GET', map)).toMatchObject({ data: { LIMIT: '10', OTHER: 'stays' } });
  expect(lasting(await readDeployment(cluster, 'order'))).toEqual(before);

  const history = await client.config.history({ document: document.document });
  expect(history.map(({ source, operationId: by }) => [source, by])).toEqual(
    expect.arrayContaining([
      ['Podium’s journal', operationId],
      ['Podium’s journal', back.operationId],
      ['Podium’s journal, as it was found', operationId],
    ]),
  );
  expect(history.find(({ operationId: by }) => by === operationId)?.yaml).not.toContain('LIMIT: "10"');

  const secret = documents.find(({ kind }) => kind === 'secret');
  if (secret === undefined) throw new Error('there is no Secret');
  const edit = { kind: 'entries' as const, set: [{ key: 'password', value: 'hunter2-after' }], remove: [] };
  const planned = await client.operations.plan({ operation: { ...edited(secret, edit), serviceId } });
  const ticked = planned.guards.flatMap(({ id: guard, verdict }) => (verdict === 'tick' ? [guard] : []));
  const written = await client.operations.apply({ planId: planned.id, ...consent, ticked });
  const seen = await first(
    await client.operations.watch({ operationId: written.operationId }, { signal }),
    (record) => record.state === 'written' && rung(record, 'declared')?.state !== 'waiting',
  );
  expect(rung(seen, 'declared')).toMatchObject({
    state: 'seen',
    detail: expect.stringMatching(/^Read back at the revision that was written/) as string,
  });
  const journal = JSON.stringify(await client.journal.list({ query: '', limit: 100 }));
  for (const value of ['hunter2-before', 'hunter2-after'])
    for (const form of [value, Buffer.from(value).toString('base64')]) expect(journal).not.toContain(form);
  expect(journal).toContain('Set password in Secret login');
  await expect(client.operations.planUndo({ operationId: written.operationId })).rejects.toThrow(
    /were not kept/,
  );
  await rm(folder, { recursive: true });
});
