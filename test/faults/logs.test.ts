import { expect, test } from 'vitest';
import { anySignal } from '../../shared/connectors/kit/anySignal.ts';
import type { LogPiece, LogSource } from '../../shared/connectors/kit/logs.ts';
import { kubernetes } from '../../shared/connectors/kubernetes/connector.ts';
import { hostOf, realClock } from '../conformance/cluster.ts';
import { type SimulatedLogs, startSimulatedLogs } from '../conformance/simulatedLogs.ts';
import { createFakeClock } from '../support/memoryPorts.ts';

const patience = (): AbortSignal => AbortSignal.timeout(12_000);
const textsOf = (pieces: readonly LogPiece[]): string[] =>
  pieces.flatMap((piece) => (piece.kind === 'line' ? [piece.text] : []));
const notesOf = (pieces: readonly LogPiece[]): string[] =>
  pieces.flatMap((piece) => (piece.kind === 'note' ? [piece.text] : []));

/** Follows the log of the first instance; `until` reads until something was told. */
async function following(logs: SimulatedLogs) {
  // What is waited for between two openings of a log is a matter of seconds, and no part of what is tested.
  const clock = {
    ...realClock,
    sleep: (ms: number, signal?: AbortSignal) => realClock.sleep(ms / 50, signal),
  };
  const session = await kubernetes.open(logs.settings, hostOf({}, clock));
  const source: LogSource | undefined = session.logs;
  const [first] = logs.cluster.store.list('pods', logs.namespace);
  if (source === undefined || first === undefined) throw new Error('there is no log to follow');
  const of = { namespace: logs.namespace, instance: first.metadata.name, container: 'app' };
  const stop = new AbortController();
  const how = { previous: false, follow: true, sinceAt: null, lines: 100 };
  const stream = source.read(of, how, anySignal([stop.signal, patience()]))[Symbol.asyncIterator]();
  const told: LogPiece[] = [];
  return {
    of,
    told,
    async until(done: (all: readonly LogPiece[]) => boolean): Promise<void> {
      while (!done(told)) {
        const next = await stream.next();
        if (next.done === true) return;
        told.push(...next.value);
      }
    },
    async [Symbol.asyncDispose]() {
      stop.abort();
      await session[Symbol.asyncDispose]();
    },
  };
}

test('W13 a log that ends again and again loses no line and tells none twice, not even of one moment', async () => {
  await using logs = await startSimulatedLogs();
  await using log = await following(logs);
  await logs.write('0');
  await log.until((all) => all.some(({ kind }) => kind === 'caughtUp'));
  for (let round = 1; round <= 12; round += 1) {
    // All of one write share their time; some of them come before the cut and some after it.
    await logs.write(`${round}a`, `${round}b`, `${round}b`);
    await log.until((all) => textsOf(all).includes(`${round}b`));
    logs.cut();
    await logs.write(`${round}c`);
  }
  await log.until((all) => textsOf(all).includes('12c'));
  expect(textsOf(log.told)).toEqual(logs.written.map(({ text }) => text));
});

test('W13 a restart of the container is said, with what ended it', async () => {
  await using logs = await startSimulatedLogs();
  const [pod] = logs.cluster.store.list('pods', logs.namespace);
  if (pod === undefined) throw new Error('there is no pod');
  const runOf = (status: unknown) => ({
    ...pod,
    status: { ...(pod['status'] as object), containerStatuses: [status] },
  });
  logs.cluster.store.put(runOf({ ...restarted, restartCount: 6 }));
  await using log = await following(logs);
  await log.until((all) => all.some(({ kind }) => kind === 'caughtUp'));
  await logs.write('before');
  await log.until((all) => textsOf(all).includes('before'));
  logs.cluster.store.put(runOf(restarted));
  logs.cut();
  await logs.write('after');
  await log.until((all) => textsOf(all).includes('after') && notesOf(all).length > 0);
  expect(notesOf(log.told)).toEqual([
    'Container app was started anew, after it ended: OOMKilled, exit code 137. What it wrote before is its previous log.',
  ]);
});

const restarted = {
  name: 'app',
  restartCount: 7,
  state: { running: {} },
  lastState: { terminated: { reason: 'OOMKilled', exitCode: 137 } },
};

test('W13 an instance that is gone ends its log with a word', async () => {
  await using logs = await startSimulatedLogs();
  await using log = await following(logs);
  await log.until((all) => all.some(({ kind }) => kind === 'caughtUp'));
  logs.cluster.store.remove('pods', logs.namespace, log.of.instance);
  logs.cut();
  await log.until(() => false);
  expect(notesOf(log.told)).toEqual(['This instance is gone, and its log with it.']);
});

test('W13 a reader that stops taking lines stops the peer, and nothing is lost', async () => {
  await using logs = await startSimulatedLogs();
  await using log = await following(logs);
  await log.until((all) => all.some(({ kind }) => kind === 'caughtUp'));
  const flood = Array.from({ length: 5_000 }, (_, index) => `${index} ${'x'.repeat(1_000)}`);
  await logs.write(...flood);
  await log.until((all) => textsOf(all).length === flood.length);
  expect(textsOf(log.told)).toEqual(flood);
});

test('the log of the run before the last restart is read, and its absence is the peer’s word', async () => {
  const previous = [{ at: 1_700_000_000_000, text: 'out of memory' }];
  for (const [kept, expected] of [
    [previous, ['out of memory']],
    [undefined, null],
  ] as const) {
    await using logs = await startSimulatedLogs(kept);
    await using session = await kubernetes.open(logs.settings, hostOf());
    const [first] = logs.cluster.store.list('pods', logs.namespace);
    const of = { namespace: logs.namespace, instance: first?.metadata.name ?? '', container: 'app' };
    const how = { previous: true, follow: true, sinceAt: null, lines: 10 };
    const told: LogPiece[] = [];
    const read = async (): Promise<string[]> => {
      for await (const pieces of session.logs?.read(of, how, patience()) ?? []) told.push(...pieces);
      return textsOf(told);
    };
    if (expected === null) await expect(read()).rejects.toThrow(/previous terminated container/);
    else expect(await read()).toEqual(expected);
  }
});

test('W14 a log that is followed is opened again after a sleep, and goes on where it was', async () => {
  const clock = createFakeClock(Date.now());
  await using logs = await startSimulatedLogs();
  await using session = await kubernetes.open(logs.settings, hostOf({}, clock));
  const [first] = logs.cluster.store.list('pods', logs.namespace);
  if (session.logs === undefined || first === undefined) throw new Error('there is no log to follow');
  const of = { namespace: logs.namespace, instance: first.metadata.name, container: 'app' };
  const stop = new AbortController();
  const told: LogPiece[] = [];
  await logs.write('before');
  const how = { previous: false, follow: true, sinceAt: null, lines: 100 };
  const reading = (async () => {
    for await (const pieces of session.logs?.read(of, how, stop.signal) ?? []) told.push(...pieces);
  })().catch(() => undefined);
  const follows = (): number =>
    logs.cluster.server.requests.filter(
      ({ path, query }) => path.endsWith('/log') && query.get('follow') === 'true',
    ).length;
  await expect.poll(follows, { timeout: 10_000 }).toBe(1);
  clock.sleepMachine(3 * 3_600_000);
  // Noticed within ten seconds; opened again after a pause.
  await expect
    .poll(
      async () => {
        await clock.advance(1_000);
        return follows();
      },
      { timeout: 10_000 },
    )
    .toBe(2);
  await logs.write('after');
  await expect.poll(() => textsOf(told), { timeout: 10_000 }).toEqual(['before', 'after']);
  expect(notesOf(told)).toEqual([
    'The log broke off and is opened again: This machine was asleep.',
    'The log goes on.',
  ]);
  stop.abort();
  await reading;
});
