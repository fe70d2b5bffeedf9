import { createHmac } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RouterClient } from '@orpc/server';
import { describe, expect, test } from 'vitest';
import { kubernetes } from '../../shared/connectors/kubernetes/connector.ts';
import type { ConsoleRouter } from '../../shared/core/router.ts';
import type { Mark } from '../../shared/model/signals.ts';
import type { Split } from '../../shared/model/weights.ts';
import type { OperatorOf } from '../support/bindRoles.ts';
import { type Heard, startWebhookServer } from '../support/webhookServer.ts';
import { first, startConsole } from '../peers/console.ts';
import { type ClusterUnderTest, createPayment, hostOf } from './cluster.ts';
import { ready, shift } from './weights.ts';

type Client = RouterClient<ConsoleRouter>;

/** A console of its own, with a cluster open and unlocked by one user. */
export interface OpenPodium extends AsyncDisposable {
  readonly client: Client;
  readonly connectionId: string;
  follow: Awaited<ReturnType<typeof startConsole>>['follow'];
}

export async function openPodium(
  { settings }: Pick<ClusterUnderTest, 'settings'>,
  context = settings.context,
): Promise<OpenPodium> {
  const { kubeconfig, namespaces } = settings;
  const { paths, text } = kubeconfig;
  const folder = await mkdtemp(join(tmpdir(), 'podium-notes-'));
  const file = paths?.[0] ?? join(folder, 'kubeconfig');
  if (text !== undefined) await writeFile(file, text);
  process.env['KUBECONFIG'] = file;
  const console = await startConsole();
  const { client } = console;
  const { candidates } = await client.connections.discover();
  const key = candidates.find(({ title }) => title === context)?.key;
  if (key === undefined) throw new Error(`the kubeconfig has no context ${context}`);
  const options = namespaces === undefined ? {} : { namespaces };
  const { id } = await client.connections.open({ key, options });
  await first(
    (signal) => client.connections.watch(undefined, { signal }),
    (all) => all.some((one) => one.id === id && one.state === 'open'),
  );
  await client.connections.unlock({ id });
  return {
    client,
    connectionId: id,
    follow: console.follow,
    async [Symbol.asyncDispose]() {
      await console[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Shifts the weights of payment, and resolves when it is read back. */
export async function shiftPayment(
  { client, connectionId, follow }: OpenPodium,
  namespace: string,
  weights: [number, number],
  reason: string,
): Promise<string> {
  const isPayment = (split: Split): boolean =>
    split.document.namespace === namespace && split.serviceId !== null && ready(split);
  const splits = await first(
    (signal) => client.splits.watch(undefined, { signal }),
    (all) => all.some(isPayment),
  );
  const split = splits.find(isPayment);
  if (split === undefined) throw new Error('payment has no split');
  const plan = await client.operations.plan({ operation: { ...shift(split, weights), connectionId } });
  const ticked = plan.guards.filter(({ verdict }) => verdict === 'tick').map(({ id }) => id);
  const { operationId } = await client.operations.apply({
    planId: plan.id,
    reason,
    ticked,
    typedName: plan.serviceName,
  });
  await follow(operationId, ({ state }) => state === 'written');
  return operationId;
}

interface EventObject {
  readonly reason: string;
  readonly message: string;
  readonly involvedObject: { readonly kind: string; readonly name: string; readonly uid: string };
  readonly metadata: { readonly annotations?: Readonly<Record<string, string>> };
}

/** The Events that Podiums left in a namespace, read past them. */
export async function notesIn({ call, namespace }: ClusterUnderTest): Promise<readonly EventObject[]> {
  const path = `/api/v1/namespaces/${namespace}/events?fieldSelector=source%3Dpodium`;
  return ((await call('GET', path)) as { readonly items: readonly EventObject[] }).items;
}

const poll = async <T>(ask: () => Promise<T>, holds: (value: T) => boolean, limitMs = 30_000): Promise<T> => {
  const until = Date.now() + limitMs;
  for (;;) {
    const value = await ask();
    if (holds(value)) return value;
    if (Date.now() > until)
      throw new Error(`not seen in time; last: ${JSON.stringify(value)?.slice(0, 2_000)}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
};

const markOf = (marks: readonly Mark[], operationId: string): Mark | undefined =>
  marks.find(({ title }) => title.includes(operationId));

/** What an operation leaves for others, on a simulated and on a real cluster. */
export function notesConformance<Cluster extends ClusterUnderTest>(
  name: string,
  start: () => Promise<Cluster>,
  operatorOf: OperatorOf<Cluster>,
): void {
  describe(`notes on ${name}`, () => {
    test('an operation tells its webhook, and leaves one Event on its object, which another Podium shows on its timeline', async () => {
      await using cluster = await start();
      await createPayment(cluster);
      await using one = await openPodium(cluster);
      await using hook = await startWebhookServer();
      const secret = 'a secret of this test';
      await one.client.webhook.set({ address: `${hook.url}/podium`, proof: 'signature', secret });
      const reason = 'too many \u0007errors';
      const operationId = await shiftPayment(one, cluster.namespace, [60, 40], reason);
      const [event] = await poll(
        () => notesIn(cluster),
        (all) => all.length > 0,
      );
      expect(event).toMatchObject({
        reason: 'PodiumWeights',
        involvedObject: { kind: 'VirtualService', name: 'payment' },
        message: expect.stringMatching(/^Shift payment: .*, by .*: too many  ?errors \(Podium /) as string,
      });
      expect(event?.involvedObject.uid).not.toBe('');
      await using other = await openPodium(cluster);
      const timeline = await first(
        (signal) => other.client.signals.timeline({ rangeSeconds: 900 }, { signal }),
        ({ marks }) => markOf(marks, operationId)?.serviceId != null,
      );
      expect(markOf(timeline.marks, operationId)).toMatchObject({
        kind: 'event',
        operationId: null,
        serviceId: expect.stringMatching(new RegExp(`/${cluster.namespace}/payment$`)) as string,
      });
      // The one that wrote has it in its journal, and shows it once.
      const own = await first(
        (signal) => one.client.signals.timeline({ rangeSeconds: 900 }, { signal }),
        ({ marks }) => marks.some((mark) => mark.operationId === operationId),
      );
      expect(markOf(own.marks, operationId)).toBeUndefined();
      const record = await one.follow(operationId, () => true);
      expect(record.noteProblem).toBeNull();
      const outcomes = () => hook.heard.map(({ message }) => message().outcome);
      await expect.poll(outcomes, { timeout: 30_000 }).toContain('begun');
      const [{ body, headers, message }] = hook.heard as [Heard]; // one has come
      const signature = createHmac('sha256', secret).update(body).digest('hex');
      expect(headers['x-podium-signature-256']).toBe(`sha256=${signature}`);
      expect(message()).toMatchObject({
        operation: { id: operationId, kind: 'setWeights' },
        service: { namespace: cluster.namespace, name: 'payment' },
        link: expect.stringMatching(/^podium:\/\/service\//) as string,
      });
      // No weights, no document: who wants to know more follows the link.
      expect(body).not.toMatch(/apiVersion|VirtualService"/);
      await one.follow(operationId, ({ told }) => told?.problem === null);
    }, 90_000);

    test('who may not create Events is told so when the cluster is opened and in the journal, and the documented role lets them', async () => {
      await using cluster = await start();
      await createPayment(cluster);
      const { namespace } = cluster;
      const rightsOf = async (settings: ClusterUnderTest['settings']) => {
        await using session = await kubernetes.open(settings, hostOf());
        return session.permissions;
      };
      const mayLeave = { verb: 'create', resource: 'events', namespace };
      const shifted = async (settings: ClusterUnderTest['settings'], weights: [number, number]) => {
        await using podium = await openPodium({ settings });
        const id = await shiftPayment(podium, namespace, weights, 'by role');
        // Told of once, whichever way it went.
        await poll(
          async () => [await podium.follow(id, () => true), await notesIn(cluster)] as const,
          ([{ noteProblem }, left]) => noteProblem !== null || left.length > 0,
        );
        return (await podium.follow(id, () => true)).noteProblem;
      };

      const without = await operatorOf(cluster, ['read', 'weights']);
      expect(await rightsOf(without)).toContainEqual(
        expect.objectContaining({ ...mayLeave, allowed: false }),
      );
      expect(await shifted(without, [60, 40])).toMatch(/^No Event was left for others: .*create.*events/);
      expect(await notesIn(cluster)).toEqual([]);

      const allowed = await operatorOf(cluster, ['notes']);
      // The server's own picture of its roles may be a moment behind.
      await poll(
        () => rightsOf(allowed),
        (all) =>
          all.some((one) => one.allowed === true && one.verb === 'create' && one.resource === 'events'),
      );
      expect(await shifted(allowed, [50, 50])).toBeNull();
      expect(await notesIn(cluster)).toMatchObject([{ reason: 'PodiumWeights' }]);
    }, 90_000);
  });
}
