import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { consul } from '../../shared/connectors/consul/connector.ts';
import { eureka } from '../../shared/connectors/eureka/connector.ts';
import { sayError } from '../../shared/connectors/kit/peerError.ts';
import { kubernetes } from '../../shared/connectors/kubernetes/connector.ts';
import { createKubeClient } from '../../shared/connectors/kube/client.ts';
import { readKubeconfig } from '../../shared/connectors/kube/kubeconfig.ts';
import { createReach } from '../../shared/connectors/kube/reach.ts';
import { services } from '../../shared/connectors/kube/resources.ts';
import { hostOf } from '../conformance/cluster.ts';
import { startSimulatedCluster } from '../conformance/simulatedCluster.ts';
import { type Identity, issue } from '../../shared/rehearsal/certificate.ts';
import { kubeconfigText } from '../support/loginProgram.ts';
import { createFakeClock } from '../support/memoryPorts.ts';
import { startTlsFront } from '../support/tlsFront.ts';
import { eventually, isList, putService } from './watchHarness.ts';

process.env['KUBERC'] = 'off';
const hourMs = 3_600_000;
const minute = (at: number): string => new Date(at).toISOString().slice(0, 16).replace('T', ' ');
const ours = issue({ name: 'our-ca', isAuthority: true });
const theirs = issue({ name: 'their-ca', isAuthority: true });
const names = ['127.0.0.1'];
const good = issue({ name: 'good', by: ours, names });
const until = Date.now() - hourMs;
const from = Date.now() + hourMs;

const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** Everything that reaches a server by https, opened with an authority of ours and with a secret that only the right one may get. */
const ways = {
  async kubeconfig(server: string, authority: string) {
    const cluster = { 'certificate-authority-data': base64(authority) };
    const text = kubeconfigText(server, { token: 'the-secret' }, cluster);
    await kubernetes.open({ kubeconfig: { text }, context: 'cloud' }, hostOf());
  },
  async consul(address: string, authority: string) {
    await consul.open(consul.settings.parse({ address, authority, token: 'the-secret' }), hostOf());
  },
  async eureka(address: string, authority: string) {
    const headers = [{ name: 'authorization', value: 'Basic the-secret' }];
    await eureka.open(eureka.settings.parse({ address, authority, headers, within: '' }), hostOf());
  },
  async prometheus(url: string) {
    await using cluster = await startSimulatedCluster();
    await using session = await kubernetes.open(
      { ...cluster.settings, prometheus: { url, headers: [{ name: 'authorization', value: 'the-secret' }] } },
      hostOf(),
    );
    const found = await session.offers?.find(AbortSignal.timeout(10_000));
    const absent = found?.absent.find(({ connector }) => connector === 'prometheus');
    if (absent !== undefined) throw new Error(absent.detail);
  },
} as const;

/** What the operator reads when they try to connect. */
async function told(way: keyof typeof ways, address: string, authority = ours.cert): Promise<string> {
  return await ways[way](address, authority).then(
    () => 'connected',
    (error: unknown) => sayError(error, 'Connecting'),
  );
}

/** A server that counts what arrives, and answers every request so. */
async function startBehind(type: string, body: string, status = 200) {
  const requests: string[] = [];
  const server: Server = createServer((request, response) => {
    requests.push(String(request.headers.authorization ?? request.headers['x-consul-token']));
    response.writeHead(status, { 'content-type': type }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // listening on TCP
  return {
    requests,
    port,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

const wrong: Readonly<Record<string, { readonly identity: Identity; readonly words: RegExp }>> = {
  'has expired': {
    identity: issue({ name: 's', by: ours, names, until }),
    words: new RegExp(`expired at ${minute(until)} UTC; this computer’s clock says 20.*must renew it`),
  },
  'is not valid yet, as by a clock that is an hour off': {
    identity: issue({ name: 's', by: ours, names, from }),
    words: new RegExp(`valid only from ${minute(from)} UTC on; this computer’s clock says 20.*Set the clock`),
  },
  'bears another name': {
    identity: issue({ name: 's', by: ours, names: ['kubernetes.default.svc', '10.9.8.7'] }),
    words: /is for another name: kubernetes\.default\.svc, 10\.9\.8\.7\. Check the address/,
  },
  'is signed by somebody else': {
    identity: issue({ name: 's', by: theirs, names }),
    words: /not signed by an authority that is trusted here but by “their-ca”\. Is the certificate authority/,
  },
  'is signed by itself': {
    identity: issue({ name: 's', names }),
    words: /signed by nobody but itself \(SHA-256 (?:[0-9A-F]{2}:){31}[0-9A-F]{2}\)\. If its operator says/,
  },
};

test.each(Object.entries(wrong))(
  'C09 a certificate that %s is told with what it says and what to do, and nothing is sent to whoever shows it',
  async (_, { identity, words }) => {
    await using behind = await startBehind('application/json', '{}');
    await using front = await startTlsFront(behind, identity);
    for (const way of ['kubeconfig', 'consul', 'eureka'] as const) {
      const text = await told(way, front.url);
      expect(text).toMatch(words);
      expect(text).toContain(front.url);
    }
    // No authority can be named for it: it is one that nobody here vouches for, whatever else is wrong.
    expect(await told('prometheus', front.url)).toMatch(
      /not signed by an authority|signed by nobody but itself|expired|valid only/,
    );
    expect([front.heard, behind.requests]).toEqual([0, []]);
  },
);

test('C09 a server that speaks old TLS alone, or none, is told apart, and nothing is sent to either', async () => {
  await using behind = await startBehind('application/json', '{}');
  await using old = await startTlsFront(behind, good, {
    minVersion: 'TLSv1',
    maxVersion: 'TLSv1.1',
    ciphers: 'DEFAULT@SECLEVEL=0',
  });
  for (const way of ['kubeconfig', 'consul', 'eureka', 'prometheus'] as const) {
    expect(await told(way, old.url)).toMatch(/no longer safe \(1\.1 or older\).*TLS 1\.2 or 1\.3/);
    expect(await told(way, `https://127.0.0.1:${behind.port}`)).toMatch(
      /does not speak TLS\. If it is meant.*begins with http:.*unencrypted/,
    );
  }
  expect([old.heard, behind.requests]).toEqual([0, []]);
});

test('C09 a server that speaks TLS and is asked without says so itself, and is told so', async () => {
  await using nginx = await startBehind('text/html', 'The plain HTTP request was sent to HTTPS port', 400);
  await using apiServer = await startBehind(
    'text/plain',
    'Client sent an HTTP request to an HTTPS server.',
    400,
  );
  for (const { port } of [nginx, apiServer])
    for (const way of ['kubeconfig', 'consul', 'eureka', 'prometheus'] as const)
      expect(await told(way, `http://127.0.0.1:${port}`)).toMatch(/speaks TLS.*begins with https:/);
});

test('C09 a login page behind a good certificate is no peer, and no empty cluster', async () => {
  await using portal = await startBehind('text/html', '<!doctype html><form>Sign in to the Wi-Fi</form>');
  await using front = await startTlsFront(portal, good);
  expect(await told('kubeconfig', front.url)).toMatch(/not a Kubernetes API: .* got 200 with text\/html/);
  expect(await told('consul', front.url)).toMatch(/not Consul/);
  expect(await told('eureka', front.url)).toMatch(/not JSON; is this a Eureka server\?/);
});

test('C09 a certificate that is replaced during a watch is taken when it is good; a bad one is told, and the map stays', async () => {
  const clock = createFakeClock();
  await using cluster = await startSimulatedCluster();
  await using front = await startTlsFront({ port: Number(new URL(cluster.server.url).port) }, good);
  const text = kubeconfigText(
    front.url,
    { token: 'admin' },
    { 'certificate-authority-data': base64(ours.cert) },
  );
  const [context] = (await readKubeconfig({ text })).contexts;
  if (context === undefined) throw new Error('there is no context');
  await using client = createKubeClient(
    await createReach(context, clock.now),
    'cloud',
    null,
    hostOf({}, clock),
  );
  putService(cluster, 'catalog');
  const told: string[] = [];
  using view = client.watches.view(services, {
    changed: (events) =>
      void told.push(...events.map(({ type, object }) => `${type} ${object.metadata.name}`)),
    health: () => undefined,
  });
  await eventually(() => expect(told).toEqual(['added catalog']));
  const moved = async (expected: () => void): Promise<void> =>
    await eventually(async () => {
      await clock.advance(1_000);
      expected();
    });

  front.shows(issue({ name: 'renewed', by: ours, names }));
  front.cut();
  putService(cluster, 'refunds');
  await moved(() => expect(told).toEqual(['added catalog', 'added refunds']));
  await moved(() => expect(view.health.ok).toBe(true));

  front.shows(issue({ name: 'forgotten', by: ours, names, until }));
  const { heard } = front;
  front.cut();
  putService(cluster, 'ledger');
  await moved(() => expect(view.health).toMatchObject({ ok: false }));
  await moved(() =>
    expect(view.health).toMatchObject({ error: expect.stringMatching(/expired at/) as unknown }),
  );
  expect([...view.all()].map(({ metadata }) => metadata.name)).toEqual(['catalog', 'refunds']);
  expect(front.heard).toBe(heard);

  front.shows(good);
  await moved(() => expect(told).toEqual(['added catalog', 'added refunds', 'added ledger']));
  const lists = cluster.server.requests.filter((one) => isList(one) && one.resource === 'services');
  // The copy went on from where it was; only whether the server is as far was asked.
  expect(lists.filter(({ query }) => query.get('limit') !== '1')).toHaveLength(1);
});

test('a connection that is used again gets no listener more for each request', async () => {
  await using cluster = await startSimulatedCluster();
  await using front = await startTlsFront({ port: Number(new URL(cluster.server.url).port) }, good);
  const authority = { 'certificate-authority-data': base64(ours.cert) };
  const text = kubeconfigText(front.url, { token: 'admin' }, authority);
  const [context] = (await readKubeconfig({ text })).contexts;
  if (context === undefined) throw new Error('there is no context');
  await using client = createKubeClient(await createReach(context, Date.now), 'cloud', null, hostOf());
  const warnings: string[] = [];
  const note = ({ name }: Error): void => void warnings.push(name);
  process.on('warning', note);
  try {
    for (let asked = 0; asked < 15; asked += 1) await client.read('/version', AbortSignal.timeout(10_000));
    // Warnings are told after what is under way.
    await new Promise((resolve) => setImmediate(resolve));
  } finally {
    process.off('warning', note);
  }
  expect(warnings).not.toContain('MaxListenersExceededWarning');
});
