import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RouterClient } from '@orpc/server';
import { describe, expect, test } from 'vitest';
import type { ConsoleRouter } from '../../shared/core/router.ts';
import type { Mark } from '../../shared/model/signals.ts';
import type { Split } from '../../shared/model/weights.ts';
import { first, startConsole } from '../peers/console.ts';
import { type ClusterUnderTest, createPayment } from './cluster.ts';
import { ready, shift } from './weights.ts';

type Client = RouterClient<ConsoleRouter>;

/** A console of its own, with a cluster open and unlocked by one user. */
export interface OpenPodium extends AsyncDisposable {
  readonly client: Client;
  readonly connectionId: string;
  follow: Awaited<ReturnType<typeof startConsole>>['follow'];
}

export async function openPodium(
  { settings }: ClusterUnderTest,
  context = settings.context,
): Promise<OpenPodium> {
  const { paths, text } = settings.kubeconfig;
  const folder = await mkdtemp(join(tmpdir(), 'podium-notes-'));
  const file = paths?.[0] ?? join(folder, 'kubeconfig');
  if (text !== undefined) await writeFile(file, text);
  process.env['KUBECONFIG'] = file;
  const console = await startConsole();
  const { client } = console;
  const { candidates } = await client.connections.discover();
  const key = candidates.find(({ title }) => title === context)?.key;
  if (key === undefined) throw new Error(`the kubeconfig has no context ${context}`);
  const { id } = await client.connections.open({ key });
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
export function notesConformance(name: string, start: () => Promise<ClusterUnderTest>): void {
  describe(`notes on ${name}`, () => {
    test('an operation leaves one Event on its object, which another Podium shows on its timeline', async () => {
      await using cluster = await start();
      await createPayment(cluster);
      await using one = await openPodium(cluster);
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
    }, 90_000);
  });
}
