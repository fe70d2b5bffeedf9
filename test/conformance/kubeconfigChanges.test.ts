import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createRouterClient, type RouterClient } from '@orpc/server';
import { expect, test, vi } from 'vitest';
import { connectors } from '../../shared/connectors/index.ts';
import { createConsole } from '../../shared/core/console.ts';
import type { ConsoleRouter } from '../../shared/core/router.ts';
import type { ConnectionState, Discovery } from '../../shared/model/connection.ts';
import { createMemoryPorts } from '../support/memoryPorts.ts';
import { kubeconfigText } from '../support/loginProgram.ts';
import { realClock } from './cluster.ts';
import { startSimulatedCluster } from './simulatedCluster.ts';

const limitMs = 30_000;
vi.setConfig({ testTimeout: 2 * limitMs });

/** A console whose KUBECONFIG names two files of the test's own. */
async function consoleOn() {
  const folder = mkdtempSync(join(tmpdir(), 'podium-changes-'));
  const file = (name: string): string => join(folder, name);
  process.env['KUBECONFIG'] = [file('first'), file('second')].join(delimiter);
  const console = await createConsole(
    connectors,
    createMemoryPorts({
      clock: {
        ...realClock,
        monotonic: () => performance.now(),
        elapsed: () => performance.now(),
        boot: null,
      },
    }),
  );
  const client: RouterClient<ConsoleRouter> = createRouterClient(console.router);
  return {
    client,
    /** As tools do: a new file takes the place of the old one in one step. */
    replace(name: string, text: string): void {
      writeFileSync(file('new'), text);
      renameSync(file('new'), file(name));
    },
    write: (name: string, text: string): void => writeFileSync(file(name), text),
    async connect(): Promise<void> {
      const { candidates } = await client.connections.discover();
      await client.connections.open({ key: candidates[0]?.key ?? '' });
    },
    /** What can be connected to, once it is as expected; asked again only when the console says that it may have changed. */
    async finds(expected: (found: Discovery) => boolean): Promise<Discovery> {
      const signal = AbortSignal.timeout(limitMs);
      for await (const _ of await client.connections.discoveries(undefined, { signal })) {
        const found = await client.connections.discover();
        if (expected(found)) return found;
      }
      throw new Error('the stream ended');
    },
    async state(expected: (state: ConnectionState) => boolean): Promise<ConnectionState> {
      const signal = AbortSignal.timeout(limitMs);
      for await (const states of await client.connections.watch(undefined, { signal })) {
        const found = states.find(expected);
        if (found !== undefined) return found;
      }
      throw new Error('the stream ended');
    },
    async [Symbol.asyncDispose]() {
      await console[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true });
    },
  };
}

const isLive = ({ state, sources }: ConnectionState): boolean =>
  state === 'open' && sources[0]?.state === 'live';
const titles = ({ candidates }: Discovery): string => candidates.map(({ title }) => title).join();
const named = (name: string, text: string): string => text.replaceAll('"cloud"', `"${name}"`);

test('contexts come and go with their files; one that is open stays, and says that it is named no more', async () => {
  await using cluster = await startSimulatedCluster();
  await using here = await consoleOn();
  const text = kubeconfigText(cluster.server.url, { token: 'admin' });
  here.write('first', text);
  await here.connect();
  await here.state(isLive);
  here.replace('second', named('later', text));
  await here.finds((found) => titles(found) === 'cloud,later');
  here.replace('first', named('other', text));
  await here.finds((found) => titles(found) === 'other,later');
  const gone = await here.state(({ warnings }) => warnings.length > 0);
  expect(gone.warnings.join()).toMatch(/does not name it any more\. It stays open until you close it/);
  expect(isLive(gone)).toBe(true);
  here.replace('first', text);
  await here.state(({ warnings }) => warnings.length === 0);
});

test('a file that is caught half-written counts as what it was before, and that is said', async () => {
  await using cluster = await startSimulatedCluster();
  await using here = await consoleOn();
  const text = kubeconfigText(cluster.server.url, { token: 'admin' });
  here.write('first', text);
  await here.connect();
  await here.state(isLive);
  here.write('first', text.slice(0, text.length / 2));
  const half = await here.finds(({ problems }) => problems.some((one) => /still counts/.test(one)));
  expect(half.problems.join()).toMatch(/first is not valid YAML \(.*\); what it said before still counts/);
  expect(titles(half)).toBe('cloud');
  const after = await here.state(isLive);
  expect(after.warnings).toEqual([]);
  here.write('first', named('whole', text));
  const whole = await here.finds((found) => titles(found) === 'whole');
  expect(whole.problems.join()).not.toMatch(/still counts/);
});

test('a context that leads to another server by now is opened there, and locked again', async () => {
  await using one = await startSimulatedCluster();
  await using other = await startSimulatedCluster();
  await using here = await consoleOn();
  here.write('first', kubeconfigText(one.server.url, { token: 'admin' }));
  await here.connect();
  const { id } = await here.state(isLive);
  await here.client.connections.unlock({ id });
  await here.state(({ locked }) => !locked);
  here.replace('first', kubeconfigText(other.server.url, { token: 'admin' }));
  const moved = await here.state((state) => isLive(state) && state.server === other.server.url);
  expect(moved).toMatchObject({ id, locked: true });
});

test('a token that is replaced in the kubeconfig is taken up when the server refuses the old one, and nothing is opened anew', async () => {
  await using cluster = await startSimulatedCluster();
  await using here = await consoleOn();
  const admin = cluster.tokens.get('admin');
  if (admin === undefined) throw new Error('there is no admin');
  cluster.tokens.set('first', admin);
  here.write('first', kubeconfigText(cluster.server.url, { token: 'first' }));
  await here.connect();
  const { id } = await here.state(isLive);
  await here.client.connections.unlock({ id });
  await expect.poll(() => cluster.server.faults.openWatches.size, { timeout: limitMs }).toBeGreaterThan(0);
  here.replace('first', kubeconfigText(cluster.server.url, { token: 'admin' }));
  cluster.tokens.delete('first');
  cluster.server.faults.cutWatches('end');
  cluster.store.put({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'late', namespace: 'shop' },
    spec: {},
  });
  const signal = AbortSignal.timeout(limitMs);
  for await (const { services } of await here.client.graph.watch(undefined, { signal }))
    if (services.some(({ name }) => name === 'late')) break;
  const state = await here.state(isLive);
  expect(state).toMatchObject({ locked: false, error: null });
});
