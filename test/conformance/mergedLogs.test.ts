import { randomUUID } from 'node:crypto';
import { createRouterClient } from '@orpc/server';
import { expect, test } from 'vitest';
import { kubernetes } from '../../shared/connectors/kubernetes/connector.ts';
import { createConsole } from '../../shared/core/console.ts';
import type { LogAsk, LogBatch, LogEntry } from '../../shared/model/log.ts';
import { createMemoryPorts } from '../support/memoryPorts.ts';
import { realClock } from './cluster.ts';
import { type SimulatedLogs, startSimulatedLogs } from './simulatedLogs.ts';

const patience = (): AbortSignal => AbortSignal.timeout(14_000);

/** A console over payment's three instances, as one that may read logs or as one that may not. */
async function openLogs(who: 'settings' | 'withoutRight' = 'settings') {
  const logs = await startSimulatedLogs();
  const said: string[] = [];
  const note = (message: string, fields?: unknown): void => void said.push(message, JSON.stringify(fields));
  const clock = {
    ...realClock,
    monotonic: () => performance.now(),
    elapsed: () => performance.now(),
    boot: null,
  };
  const ports = createMemoryPorts({
    clock,
    random: { id: randomUUID, fraction: Math.random },
    log: { info: note, warn: note, error: note },
  });
  const here = {
    ...kubernetes,
    discover: () =>
      Promise.resolve({
        candidates: [
          { title: 'here', detail: '', settings: logs[who], current: true, problem: null, warnings: [] },
        ],
        problems: [],
      }),
  };
  const console = await createConsole([here], ports);
  const client = createRouterClient(console.router);
  const { candidates } = await client.connections.discover();
  await client.connections.open({ key: candidates[0]?.key ?? '' });
  let serviceId = '';
  for await (const update of await client.graph.watch(undefined, { signal: patience() })) {
    serviceId = update.services.find(({ name }) => name === 'payment')?.id ?? serviceId;
    if (serviceId !== '') break;
  }
  const ask: LogAsk = {
    serviceId,
    instances: null,
    container: null,
    previous: false,
    follow: true,
    sinceAt: null,
    lines: 500,
  };
  return {
    logs,
    client,
    ask,
    said,
    async [Symbol.asyncDispose]() {
      await console[Symbol.asyncDispose]();
      await logs[Symbol.asyncDispose]();
    },
  };
}

/** Reads until what was told is as expected. */
async function readUntil(
  stream: AsyncIterable<LogBatch>,
  done: (entries: readonly LogEntry[], phase: LogBatch['phase']) => boolean | Promise<boolean>,
): Promise<LogEntry[]> {
  const all: LogEntry[] = [];
  for await (const { entries, phase } of stream) {
    all.push(...entries);
    if (await done(all, phase)) break;
  }
  return all;
}

const linesOf = (entries: readonly LogEntry[]) => entries.filter((entry) => entry.kind === 'line');
const instancesOf = (logs: SimulatedLogs): string[] =>
  logs.cluster.store.list('pods', logs.namespace).map(({ metadata }) => metadata.name);

test('the lines of all instances come merged, each with whose it is, then those that follow', async () => {
  await using here = await openLogs();
  const { logs, client, ask } = here;
  logs.written.push({ at: Date.now() - 2_000, text: 'one' }, { at: Date.now() - 1_000, text: 'two' });
  let isWritten = false;
  const all = await readUntil(await client.logs.read(ask, { signal: patience() }), async (entries, phase) => {
    if (phase === 'live' && !isWritten) await logs.write('three');
    isWritten ||= phase === 'live';
    return linesOf(entries).filter(({ text }) => text === 'three').length === 3;
  });
  const lines = linesOf(all);
  expect(lines.map(({ text }) => text)).toEqual(
    ['one', 'two', 'three'].flatMap((text) => [text, text, text]),
  );
  expect(new Set(lines.map(({ instance }) => instance))).toEqual(new Set(instancesOf(logs)));
});

test('an instance that comes later is read too, and one that goes is said', async () => {
  await using here = await openLogs();
  const { logs, client, ask } = here;
  await logs.write('before');
  let isDone = false;
  const all = await readUntil(await client.logs.read(ask, { signal: patience() }), async (entries, phase) => {
    if (phase === 'live' && !isDone) {
      isDone = true;
      await logs.cluster.stop({ app: 'payment', version: 'v2' });
      logs.cut();
      await logs.cluster.run({ app: 'payment', version: 'v3', instances: 1 });
    }
    const told = JSON.stringify(entries);
    return (
      told.includes('This instance is new.') &&
      told.includes('This instance is gone') &&
      told.includes('v3-1-0')
    );
  });
  const notes = all.filter((entry) => entry.kind === 'note');
  expect(notes.find(({ text }) => text.includes('gone'))?.instance).toContain('payment-v2');
  expect(notes.find(({ text }) => text.includes('new'))?.instance).toContain('payment-v3');
});

test('an instance that is still starting is waited for, and read from its first line on', async () => {
  await using here = await openLogs();
  const { logs, client, ask } = here;
  const { store } = logs.cluster;
  const [late = ''] = instancesOf(logs);
  const tell = (state: object): void => {
    const pod = store.get('pods', logs.namespace, late);
    if (pod === undefined) throw new Error('no such pod');
    const containerStatuses = [{ name: 'app', ready: false, restartCount: 0, state }];
    store.put({ ...pod, status: { phase: 'Pending', containerStatuses } });
  };
  tell({ waiting: { reason: 'ContainerCreating' } });
  await logs.write('first line');
  const isOf = (entry: LogEntry): boolean => entry.instance === late;
  const all = await readUntil(await client.logs.read(ask, { signal: patience() }), (entries) => {
    if (entries.some((entry) => entry.kind === 'note' && isOf(entry))) tell({ running: {} });
    return linesOf(entries).some(isOf);
  });
  const [note, line] = all.filter(isOf);
  expect(note).toMatchObject({ kind: 'note', tone: 'calm' });
  expect(note?.text).toContain('is waiting to start: ContainerCreating');
  expect(line).toMatchObject({ kind: 'line', text: 'first line' });
});

test('what is not followed ends, and one instance is read alone', async () => {
  await using here = await openLogs();
  const { logs, client, ask } = here;
  await logs.write('one', 'two');
  const [instance = ''] = instancesOf(logs);
  const asked = { ...ask, follow: false, instances: [instance], lines: 1 };
  const phases: string[] = [];
  const all = await readUntil(await client.logs.read(asked, { signal: patience() }), (_, phase) => {
    phases.push(phase);
    return false;
  });
  expect(all).toMatchObject([{ kind: 'line', text: 'two', instance, container: 'app' }]);
  expect(phases.at(-1)).toBe('over');
});

test('a missing right is said of each instance, with the right to ask for', async () => {
  await using here = await openLogs('withoutRight');
  const { client, ask } = here;
  const stream = await client.logs.read({ ...ask, follow: false }, { signal: patience() });
  const all = await readUntil(stream, () => false);
  expect(all).toHaveLength(3);
  for (const entry of all)
    expect(entry).toMatchObject({
      kind: 'note',
      tone: 'warn',
      denied: { verb: 'get', resource: 'pods/log', namespace: 'shop', allowed: false },
    });
});

test('nothing of what containers write goes into Podium’s own log', async () => {
  await using here = await openLogs();
  const { logs, client, ask, said } = here;
  await logs.write('password=hunter2-and-more', 'x'.repeat(10_000));
  const all = linesOf(
    await readUntil(await client.logs.read({ ...ask, follow: false }, { signal: patience() }), () => false),
  );
  const cut = all.find(({ missingChars }) => missingChars > 0);
  expect(cut).toBeDefined();
  if (cut !== undefined) {
    const { connectionId, namespace, instance, container, stamp, text } = cut;
    const ref = { connectionId, namespace, instance, container, stamp, text, previous: false };
    expect((await client.logs.line(ref)).text).toBe('x'.repeat(10_000));
  }
  expect(said.join()).not.toContain('hunter2');
});
