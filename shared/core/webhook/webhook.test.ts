import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { createMemoryPorts } from '../../../test/support/memoryPorts.ts';
import { recordOf, rungOf } from '../../../test/support/records.ts';
import { startWebhookServer, type WebhookServer } from '../../../test/support/webhookServer.ts';
import { PeerError } from '../../connectors/kit/peerError.ts';
import type { OperationRecord } from '../../model/record.ts';
import type { WebhookProof } from '../../model/webhook.ts';
import { createJournal } from '../journal.ts';
import type { Ports } from '../ports.ts';
import { createSettingsKeeper } from '../settings.ts';
import { createWebhook, mostWaiting } from './webhook.ts';

/** For machines that are slow or busy. */
const patient = { timeout: 12_000 };
const secret = 'correct horse battery';
const path = '/services/T024/B099/veryLongAndSecret';

/** A journal whose operations are told to a real server. */
async function startTelling(
  proof: WebhookProof = 'signature',
  prepare: 'set' | 'unset' = 'set',
  more: Partial<Ports> = {},
) {
  const server = await startWebhookServer();
  const logged: unknown[] = [];
  const keep = (...said: unknown[]): void => void logged.push(said);
  const ports = createMemoryPorts({ log: { info: keep, warn: keep, error: keep }, ...more });
  const journal = createJournal(ports);
  const settings = await createSettingsKeeper(ports);
  const webhook = createWebhook({ journal, settings, ports, service: () => null });
  if (prepare === 'set') await webhook.set({ address: `${server.url}${path}`, proof, secret });
  return {
    set: ({ url }: WebhookServer) => webhook.set({ address: `${url}${path}`, proof, secret }),
    ids: ({ heard } = server) => heard.map(({ message }) => message().operation?.id),
    server,
    ports,
    journal,
    settings,
    webhook,
    logged,
    async write(more: Partial<OperationRecord> = {}): Promise<void> {
      await journal.append(recordOf({ at: ports.clock.now(), state: 'writing', ...more }));
      await journal.update(more.id ?? 'o1', (now) => ({ ...now, state: 'written' }));
    },
    told: async (id = 'o1') => (await journal.read(id))?.told ?? null,
    outcomes: () => server.heard.map(({ message }) => message().outcome),
    async [Symbol.asyncDispose]() {
      webhook[Symbol.dispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

test('an operation is told when it is written and when it is proven, signed, and nothing of its documents with it', async () => {
  await using here = await startTelling();
  const document = { before: { password: 'hunter2' }, after: { replicas: 77_123 } };
  await here.write({
    changes: [document as never],
    reason: 'errors <!channel> @here\u202e',
    title: 'Shift payment',
  });
  await expect.poll(() => here.told(), patient).toMatchObject({ outcome: 'begun', problem: null });
  await here.journal.update('o1', (now) => ({ ...now, rungs: [rungOf('measured', 'seen')] }));
  await expect.poll(() => here.told(), patient).toMatchObject({ outcome: 'done', problem: null });
  expect(here.outcomes()).toEqual(['begun', 'done']);
  const [first] = here.server.heard;
  expect(first?.message()).toMatchObject({
    version: 1,
    kind: 'operation',
    text: 'Shift payment – begun, by ana on shop-prod (production): errors ‹!channel› @\u200bhere',
    operation: { id: 'o1', kind: 'setWeights', title: 'Shift payment', undoes: null },
    by: 'ana',
    connection: { title: 'shop-prod', environment: 'production' },
  });
  for (const { body, headers } of here.server.heard) {
    expect(headers['x-podium-signature-256']).toBe(
      `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
    );
    expect(headers.authorization).toBeUndefined();
    expect(body).not.toMatch(/hunter2|77123/);
    expect(body.length).toBeLessThan(4_000);
  }
});

test('an Authorization header is sent as it was given', async () => {
  await using here = await startTelling('authorization');
  expect(await here.webhook.test()).toMatchObject({ ok: true });
  expect(here.server.heard[0]).toMatchObject({ path, headers: { authorization: secret } });
  expect(here.server.heard[0]?.message()).toMatchObject({ kind: 'test', operation: null, outcome: null });
});

test('who cannot take it now is asked again, later each time, and told once', async () => {
  await using here = await startTelling();
  here.server.answers({ status: 503 });
  await here.write();
  for (const [times, pauseMs] of [
    [1, 2_000],
    [2, 10_000],
  ] as const) {
    await expect.poll(() => here.server.heard.length, patient).toBe(times);
    if (times === 2) here.server.answers({ status: 200 });
    // It sleeps as soon as it has read the answer.
    await expect
      .poll(async () => {
        await here.ports.clock.advance(pauseMs);
        return here.server.heard.length;
      }, patient)
      .toBe(times + 1);
  }
  await expect.poll(() => here.told(), patient).toMatchObject({ outcome: 'begun', problem: null });
});

test('a webhook that never takes it is given up, and the operation goes on and says so', async () => {
  await using here = await startTelling();
  here.server.answers({ status: 500, text: `no ${path} with ${secret}` });
  await here.write();
  await expect
    .poll(async () => {
      await here.ports.clock.advance(30_000);
      return (await here.told())?.problem;
    }, patient)
    .toMatch(/^The webhook was not told: 500 “no … with …” after \d+ ms \(tried 4 times\)$/);
  expect(here.server.heard).toHaveLength(4);
  expect(await here.journal.read('o1')).toMatchObject({ state: 'written', error: null });
});

test.for([
  { status: 404, said: /: 404 after/ },
  { status: 302, said: /answers with a redirect \(302\)/ },
])('$status is not asked again', async ({ status, said }) => {
  await using here = await startTelling();
  here.server.answers({ status, headers: { location: 'http://127.0.0.1:1/' } });
  await here.write();
  await expect.poll(async () => (await here.told())?.problem, patient).toMatch(said);
  expect(here.server.heard).toHaveLength(1);
});

test('more than can wait are not told, each says so, and no write waits for any', async () => {
  await using here = await startTelling();
  here.server.answers(null);
  for (let i = 0; i < mostWaiting + 2; i += 1) await here.write({ id: `o${i}` });
  expect((await here.webhook.read()).waiting).toBe(mostWaiting);
  await expect
    .poll(async () => (await here.told(`o${mostWaiting + 1}`))?.problem, patient)
    .toBe(`The webhook was not told: ${mostWaiting} messages wait to be sent already`);
  expect(await here.told('o5')).toBeNull();
  expect(await here.journal.read('o5')).toMatchObject({ state: 'written' });
});

test('neither the address nor the secret is in the settings, in the log, in the journal or in what a window reads', async () => {
  await using here = await startTelling('authorization');
  here.server.answers({ status: 400, text: `${here.server.url}${path} ${secret}` });
  await here.write();
  await expect.poll(async () => (await here.told())?.problem, patient).toMatch(/ 400 “/);
  const { said } = await here.webhook.test();
  const all = [here.settings.current, here.logged, await here.journal.list({ limit: 9 }), said];
  const text = JSON.stringify([...all, await here.webhook.read()]);
  expect(text).not.toContain(secret);
  expect(text).not.toContain('veryLongAndSecret');
  expect(text).toContain(here.server.url);
});

test('a failure that repeats what was to be sent is told without it', async () => {
  const postWebhook: Ports['postWebhook'] = ({ address, headers }) =>
    Promise.reject(new PeerError('refused', `${headers['authorization']} does not go to ${address}`));
  await using here = await startTelling('authorization', 'set', { postWebhook });
  await here.write();
  await expect.poll(async () => (await here.told())?.problem, patient).toMatch(/does not go to/);
  const all = JSON.stringify([await here.webhook.test(), await here.told(), here.logged]);
  expect(all).not.toContain(secret);
  expect(all).not.toContain('veryLongAndSecret');
});

test('what was done before it was set is not told, nor what is done after it was forgotten', async () => {
  await using here = await startTelling();
  await here.write({ id: 'early', at: here.ports.clock.now() - 1 });
  await here.write({ id: 'now' });
  await expect.poll(() => here.told('now'), patient).not.toBeNull();
  await here.webhook.forget();
  await here.write({ id: 'late' });
  expect(await here.ports.vault.read('webhook')).toBeNull();
  await here.ports.clock.advance(1);
  await here.set(here.server);
  await here.write({ id: 'after' });
  // They are told one after the other: what else was to be told came before.
  await expect.poll(() => here.told('after'), patient).not.toBeNull();
  expect(here.ids()).toEqual(['now', 'after']);
});

test('what waits when another address is set is told to neither, and says so', async () => {
  await using here = await startTelling();
  await using other = await startWebhookServer();
  here.server.answers({ status: 503 });
  await here.write();
  await expect.poll(() => here.server.heard.length, patient).toBe(1);
  await here.ports.clock.advance(1);
  await here.set(other);
  await expect
    .poll(async () => {
      await here.ports.clock.advance(2_000);
      return (await here.told())?.problem;
    }, patient)
    .toBe('The webhook was not told: it was set anew before this could be told');
  await here.write({ id: 'later' });
  await expect.poll(() => here.told('later'), patient).toMatchObject({ problem: null });
  expect([here.ids(), here.ids(other)]).toEqual([['o1'], ['later']]);
});

test('what waited when Podium was closed says so at its next start, and what was told does not', async () => {
  await using here = await startTelling();
  await here.write({ id: 'told' });
  await expect.poll(() => here.told('told'), patient).toMatchObject({ problem: null });
  here.server.answers(null);
  await here.write({ id: 'asked' });
  await here.write({ id: 'waiting' });
  await here.write({ id: 'undone' });
  await here.journal.update('undone', (now) => ({ ...now, undoneBy: 'o2' }));
  await expect.poll(() => here.server.heard.length, patient).toBe(2);
  here.webhook[Symbol.dispose]();
  const { ports } = here;
  await ports.clock.advance(1);
  const [journal, settings] = [createJournal(ports), await createSettingsKeeper(ports)];
  using _again = createWebhook({ journal, settings, ports, service: () => null });
  for (const id of ['asked', 'waiting', 'undone'])
    await expect
      .poll(() => here.told(id), patient)
      .toMatchObject({
        outcome: 'begun',
        problem: 'The webhook was not told: Podium was closed before it could be told',
      });
  expect(await here.told('told')).toMatchObject({ problem: null });
});

test.for([
  ['a word of the secret', 'key s3cr3t/w0rd+1 is bad'],
  ['a word of the secret, encoded', 'key s3cr3t%2Fw0rd%2B1 is bad'],
  ['a word of the secret, encoded in lower case', 'key s3cr3t%2fw0rd%2b1 is bad'],
  ['a value of the address', 'hook q1%2Fw2e3r4 is bad'],
  ['a value of the address, decoded', 'hook q1/w2e3r4 is bad'],
  ['a part of the path, decoded', 'hook pa/th5678 is bad'],
  ['what looks like a secret', 'sent Bearer abcdefgh12345678'],
])('%s is neither shown nor kept when it is repeated', async ([, text]) => {
  await using here = await startTelling('none', 'unset');
  const address = `${here.server.url}/hooks/pa%2Fth5678?hook=q1%2Fw2e3r4`;
  await here.webhook.set({ address, proof: 'authorization', secret: 'Key s3cr3t/w0rd+1' });
  here.server.answers({ status: 400, text: text ?? '' });
  await here.write();
  await expect.poll(async () => (await here.told())?.problem, patient).toMatch(/ 400 “/);
  const all = JSON.stringify([await here.webhook.test(), await here.told(), here.logged]);
  expect(all).not.toMatch(/w0rd|w2e3r4|th5678|abcdefgh/);
});

test.for([
  ['http://hooks.example.com/x', 'Without encryption only this machine'],
  ['http://127.0.0.1.example.com/x', 'Without encryption only this machine'],
  ['https://ana:pw@hooks.example.com', 'carries a user name'],
  ['ftp://hooks.example.com', 'no http or https address'],
  ['hooks.example.com', 'no http or https address'],
])('%s is not taken', async ([address, why]) => {
  await using here = await startTelling('none', 'unset');
  const set = here.webhook.set({ address: address ?? '', proof: 'none', secret: '' });
  await expect(set).rejects.toThrow(why);
  expect(here.settings.current.sharing.webhook).toBeNull();
});

test('a secret that is too short, or that no header can carry, is not taken', async () => {
  await using here = await startTelling('none', 'unset');
  const address = 'https://hooks.example.com';
  await expect(here.webhook.set({ address, proof: 'signature', secret: 'short' })).rejects.toThrow(
    'too short',
  );
  await expect(
    here.webhook.set({ address, proof: 'authorization', secret: 'Bearer a\r\nHost: b' }),
  ).rejects.toThrow('no header can carry');
});

test('an address that is not kept any more is asked for, and nothing is sent', async () => {
  await using here = await startTelling();
  await here.ports.vault.forget('webhook');
  expect(await here.webhook.read()).toMatchObject({ isKept: false, setting: { proof: 'signature' } });
  await expect(here.webhook.test()).rejects.toThrow('not kept here any more');
  await here.write();
  await expect.poll(async () => (await here.told())?.problem, patient).toMatch(/Give it again in Settings/);
});
