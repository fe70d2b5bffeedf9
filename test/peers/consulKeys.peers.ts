import { afterAll, beforeAll, expect, test } from 'vitest';
import { consul } from '../../shared/connectors/consul/connector.ts';
import type { Session } from '../../shared/connectors/kit/connector.ts';
import type { ConfigDocument } from '../../shared/model/config.ts';
import type { EditDocument } from '../../shared/model/operation.ts';
import { hostOf } from '../conformance/cluster.ts';
import { changeOf, guardsOf, signal } from '../conformance/weights.ts';
import { agentAlone } from './consulRun.ts';
import type { ConsulPeer } from './start/consul.ts';
import { consulTokens } from './start/consulShop.ts';

let peer: ConsulPeer;
let session: Session;

beforeAll(async () => {
  peer = await agentAlone();
  await peer.call('PUT', '/v1/kv/shop/payment/level', 'info');
  await peer.call('PUT', '/v1/kv/shop/payment/url', 'http://bank:1/?a=b\n# kept');
  await peer.call('PUT', '/v1/kv/shop/order/level', 'warn');
  session = await consul.open({ address: peer.url, token: consulTokens.operator }, hostOf());
});
afterAll(async () => {
  await session[Symbol.asyncDispose]();
  await peer[Symbol.asyncDispose]();
});

const service = { namespace: 'default', name: 'payment', hosts: [] };

function parts(of: Session) {
  const { config, configuration } = of;
  if (config === undefined || configuration === undefined) throw new Error('the session reads no keys');
  return { config, configuration };
}
async function folder(): Promise<ConfigDocument> {
  const [found] = await parts(session).configuration.read(service, signal);
  if (found === undefined) throw new Error('payment has no keys');
  return found;
}
const edit = (
  { document, revision }: ConfigDocument,
  set: Readonly<Record<string, string>>,
  remove: string[] = [],
): EditDocument => ({
  kind: 'editDocument',
  connectionId: document.connectionId,
  serviceId: null,
  document,
  revision,
  edit: { kind: 'entries', set: Object.entries(set).map(([key, value]) => ({ key, value })), remove },
  restart: [],
});
const values = async (): Promise<Record<string, string | null>> =>
  Object.fromEntries((await folder()).entries.map(({ key, value }) => [key, value]));

test('the keys of a service are read, found, changed all at once, and put back', async () => {
  const { config, configuration } = parts(session);
  const before = await values();
  expect(before).toEqual({ level: 'info', url: 'http://bank:1/?a=b\n# kept' });
  const { hits } = await configuration.search('bank', signal);
  expect(hits).toMatchObject([
    { document: { name: 'shop/payment' }, key: 'url', line: 'http://bank:1/?a=b' },
  ]);
  const operation = edit(await folder(), { level: 'debug', 'new/limit': '5 – fünf' }, ['url']);
  const plan = await config.plan(operation, signal);
  expect(guardsOf(plan)).toEqual({ access: 'pass', changed: 'pass' });
  expect(await values()).toEqual(before);
  await config.apply(plan, signal);
  expect(await values()).toEqual({ level: 'debug', 'new/limit': '5 – fünf' });
  expect(await config.verify(changeOf(plan), signal)).toMatchObject({ state: 'after' });
  await peer.call('PUT', '/v1/kv/shop/payment/other', 'of another');
  await config.apply(await config.planUndo(operation, plan.changes, signal), signal);
  expect(await values()).toEqual({ ...before, other: 'of another' });
  expect(await config.verify(changeOf(plan), signal)).toMatchObject({ state: 'before' });
  await peer.call('DELETE', '/v1/kv/shop/payment/other');
});

test('M02 a transaction of which one key moved changes none, and is told as a conflict', async () => {
  const { config } = parts(session);
  const plan = await config.plan(edit(await folder(), { level: 'debug', fresh: '1' }), signal);
  await peer.call('PUT', '/v1/kv/shop/payment/level', 'error');
  await expect(config.apply(plan, signal)).rejects.toMatchObject({ kind: 'conflict' });
  expect(await values()).toMatchObject({ level: 'error' });
  expect(await values()).not.toHaveProperty('fresh');
  const create = await config.plan(edit(await folder(), { fresh: '1' }), signal);
  await peer.call('PUT', '/v1/kv/shop/payment/fresh', 'of another');
  await expect(config.apply(create, signal)).rejects.toMatchObject({ kind: 'conflict' });
  expect(await values()).toMatchObject({ fresh: 'of another' });
});

test('a token that may not write keys is told before', async () => {
  await using viewer = await consul.open({ address: peer.url, token: consulTokens.viewer }, hostOf());
  const { config } = parts(viewer);
  const plan = await config.plan(edit(await folder(), { level: 'x' }), signal);
  expect(guardsOf(plan)).toMatchObject({ access: 'block' });
  await expect(config.apply(plan, signal)).rejects.toMatchObject({ kind: 'forbidden' });
});
