import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ProgramGate } from '../../shared/connectors/kit/programs.ts';
import { createKubeClient, type KubeClient } from '../../shared/connectors/kube/client.ts';
import { readKubeconfig } from '../../shared/connectors/kube/kubeconfig.ts';
import { textAt } from '../../shared/connectors/kube/objects.ts';
import { createReach } from '../../shared/connectors/kube/reach.ts';
import { configMaps } from '../../shared/connectors/kube/resources.ts';
import type { ConnectionState } from '../../shared/model/connection.ts';
import { hostOf, realClock } from '../conformance/cluster.ts';
import { startConnectProxy } from '../support/connectProxy.ts';
import { startFaultProxy } from '../support/faultProxy.ts';
import { createTestProgram, credentialText, kubeconfigText } from '../support/loginProgram.ts';
import { runCommand } from './command.ts';
import { openConsole } from './console.ts';
import { readCoordinates } from './coordinates.ts';
import { createApiClient } from './start/api.ts';

const peers = readCoordinates();
const { url, caFile, tokens } = peers.kubernetes;
const admin = createApiClient(url, caFile, tokens.admin);
const authority = { 'certificate-authority': caFile };
const namespace = 'logins';
const limitMs = 60_000;
process.env['KUBERC'] = 'off';

const everything: ProgramGate = {
  searchPath: () => Promise.resolve({ folders: [], problem: null }),
  mustBeAllowed: () => undefined,
};
const soon = (): AbortSignal => AbortSignal.timeout(limitMs);

async function clientOf(
  server: string,
  user: Readonly<Record<string, unknown>>,
  cluster: Readonly<Record<string, unknown>> = authority,
  now: () => number = Date.now,
): Promise<KubeClient> {
  const { contexts } = await readKubeconfig({ text: kubeconfigText(server, user, cluster) });
  const [context] = contexts;
  if (context === undefined) throw new Error('the kubeconfig has no context');
  const reach = await createReach(context, now, everything);
  return createKubeClient(reach, context.name, [namespace], hostOf({}, realClock));
}

/** Whom the API server takes these credentials for. */
async function whoIs(client: KubeClient): Promise<unknown> {
  const path = '/apis/authentication.k8s.io/v1/selfsubjectreviews';
  const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
  const { status } = (await client.review(path, body, soon())) as { status: { userInfo: unknown } };
  return status.userInfo;
}

async function make(path: string, body: unknown): Promise<unknown> {
  const answer = await admin.call(path, { method: 'POST', body });
  if (answer.status >= 300)
    throw new Error(`making ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
}

const inNamespace = `/api/v1/namespaces/${namespace}`;
const metadata = (name: string): object => ({ metadata: { name } });

/** A token of the account that is good only while the Secret of this name is there. */
async function tokenWhile(secret: string): Promise<string> {
  await make(`${inNamespace}/secrets`, metadata(secret));
  const { body } = await admin.call(`${inNamespace}/secrets/${secret}`);
  const boundObjectRef = {
    apiVersion: 'v1',
    kind: 'Secret',
    name: secret,
    uid: textAt(body, 'metadata', 'uid'),
  };
  const asked = { spec: { expirationSeconds: 3600, boundObjectRef } };
  return textAt(await make(`${inNamespace}/serviceaccounts/sso/token`, asked), 'status', 'token') ?? '';
}

beforeAll(async () => {
  await make('/api/v1/namespaces', metadata(namespace));
  await make(`${inNamespace}/serviceaccounts`, metadata('sso'));
  const rbac = 'rbac.authorization.k8s.io';
  await make(`/apis/${rbac}/v1/clusterrolebindings`, {
    ...metadata('logins'),
    roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: 'tier-read' },
    subjects: [{ kind: 'ServiceAccount', name: 'sso', namespace }],
  });
});

afterAll(async () => {
  await admin.call('/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/logins', { method: 'DELETE' });
  await admin.call(`/api/v1/namespaces/${namespace}`, { method: 'DELETE' });
});

test('a token that the server stops taking while a watch runs is replaced by the login program, and no event is lost or doubled', async () => {
  using program = createTestProgram();
  await using proxy = await startFaultProxy({ port: Number(new URL(url).port) });
  program.gives(await tokenWhile('first'));
  const user = { exec: program.exec({ provideClusterInfo: true }) };
  await using client = await clientOf(`https://127.0.0.1:${proxy.port}`, user);
  const told: string[] = [];
  using view = client.watches.view(configMaps, {
    changed: (events) =>
      told.push(
        ...events
          .map(({ type, object }) => `${type} ${object.metadata.name}`)
          .filter((one) => one.includes('at-')),
      ),
    health: () => undefined,
  });
  await expect.poll(() => view.health.ok, { timeout: limitMs }).toBe(true);
  expect(await whoIs(client)).toMatchObject({ username: `system:serviceaccount:${namespace}:sso` });
  expect(program.told().spec).toMatchObject({
    cluster: {
      server: `https://127.0.0.1:${proxy.port}`,
      'certificate-authority-data': readFileSync(caFile).toString('base64'),
    },
  });
  const expected: string[] = [];
  const write = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i += 1) {
      const name = `at-${expected.length}`;
      await make(`${inNamespace}/configmaps`, metadata(name));
      expected.push(`added ${name}`);
    }
  };
  await write(20);
  const second = await tokenWhile('second');
  await admin.call(`${inNamespace}/secrets/first`, { method: 'DELETE' });
  // The server remembers tokens for ten seconds; what it says to others than Podium is when it stops.
  const old = createApiClient(
    url,
    caFile,
    textAt(JSON.parse(readFileSync(`${program.folder}/answer`, 'utf8')), 'status', 'token') ?? '',
  );
  await expect
    .poll(async () => (await old.call('/version')).status, { timeout: limitMs, interval: 500 })
    .toBe(401);
  expect(program.runs()).toBe(1);
  program.gives(second);
  await write(20);
  // Many ask at once, and the watch has to be opened anew with what they get.
  proxy.cut();
  const asked = Array.from({ length: 50 }, () => client.read(`${inNamespace}/configmaps/at-0`, soon()));
  await write(20);
  await Promise.all(asked);
  await expect.poll(() => told, { timeout: limitMs }).toEqual(expected);
  expect(program.runs()).toBe(2);
  expect(view.health.ok).toBe(true);
});

test('a login program that gives client certificates is known by them, and by the next one after it was renewed', async () => {
  using program = createTestProgram();
  const pki = join(peers.runDir, 'pki');
  const next = await certificateOf(pki, program.folder, 'viewer');
  const give = (clientCertificateData: string, clientKeyData: string, expiresAt: number): void =>
    program.prints(
      credentialText({
        clientCertificateData,
        clientKeyData,
        expirationTimestamp: new Date(expiresAt).toISOString(),
      }),
    );
  give(
    readFileSync(join(pki, 'admin.crt'), 'utf8'),
    readFileSync(join(pki, 'admin.key'), 'utf8'),
    Date.now() + 600_000,
  );
  let ahead = 0;
  await using client = await clientOf(url, { exec: program.exec() }, authority, () => Date.now() + ahead);
  expect(await whoIs(client)).toMatchObject({ username: 'admin' });
  give(next.cert, next.key, Date.now() + 3_600_000);
  expect(await whoIs(client)).toMatchObject({ username: 'admin' });
  ahead = 599_000;
  expect(await whoIs(client)).toMatchObject({ username: 'viewer' });
  expect(program.runs()).toBe(2);
});

test('certificates and tokens that are replaced on disk are taken up, half-written ones are not', async () => {
  using folder = createTestProgram();
  const pki = join(peers.runDir, 'pki');
  const next = await certificateOf(pki, folder.folder, 'viewer');
  const file = (name: string): string => join(folder.folder, name);
  copyFileSync(join(pki, 'admin.crt'), file('tls.crt'));
  copyFileSync(join(pki, 'admin.key'), file('tls.key'));
  let ahead = 0;
  const now = (): number => Date.now() + ahead;
  const user = { 'client-certificate': file('tls.crt'), 'client-key': file('tls.key') };
  await using client = await clientOf(url, user, authority, now);
  expect(await whoIs(client)).toMatchObject({ username: 'admin' });
  writeFileSync(file('tls.crt'), next.cert);
  ahead += 61_000;
  expect(await whoIs(client)).toMatchObject({ username: 'admin' });
  writeFileSync(file('tls.key'), next.key);
  ahead += 61_000;
  expect(await whoIs(client)).toMatchObject({ username: 'viewer' });

  writeFileSync(file('token'), tokens.viewer);
  await using byToken = await clientOf(url, { tokenFile: file('token') }, authority, now);
  expect(await whoIs(byToken)).toMatchObject({ username: 'viewer' });
  writeFileSync(file('token'), '');
  ahead += 61_000;
  expect(await whoIs(byToken)).toMatchObject({ username: 'viewer' });
  writeFileSync(file('token'), `${tokens['shop-viewer']}\n`);
  ahead += 61_000;
  expect(await whoIs(byToken)).toMatchObject({ username: 'shop-viewer' });
});

test('who acts as somebody else has their rights and no others, in every group that was named', async () => {
  const user = {
    token: tokens.admin,
    as: 'ana',
    'as-uid': 'u-7',
    'as-groups': ['shop-viewers', 'system:authenticated'],
    'as-user-extra': { 'example.com/Reason': ['looking', 'only'] },
  };
  await using client = await clientOf(url, user);
  expect(await whoIs(client)).toMatchObject({
    username: 'ana',
    uid: 'u-7',
    groups: expect.arrayContaining(['shop-viewers', 'system:authenticated']) as unknown,
    extra: { 'example.com/reason': ['looking', 'only'] },
  });
  await client.read('/api/v1/namespaces/shop/services', soon());
  await expect(client.read('/api/v1/namespaces/monitoring/services', soon())).rejects.toMatchObject({
    kind: 'forbidden',
    message: expect.stringMatching(/User "ana" cannot list resource "services"/) as unknown,
  });
  await using other = await clientOf(url, { ...user, as: 'bob', 'as-groups': ['viewers'] });
  await other.read('/api/v1/namespaces/monitoring/services', soon());
});

test('a proxy in between carries everything, watches too, and where it is gone that is said', async () => {
  const proxy = await startConnectProxy();
  {
    await using _ = proxy;
    const through = { ...authority, 'proxy-url': proxy.url };
    await using client = await clientOf(url, { token: tokens.admin }, through);
    using view = client.watches.view(configMaps, { changed: () => undefined, health: () => undefined });
    await expect.poll(() => view.health.ok, { timeout: limitMs }).toBe(true);
    await make(`${inNamespace}/configmaps`, metadata('proxied'));
    await expect
      .poll(() => [...view.all()].map(({ metadata: { name } }) => name), { timeout: limitMs })
      .toContain('proxied');
    expect(new Set(proxy.asked)).toEqual(new Set(['127.0.0.1:6443']));
  }
  const gone = { ...authority, 'proxy-url': proxy.url };
  await using client = await clientOf(url, { token: tokens.admin }, gone);
  await expect(client.read('/version', soon())).rejects.toMatchObject({ kind: 'unreachable' });
});

test('where no authority is named, those of the operating system count beside the runtime’s own', async () => {
  const env = { ...process.env, SSL_CERT_FILE: caFile, PODIUM_TRIED: url, PODIUM_TRIED_TOKEN: tokens.viewer };
  const script = join(import.meta.dirname, 'systemAuthority.ts');
  expect(await runCommand(process.execPath, [script], { timeLimitMs: limitMs, env })).toMatch(/^v1\.\d+/);
  await expect(
    runCommand(process.execPath, [script], {
      timeLimitMs: limitMs,
      env: { ...env, SSL_CERT_FILE: '/dev/null' },
    }),
  ).rejects.toThrow(/UNABLE_TO_VERIFY_LEAF_SIGNATURE/);
});

test('two contexts of one cluster are open at once, each with its own rights', async () => {
  await using console = await openConsole(peers);
  const isReady = ({ state, permissions }: ConnectionState): boolean =>
    state === 'open' && permissions.length > 0;
  const operator = await console.open('shop-operator', { namespaces: ['shop'] }, isReady);
  const viewer = await console.open('shop-viewer', { namespaces: ['shop'] }, isReady);
  const mayPatch = ({ permissions }: ConnectionState): unknown =>
    permissions.find(({ verb }) => verb === 'patch')?.allowed;
  expect([operator.user, mayPatch(operator)]).toEqual(['shop-operator', true]);
  expect([viewer.user, mayPatch(viewer)]).toEqual(['shop-viewer', false]);
  const signal = soon();
  for await (const states of await console.client.connections.watch(undefined, { signal })) {
    const live = states.filter(({ state, sources }) => state === 'open' && sources[0]?.state === 'live');
    if (live.length === 2) return;
  }
});

/** A certificate for a user of this name, signed by the run's authority. */
async function certificateOf(
  pki: string,
  folder: string,
  name: string,
): Promise<{ cert: string; key: string }> {
  const file = (ending: string): string => join(folder, `${name}.${ending}`);
  const openssl = (...args: string[]) => runCommand('openssl', args, { timeLimitMs: 20_000 });
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  await openssl(
    'req',
    ...curve,
    '-subj',
    `/O=${name}s/CN=${name}`,
    '-keyout',
    file('key'),
    '-out',
    file('csr'),
  );
  await openssl(
    ...['x509', '-req', '-in', file('csr'), '-CA', join(pki, 'ca.crt'), '-CAkey', join(pki, 'ca.key')],
    ...['-set_serial', '77', '-days', '1', '-out', file('crt')],
  );
  return { cert: readFileSync(file('crt'), 'utf8'), key: readFileSync(file('key'), 'utf8') };
}
