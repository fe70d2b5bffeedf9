import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRouterClient, type RouterClient } from '@orpc/server';
import { expect, test } from 'vitest';
import { connectors } from '../../shared/connectors/index.ts';
import { createConsole } from '../../shared/core/console.ts';
import type { AskedProgram, ProgramsPort } from '../../shared/core/ports.ts';
import type { ConsoleRouter } from '../../shared/core/router.ts';
import type { ConnectionState } from '../../shared/model/connection.ts';
import { defaultSettings, type Settings } from '../../shared/model/settings.ts';
import { realClock } from '../conformance/cluster.ts';
import { startConnectProxy } from '../support/connectProxy.ts';
import { startSimulatedCluster, type SimulatedCluster } from '../conformance/simulatedCluster.ts';
import { createTestProgram, kubeconfigText, type TestProgram } from '../support/loginProgram.ts';
import { createMemoryPorts } from '../support/memoryPorts.ts';

process.env['KUBERC'] = 'off';

interface Opened extends AsyncDisposable {
  readonly client: RouterClient<ConsoleRouter>;
  /** The connection once it is as expected. */
  state(expected: (state: ConnectionState) => boolean): Promise<ConnectionState>;
  connect(): Promise<void>;
}

/** A console that finds one cluster, whose user logs in by this program. */
async function consoleOf(
  cluster: SimulatedCluster,
  program: TestProgram,
  more: {
    readonly keep?: { settings: Settings };
    readonly exec?: Readonly<Record<string, unknown>>;
    readonly user?: Readonly<Record<string, unknown>>;
    readonly onCluster?: Readonly<Record<string, unknown>>;
    readonly askInTerminal?: ProgramsPort['askInTerminal'];
    /** Rejects while settings cannot be kept. */
    readonly keeping?: () => Promise<void>;
  } = {},
): Promise<Opened> {
  const file = join(program.folder, 'config');
  const user = more.user ?? { exec: more.exec ?? program.exec() };
  writeFileSync(file, kubeconfigText(cluster.server.url, user, more.onCluster));
  process.env['KUBECONFIG'] = file;
  const keep = more.keep ?? { settings: defaultSettings };
  const askInTerminal = more.askInTerminal === undefined ? {} : { askInTerminal: more.askInTerminal };
  const console = await createConsole(
    connectors,
    createMemoryPorts({
      clock: {
        ...realClock,
        monotonic: () => performance.now(),
        elapsed: () => performance.now(),
        boot: null,
      },
      settings: {
        read: async () => keep.settings,
        write: async (next) => {
          await more.keeping?.();
          keep.settings = next;
        },
      },
      programs: {
        searchPath: () => Promise.resolve({ folders: [program.folder], problem: null }),
        ...askInTerminal,
      },
    }),
  );
  const client: RouterClient<ConsoleRouter> = createRouterClient(console.router);
  return {
    client,
    async state(expected) {
      const signal = AbortSignal.timeout(20_000);
      for await (const states of await client.connections.watch(undefined, { signal })) {
        const [state] = states;
        if (state !== undefined && expected(state)) return state;
      }
      throw new Error('the stream ended');
    },
    async connect() {
      const { candidates } = await client.connections.discover();
      const [candidate] = candidates;
      if (candidate === undefined) throw new Error('nothing was found');
      expect(candidate.problem).toBeNull();
      await client.connections.open({ key: candidate.key });
    },
    [Symbol.asyncDispose]: () => console[Symbol.asyncDispose](),
  };
}

const asks = ({ asks, error }: ConnectionState): boolean => asks !== null && error !== null;
const isOpen = ({ state, sources }: ConnectionState): boolean =>
  state === 'open' && sources.some((source) => source.state === 'live');
const soon = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 50));

test('C01 nothing is run before the operator allowed exactly that, and then the cluster opens', async () => {
  using program = createTestProgram();
  program.gives('admin');
  await using cluster = await startSimulatedCluster();
  const pwned = { ...program.exec(), command: '/bin/sh', args: ['-c', `touch '${program.folder}/pwned'`] };
  {
    await using here = await consoleOf(cluster, program, { exec: pwned });
    await here.connect();
    const state = await here.state(asks);
    expect(state).toMatchObject({
      state: 'failing',
      asks: { program: { path: '/bin/sh', args: pwned.args }, changed: null, terminalCode: null },
    });
    expect(state.error).toMatch(/you have not allowed that\. Nothing was run/);
    await here.client.connections.close({ id: state.id });
    expect(existsSync(join(program.folder, 'pwned'))).toBe(false);
  }
  await using here = await consoleOf(cluster, program);
  const [found] = (await here.client.connections.discover()).candidates;
  expect(found?.warnings.join()).toMatch(/logs in by running a program.*You are asked before it runs/);
  await here.connect();
  const { id, asks: question } = await here.state(asks);
  expect(program.runs()).toBe(0);
  const fingerprint = question?.program.fingerprint ?? '';
  await expect(here.client.connections.allowProgram({ id, fingerprint: 'another' })).rejects.toThrow(
    /not asked/,
  );
  expect(program.runs()).toBe(0);
  await here.client.connections.allowProgram({ id, fingerprint });
  expect(await here.state(isOpen)).toMatchObject({ user: 'admin', asks: null, error: null });
  expect(program.runs()).toBe(1);
});

test('C01 an allowed program that was taken back is asked for again before it runs', async () => {
  using program = createTestProgram();
  program.gives('admin');
  await using cluster = await startSimulatedCluster();
  await using here = await consoleOf(cluster, program);
  await here.connect();
  const { id, asks: question } = await here.state(asks);
  const fingerprint = question?.program.fingerprint ?? '';
  await here.client.connections.allowProgram({ id, fingerprint });
  await here.state(isOpen);
  expect(program.runs()).toBe(1);
  expect((await here.client.settings.read()).programs.map((one) => one.fingerprint)).toEqual([fingerprint]);
  await here.client.settings.revokeProgram({ fingerprint });
  expect((await here.client.settings.read()).programs).toEqual([]);
  await here.client.connections.close({ id });
  await here.connect();
  expect((await here.state(asks)).asks?.program.fingerprint).toBe(fingerprint);
  expect(program.runs()).toBe(1);
});

test('C02 what was allowed is remembered over a restart, and asked for again once its file, path or arguments changed', async () => {
  using program = createTestProgram();
  program.gives('admin');
  await using cluster = await startSimulatedCluster();
  const keep = { settings: defaultSettings };
  const again = (exec = program.exec()) => consoleOf(cluster, program, { keep, exec });
  {
    await using here = await again();
    await here.connect();
    const { id, asks: question } = await here.state(asks);
    await here.client.connections.allowProgram({ id, fingerprint: question?.program.fingerprint ?? '' });
    await here.state(isOpen);
  }
  {
    await using here = await again();
    await here.connect();
    await here.state(isOpen);
  }
  const cases: [exec: Readonly<Record<string, unknown>>, change: () => void, words: RegExp][] = [
    [
      program.exec({ args: ['--admin'] }),
      () => undefined,
      /its arguments, its environment or the kubeconfig/,
    ],
    [program.exec(), () => program.becomes('cat answer # another'), /was replaced or updated since/],
  ];
  for (const [exec, change, words] of cases) {
    change();
    const before = program.runs();
    await using here = await again(exec);
    await here.connect();
    expect((await here.state(asks)).asks?.changed).toMatch(words);
    expect(program.runs()).toBe(before);
  }
});

test('C02 a program that is replaced while the connection is open is asked for before it runs, and the map stays meanwhile', async () => {
  using program = createTestProgram();
  await using cluster = await startSimulatedCluster();
  const admin = cluster.tokens.get('admin');
  if (admin === undefined) throw new Error('there is no admin');
  cluster.tokens.set('first', admin);
  program.gives('first');
  await using here = await consoleOf(cluster, program);
  await here.connect();
  const { id, asks: question } = await here.state(asks);
  await here.client.connections.allowProgram({ id, fingerprint: question?.program.fingerprint ?? '' });
  await here.state(isOpen);
  program.becomes('cat answer # another');
  program.gives('admin');
  const before = program.runs();
  cluster.tokens.delete('first');
  cluster.server.faults.cutWatches('end');
  const changed = await here.state(asks);
  expect(changed).toMatchObject({
    user: 'admin',
    asks: { changed: expect.stringMatching(/replaced/) as unknown },
  });
  expect(program.runs()).toBe(before);
  await here.client.connections.allowProgram({ id, fingerprint: changed.asks?.program.fingerprint ?? '' });
  await here.state((state) => isOpen(state) && state.asks === null);
  expect(program.runs()).toBeGreaterThan(before);
});

test('C01 where a page could be anybody’s, only the terminal lets a program run, and no settings of the page do', async () => {
  using program = createTestProgram();
  program.gives('admin');
  await using cluster = await startSimulatedCluster();
  const typed = Promise.withResolvers<void>();
  const asked: AskedProgram[] = [];
  await using here = await consoleOf(cluster, program, {
    askInTerminal(one) {
      asked.push(one);
      return typed.promise;
    },
  });
  await here.connect();
  const { id, asks: question } = await here.state(asks);
  const fingerprint = question?.program.fingerprint ?? '';
  expect(question?.terminalCode).toBe(fingerprint.slice(0, 6));
  await expect(here.client.connections.allowProgram({ id, fingerprint })).rejects.toThrow(/in the terminal/);
  const forged = { programs: [{ fingerprint, path: '/', sha256: '', title: '', at: 0 }] };
  await here.client.settings.write(forged as object).catch(() => undefined);
  expect((await here.client.settings.read()).programs).toEqual([]);
  await soon();
  expect(program.runs()).toBe(0);
  expect(asked.map(({ title }) => title)).toEqual(['cloud']);
  typed.resolve();
  await here.state(isOpen);
  expect(program.runs()).toBe(1);
});

test('C01 what the terminal allowed and could not be kept is asked there again, and the host lives on', async () => {
  using program = createTestProgram();
  program.gives('admin');
  await using cluster = await startSimulatedCluster();
  const answers = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let askedFor = 0;
  let isFull = true;
  await using here = await consoleOf(cluster, program, {
    askInTerminal: () => answers[askedFor++]?.promise ?? Promise.reject(new Error('asked too often')),
    keeping: () => (isFull ? Promise.reject(new Error('no space left on device')) : Promise.resolve()),
  });
  await here.connect();
  await here.state(asks);
  answers[0]?.resolve();
  await expect.poll(() => askedFor, { timeout: 20_000 }).toBe(2);
  expect((await here.state(asks)).asks).not.toBeNull();
  expect(program.runs()).toBe(0);
  isFull = false;
  answers[1]?.resolve();
  await here.state(isOpen);
  expect(program.runs()).toBe(1);
});

test('C05 who is acted as, who is in between and what is not checked is told before, and stays in view once it is open', async () => {
  using program = createTestProgram();
  await using cluster = await startSimulatedCluster();
  await using proxy = await startConnectProxy();
  await using here = await consoleOf(cluster, program, {
    user: { token: 'admin', as: 'root', 'as-groups': ['system:masters', 'ops'] },
    onCluster: { 'insecure-skip-tls-verify': true, 'proxy-url': proxy.url.replace('//', '//ana:pw@') },
  });
  const [found] = (await here.client.connections.discover()).candidates;
  const told = found?.warnings.join('; ') ?? '';
  expect(told).toMatch(
    /certificate is not checked.*acts as another user: root, in the groups system:masters, ops/,
  );
  expect(told).toMatch(/through the proxy http:\/\/127\.0\.0\.1:\d+ \(proxy-url\)/);
  expect(told).not.toContain('pw');
  await here.connect();
  const { cautions, warnings } = await here.state(isOpen);
  expect(cautions.map(({ short }) => short)).toEqual(['TLS not checked', 'as root']);
  expect(warnings.filter((one) => one.startsWith('It goes through'))).toHaveLength(1);
  expect(proxy.asked.length).toBeGreaterThan(0);
});
