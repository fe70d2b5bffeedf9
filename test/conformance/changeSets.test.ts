import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRouterClient, type RouterClient } from '@orpc/server';
import { expect, test } from 'vitest';
import { connectors } from '../../shared/connectors/index.ts';
import { createConsole } from '../../shared/core/console.ts';
import type { ConsoleRouter } from '../../shared/core/router.ts';
import type { Operation, SetRouting } from '../../shared/model/operation.ts';
import type { Plan } from '../../shared/model/plan.ts';
import type { ChangeSet } from '../../shared/model/watch.ts';
import type { Split } from '../../shared/model/weights.ts';
import { createMemoryPorts } from '../support/memoryPorts.ts';
import { createPayment, paths, realClock } from './cluster.ts';
import { changing, matching } from './routing.ts';
import { startSimulatedCluster, type SimulatedCluster } from './simulatedCluster.ts';
import { ready, shift } from './weights.ts';

type Client = RouterClient<ConsoleRouter>;

/** The first value of a stream that is as expected. */
async function first<T>(stream: AsyncIterable<T>, expected: (value: T) => boolean): Promise<T> {
  let last: T | undefined;
  for await (const value of stream) {
    last = value;
    if (expected(value)) return value;
  }
  throw new Error(`the stream ended; last: ${JSON.stringify(last)}`);
}

/** Ready, and on the map. */
const isShown = (split: Split): boolean => ready(split) && split.serviceId !== null;

/** A whole console over a simulated mesh in which payment is at 70/30. */
async function openMesh() {
  const cluster = await startSimulatedCluster();
  await createPayment(cluster);
  const folder = await mkdtemp(join(tmpdir(), 'podium-sets-'));
  process.env['KUBECONFIG'] = join(folder, 'kubeconfig');
  await writeFile(process.env['KUBECONFIG'], cluster.settings.kubeconfig.text ?? '');
  const clock = {
    ...realClock,
    monotonic: () => performance.now(),
    elapsed: () => performance.now(),
    boot: null,
  };
  const console = await createConsole(
    connectors,
    createMemoryPorts({ clock, random: { id: randomUUID, fraction: Math.random } }),
  );
  const client: Client = createRouterClient(console.router);
  const { candidates } = await client.connections.discover();
  const { id } = await client.connections.open({ key: candidates.find(({ current }) => current)?.key ?? '' });
  const signal = AbortSignal.timeout(30_000);
  await first(await client.connections.watch(undefined, { signal }), (all) =>
    all.some((one) => one.state === 'open'),
  );
  await client.connections.unlock({ id });
  await first(await client.graph.watch(undefined, { signal }), (update) =>
    /"id":"[^"]*\/shop\/payment"/.test(JSON.stringify(update)),
  );
  const splits = await first(await client.splits.watch(undefined, { signal }), (all) => all.some(isShown));
  const split = splits.find(isShown);
  if (split === undefined) throw new Error('payment has no split');
  return {
    cluster,
    client,
    split,
    async [Symbol.asyncDispose]() {
      await console[Symbol.asyncDispose]();
      await cluster[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const documentOf = async (cluster: SimulatedCluster) =>
  (await cluster.call('GET', `${paths(cluster.namespace).virtualServices}/payment`)) as {
    spec: { http: { name?: string; route: { weight?: number }[] }[] };
  };

async function apply(client: Client, plans: readonly Plan[]): Promise<ChangeSet> {
  const { setId } = await client.operations.applySet({
    planIds: plans.map(({ id }) => id),
    reason: 'INC-1',
    confirmations: plans.map(({ id, guards, serviceName }) => ({
      planId: id,
      ticked: guards.map((guard) => guard.id),
      typedName: serviceName,
    })),
  });
  return first(await client.operations.watchSet({ setId }), ({ finishedAt }) => finishedAt !== null);
}

const outcome = ({ items }: ChangeSet) => items.map(({ state, error }) => error ?? state);

const grey = (split: Split, name: string, value: string): SetRouting =>
  changing(split, {
    kind: 'addRoute',
    name,
    match: matching({ headers: [{ name: 'x-user-group', value, how: 'exact' }] }),
    destination: 1,
  });
const timeout = (split: Split, serviceId: string, formId: string): Operation => ({
  kind: 'setProtections',
  connectionId: split.connectionId,
  serviceId,
  formId,
  revision: split.revision,
  values: { timeout: '7s' },
});

const beta = (split: Split): Operation => grey(split, 'beta', 'beta');
const staff = (split: Split): Operation => grey(split, 'staff', 'staff');
const mirror = (split: Split): Operation => changing(split, { kind: 'mirror', destination: 1, percent: 50 });
const weights = (split: Split): Operation => shift(split, [95, 5]);

test.each([
  ['a shift, then a route', [weights, beta]],
  ['a route, then a shift', [beta, weights]],
  ['two routes', [beta, staff]],
  ['a mirror, a shift and a route', [mirror, weights, beta]],
] as [string, ((split: Split) => Operation)[]][])(
  'a set that writes one document by several forms (%s) is written in order on the outcome of each, and undone whole',
  async (_, forms) => {
    await using mesh = await openMesh();
    const { client, cluster, split } = mesh;
    const before = (await documentOf(cluster)).spec;
    const { plans, problems } = await client.operations.planSet({
      operations: forms.map((form) => form(split)),
    });
    expect(problems).toEqual([]);
    const set = await apply(client, plans);
    expect(outcome(set)).toEqual(forms.map(() => 'written'));
    const { http } = (await documentOf(cluster)).spec;
    const names = http.map(({ name }) => name ?? 'default');
    if (forms.includes(beta)) expect(names).toContain('podium-grey-beta');
    if (forms.includes(staff)) expect(names).toContain('podium-grey-staff');
    if (forms.includes(weights)) expect(http.at(-1)?.route.map(({ weight }) => weight)).toEqual([95, 5]);
    if (forms.includes(mirror)) expect(http.at(-1)).toMatchObject({ mirrorPercentage: { value: 50 } });

    const undo = await client.operations.planUndoSet({ setId: set.id });
    expect(undo.problems).toEqual([]);
    expect(outcome(await apply(client, undo.plans))).toEqual(forms.map(() => 'written'));
    expect((await documentOf(cluster)).spec).toEqual(before);
  },
  60_000,
);

test('a set whose document somebody else wrote between two of its changes stops, and what they wrote stays', async () => {
  await using mesh = await openMesh();
  const { client, cluster, split } = mesh;
  const { plans } = await client.operations.planSet({ operations: [weights(split), beta(split)] });
  const path = `${paths(cluster.namespace).virtualServices}/payment`;
  await cluster.call('PATCH', path, { metadata: { labels: { team: 'someone-else' } } });
  const set = await apply(client, plans);
  expect(set.items.map(({ state }) => state)).toEqual(['stopped', 'leftOut']);
  expect(set.items[0]?.error).toMatch(/changed/);
});

test('a time-out by its form and a route of the same document are one set', async () => {
  await using mesh = await openMesh();
  const { client, split } = mesh;
  const { serviceId } = split;
  if (serviceId === null) throw new Error('payment is not on the map');
  const forms = await client.protections.forms({ serviceId });
  const form = forms.find(({ title }) => title.startsWith('Time-out'));
  if (form === undefined) throw new Error(`no form for the time-out: ${JSON.stringify(forms)}`);
  const { plans } = await client.operations.planSet({
    operations: [beta(split), timeout(split, serviceId, form.id)],
  });
  expect(outcome(await apply(client, plans))).toEqual(['written', 'written']);
});
