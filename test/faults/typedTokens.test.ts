import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { consul } from '../../shared/connectors/consul/connector.ts';
import { createSettingsKeeper } from '../../shared/core/settings.ts';
import { createTypedConnections, type TypedConnections } from '../../shared/core/typedConnections.ts';
import { defaultSettings, type Settings } from '../../shared/model/settings.ts';
import { createMemoryVault } from '../../shared/node/vault.ts';
import { hostOf } from '../conformance/cluster.ts';

/** As much of a Consul as opening needs; notes what every request carried. */
interface Listener extends AsyncDisposable {
  readonly url: string;
  readonly requests: { readonly path: string; readonly token: string | null; readonly text: string }[];
}

const said: Readonly<Record<string, unknown>> = {
  '/v1/status/leader': '127.0.0.1:8300',
  '/v1/catalog/datacenters': ['dc1'],
  '/v1/agent/self': { Config: { Datacenter: 'dc1', Version: '1.20.5' } },
};

async function listen(): Promise<Listener> {
  const requests: Listener['requests'] = [];
  const server = createServer((request, response) => {
    const path = (request.url ?? '').split('?')[0] ?? '';
    const token = request.headers['x-consul-token'];
    requests.push({
      path,
      token: typeof token === 'string' ? token : null,
      text: `${request.url} ${JSON.stringify(request.rawHeaders)}`,
    });
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(said[path] ?? []));
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function typedConnections(
  stored: Partial<Settings> = {},
  vault = createMemoryVault('this is a test'),
): Promise<TypedConnections> {
  const settings = await createSettingsKeeper({
    settings: {
      read: () => Promise.resolve({ ...defaultSettings, ...stored }),
      write: () => Promise.resolve(),
    },
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
  });
  return createTypedConnections([consul], settings, vault);
}

async function openBy(typed: TypedConnections, values: Record<string, string>): Promise<void> {
  const asked = { connector: 'consul', title: 'shop', values };
  const { connector, settings } = typed.read(asked);
  await using _session = await connector.open(settings, hostOf());
  await typed.remember(asked);
}

const token = '7f3e9c1a-0000-4000-8000-00000000c0de';

test('C07 a connection whose address is edited to another origin sends its old token nowhere', async () => {
  await using first = await listen();
  await using second = await listen();
  const typed = await typedConnections();
  await openBy(typed, { address: first.url, token });
  expect(first.requests.length).toBeGreaterThan(3);
  expect(new Set(first.requests.map((one) => one.token))).toEqual(new Set([token]));

  const before = first.requests.length;
  await openBy(typed, { address: second.url });
  expect(second.requests.length).toBeGreaterThan(3);
  expect(second.requests.map(({ text }) => text).join()).not.toContain(token);
  // And what was forgotten stays so: the way back asks for it anew.
  await openBy(typed, { address: first.url });
  const later = first.requests.slice(before);
  expect(later.length).toBeGreaterThan(3);
  expect(later.map(({ text }) => text).join()).not.toContain(token);
});

test('C07 a token that is not typed again is sent to the same origin as before', async () => {
  await using first = await listen();
  const typed = await typedConnections();
  await openBy(typed, { address: first.url, token });
  const before = first.requests.length;
  await openBy(typed, { address: `${first.url}/`, datacenter: 'dc1' });
  expect(new Set(first.requests.slice(before).map((one) => one.token))).toEqual(new Set([token]));
});

test('C07 a token that this computer keeps is sent after a restart to its own origin, and to no other', async () => {
  await using first = await listen();
  await using second = await listen();
  const vault = createMemoryVault('this is a test');
  const of = { connector: 'consul', title: 'shop' };
  await (
    await typedConnections({}, vault)
  ).remember({ ...of, values: { address: first.url, token }, keep: true });

  const remembered = [{ ...of, values: { address: second.url }, secrets: ['token'], keep: true }];
  const moved = await typedConnections({ remembered }, vault);
  await moved.recall();
  await openBy(moved, { address: second.url });
  expect(second.requests.length).toBeGreaterThan(3);
  expect(second.requests.map(({ text }) => text).join()).not.toContain(token);

  await (
    await typedConnections({}, vault)
  ).remember({ ...of, values: { address: first.url, token }, keep: true });
  const back = await typedConnections(
    { remembered: [{ ...of, values: { address: first.url }, secrets: ['token'], keep: true }] },
    vault,
  );
  await back.recall();
  await openBy(back, { address: first.url });
  expect(new Set(first.requests.map((one) => one.token))).toEqual(new Set([token]));
});
