import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { PeerError } from '../../shared/connectors/kit/peerError.ts';
import type { ProgramGate } from '../../shared/connectors/kit/programs.ts';
import { createKubeClient, type KubeClient } from '../../shared/connectors/kube/client.ts';
import { readKubeconfig } from '../../shared/connectors/kube/kubeconfig.ts';
import { createReach } from '../../shared/connectors/kube/reach.ts';
import { services } from '../../shared/connectors/kube/resources.ts';
import type { LoginProgram } from '../../shared/model/program.ts';
import { hostOf } from '../conformance/cluster.ts';
import { startSimulatedCluster } from '../conformance/simulatedCluster.ts';
import { createTestProgram, credentialText, kubeconfigText } from '../support/loginProgram.ts';
import { createFakeClock } from '../support/memoryPorts.ts';
import { eventually, isList, isWatch, putService } from './watchHarness.ts';

process.env['KUBERC'] = 'off';

/** Lets every program be run, and keeps what it was asked. */
function everything(): ProgramGate & { readonly asked: LoginProgram[] } {
  const asked: LoginProgram[] = [];
  return {
    asked,
    searchPath: () => Promise.resolve({ folders: ['/usr/bin', '/bin'], problem: null }),
    mustBeAllowed: (program) => void asked.push(program),
  };
}

async function contextOf(text: string) {
  const { contexts } = await readKubeconfig({ text });
  const [context] = contexts;
  if (context === undefined) throw new Error('the kubeconfig has no context');
  return context;
}

async function clientOf(
  server: string,
  exec: Readonly<Record<string, unknown>>,
  { gate = everything(), clock = createFakeClock() } = {},
): Promise<KubeClient> {
  const reach = await createReach(await contextOf(kubeconfigText(server, { exec })), clock.now, gate);
  return createKubeClient(reach, 'cloud', null, hostOf({}, clock));
}

const soon = (): AbortSignal => AbortSignal.timeout(20_000);
const nowhere = 'http://127.0.0.1:9';
const failureOf = async (exec: Readonly<Record<string, unknown>>): Promise<PeerError> => {
  await using client = await clientOf(nowhere, exec);
  const error: unknown = await client.read('/version', soon()).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof PeerError)) throw new Error(`no PeerError but ${String(error)}`);
  return error;
};

test('C03 what a login program answers wrongly is told by its name, and nothing of it is repeated', async () => {
  using program = createTestProgram();
  const cases: [text: string, words: RegExp][] = [
    ['', /cloud-login printed nothing/],
    ['{"kind": "ExecCred', /not JSON/],
    ['["eyJhbGciOiJSUzI1NiJ9"]', /no ExecCredential/],
    [credentialText({ token: 't0psecret' }, 'v1beta1'), /another version than it was asked for \(.*\/v1\)/],
    [credentialText({}), /neither a token nor a client certificate/],
    [credentialText({ token: 'two\nlines' }), /characters that no header may hold/],
    [credentialText({ clientCertificateData: '-----BEGIN CERTIFICATE-----' }), /without a key/],
    [credentialText({ token: 't0psecret', expirationTimestamp: 'soon' }), /expiry that is not a time/],
    [
      credentialText({ token: 't0psecret', expirationTimestamp: '2020-01-01T00:00:00Z' }),
      /expired at 2020-01-01.*clock right/,
    ],
  ];
  for (const [text, words] of cases) {
    program.prints(text);
    const error = await failureOf(program.exec());
    expect(error.message).toMatch(words);
    expect(error.message).not.toMatch(/t0psecret|eyJ/);
  }
});

test('C03 a program that fails is told with its exit code and the end of its complaint, without the secrets in it', async () => {
  using program = createTestProgram();
  program.becomes(
    'printf "\\033]0;x\\007refused: password=hunter2 token eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhbmEifQ.c2ln, sso session is over\\n" >&2; exit 7',
  );
  const { message } = await failureOf(program.exec());
  expect(message).toMatch(/cloud-login ended with exit code 7, and said: .*sso session is over/);
  expect(message).not.toMatch(/hunter2|eyJ|\p{Cc}/u);
});

test('C03 a program that complains of what it was started with repeats no value of that', async () => {
  using program = createTestProgram();
  const long = 'AQoDYXdzEJr1K6oxUhnNcx3F9s8ZpQwE7RtYuIoPaSdF';
  program.becomes(`echo "refused: $1 for $CLOUD_ACCOUNT by ${long} in eu-west-1" >&2; exit 1`);
  const { message } = await failureOf(
    program.exec({
      args: ['--user-pin=4711 0815 4711 0815'],
      env: [{ name: 'CLOUD_ACCOUNT', value: 'correct horse battery staple' }],
    }),
  );
  expect(message).toMatch(
    /said: refused: --user-pin=\[redacted\] for \[redacted\] by \[redacted\] in eu-west-1/,
  );
});

test('C03 what a program floods is cut off, and what it leaves behind is ended with it', async () => {
  using program = createTestProgram();
  program.becomes('sh -c "echo \\$\\$ > left; exec yes flood"');
  expect((await failureOf(program.exec())).message).toMatch(/printed more than 1 MiB and was stopped/);
  const left = Number(readFileSync(join(program.folder, 'left'), 'utf8'));
  await eventually(() => expect(() => process.kill(left, 0)).toThrow(/ESRCH/));
});

test('C03 a program that hangs is ended when its connection is closed', async () => {
  using program = createTestProgram();
  program.becomes('echo $$ > left; exec sleep 600');
  const client = await clientOf(nowhere, program.exec());
  const asked = client.read('/version', soon()).catch((error: unknown) => error);
  await eventually(() => expect(program.runs()).toBe(1));
  await eventually(() => expect(existsSync(join(program.folder, 'left'))).toBe(true));
  await client[Symbol.asyncDispose]();
  const left = Number(readFileSync(join(program.folder, 'left'), 'utf8'));
  await eventually(() => expect(() => process.kill(left, 0)).toThrow(/ESRCH/));
  await asked;
});

test('C03 a program that asks a question gets no answer, and none that insists on a terminal is run', async () => {
  using program = createTestProgram();
  program.becomes('read -r answer || { echo "no terminal" >&2; exit 3; }; cat answer');
  expect((await failureOf(program.exec())).message).toMatch(/exit code 3, and said: no terminal/);
  const insisting = await contextOf(
    kubeconfigText(nowhere, { exec: program.exec({ interactiveMode: 'Always' }) }),
  );
  expect(insisting.problem).toMatch(/cloud-login insists on a terminal \(interactiveMode Always\)/);
  const silent = program.exec({ interactiveMode: null });
  expect((await contextOf(kubeconfigText(nowhere, { exec: silent }))).problem).toMatch(/interactiveMode/);
  const old = program.exec({ apiVersion: 'client.authentication.k8s.io/v1alpha1' });
  expect((await contextOf(kubeconfigText(nowhere, { exec: old }))).problem).toMatch(/v1alpha1.*v1beta1/);
});

test('C03 a program that is not there is told with where it was looked for and what its kubeconfig advises', async () => {
  const missing = { apiVersion: 'client.authentication.k8s.io/v1beta1', command: 'no-such-login' };
  const { message } = await failureOf({ ...missing, installHint: 'Get it from the\u001b[31m wiki.' });
  expect(message).toMatch(/no-such-login is not installed.*looked for in \/usr\/bin, \/bin/);
  expect(message).toMatch(/The kubeconfig says: Get it from the \[31m wiki/);
});

test('C03 a program calls others by name from where it was itself looked for', async () => {
  using program = createTestProgram();
  program.gives('admin');
  program.becomes('exec cloud-token');
  writeFileSync(join(program.folder, 'cloud-token'), '#!/bin/sh\ncat answer\n', { mode: 0o755 });
  await using cluster = await startSimulatedCluster();
  const folders = [program.folder, '/usr/bin', '/bin'];
  const gate = { ...everything(), searchPath: () => Promise.resolve({ folders, problem: null }) };
  await using client = await clientOf(cluster.server.url, program.exec({ command: 'cloud-login' }), { gate });
  await client.read('/version', soon());
  expect(program.runs()).toBe(1);
});

test('C03 what is meant for Podium’s own runtime is not handed on to a program', async () => {
  using program = createTestProgram();
  program.becomes('env > told; exit 1');
  vi.stubEnv('NODE_OPTIONS', '--require=/tmp/other.js');
  vi.stubEnv('ELECTRON_RUN_AS_NODE', '1');
  vi.stubEnv('PODIUM_DATA', '/data');
  vi.stubEnv('AWS_PROFILE', 'prod');
  try {
    await failureOf(program.exec({ env: [{ name: 'NODE_EXTRA_CA_CERTS', value: '/ca.pem' }] }));
  } finally {
    vi.unstubAllEnvs();
  }
  const told = readFileSync(join(program.folder, 'told'), 'utf8').split('\n');
  expect(told.filter((line) => /^(NODE_|ELECTRON_|PODIUM_|npm_)/.test(line))).toEqual([
    'NODE_EXTRA_CA_CERTS=/ca.pem',
  ]);
  expect(told).toContain('AWS_PROFILE=prod');
});

test('C03 the cluster is told to the program where it asks for that, and only there', async () => {
  using program = createTestProgram();
  program.gives('admin');
  await using cluster = await startSimulatedCluster();
  await using plain = await clientOf(cluster.server.url, program.exec());
  await plain.read('/version', soon());
  expect(program.told().spec).toEqual({ interactive: false });
  await using told = await clientOf(cluster.server.url, program.exec({ provideClusterInfo: true }));
  await told.read('/version', soon());
  expect(program.told().spec).toEqual({ interactive: false, cluster: { server: cluster.server.url } });
});

test('C02 what is allowed names the whole path, the file’s hash, arguments and environment, and moves with each', async () => {
  using program = createTestProgram();
  using shadow = createTestProgram();
  program.gives('admin');
  shadow.gives('admin');
  await using cluster = await startSimulatedCluster();
  const ask = async (exec: Readonly<Record<string, unknown>>, folders: readonly string[]) => {
    const gate = { ...everything(), searchPath: () => Promise.resolve({ folders, problem: null }) };
    await using client = await clientOf(cluster.server.url, exec, { gate });
    await client.read('/version', soon());
    const [asked] = gate.asked;
    if (asked === undefined) throw new Error('nobody was asked');
    return asked;
  };
  const exec = program.exec({
    command: 'cloud-login',
    args: ['get-token'],
    env: [{ name: 'P', value: 'a' }],
  });
  const first = await ask(exec, [program.folder]);
  expect(first).toMatchObject({ path: program.path, args: ['get-token'], env: [{ name: 'P', value: 'a' }] });
  expect(first.sha256).toMatch(/^[0-9a-f]{64}$/);
  const seen = new Set([first.fingerprint]);
  expect((await ask(exec, [program.folder])).fingerprint).toBe(first.fingerprint);
  for (const next of [
    await ask({ ...exec, args: ['get-token', '--role', 'root'] }, [program.folder]),
    await ask({ ...exec, env: [{ name: 'P', value: 'b' }] }, [program.folder]),
    await ask(exec, [shadow.folder, program.folder]),
  ])
    seen.add(next.fingerprint);
  program.becomes('cat answer # updated');
  seen.add((await ask(exec, [program.folder])).fingerprint);
  expect(seen.size).toBe(5);
});

test('C04 a token that runs out during a watch is replaced once for fifty requests, and the watch loses nothing', async () => {
  using program = createTestProgram();
  const clock = createFakeClock();
  await using cluster = await startSimulatedCluster({ now: clock.now });
  const admin = cluster.tokens.get('admin');
  if (admin === undefined) throw new Error('there is no admin');
  cluster.tokens.set('first', { ...admin, expiresAt: clock.now() + 600_000 });
  cluster.tokens.set('second', admin);
  program.gives('first', clock.now() + 900_000);
  putService(cluster, 'catalog');
  await using client = await clientOf(cluster.server.url, program.exec(), { clock });
  const told: string[] = [];
  using view = client.watches.view(services, {
    changed: (events) =>
      void told.push(...events.map(({ type, object }) => `${type} ${object.metadata.name}`)),
    health: () => undefined,
  });
  await eventually(() => expect(cluster.server.faults.openWatches.size).toBe(1));
  expect(program.runs()).toBe(1);
  // Refused before the time that the program gave: only the server knows.
  program.gives('second');
  await clock.advance(601_000);
  const lists = () => cluster.server.requests.filter((one) => isList(one) && one.resource === 'services');
  const before = lists().length;
  putService(cluster, 'refunds');
  await Promise.all(Array.from({ length: 50 }, () => client.read('/api/v1/namespaces', soon())));
  cluster.server.faults.cutWatches('end');
  putService(cluster, 'ledger');
  await eventually(async () => {
    await clock.advance(1_000);
    expect(told).toEqual(['added catalog', 'added refunds', 'added ledger']);
  });
  expect(program.runs()).toBe(2);
  expect(lists()).toHaveLength(before);
  expect(cluster.server.requests.filter(isWatch).length).toBeGreaterThan(1);
  expect(view.health.ok).toBe(true);
});

test('C04 credentials are replaced before the time they bear, without a request that is refused', async () => {
  using program = createTestProgram();
  const clock = createFakeClock();
  await using cluster = await startSimulatedCluster({ now: clock.now });
  const admin = cluster.tokens.get('admin');
  if (admin === undefined) throw new Error('there is no admin');
  cluster.tokens.set('first', { ...admin, expiresAt: clock.now() + 600_000 });
  cluster.tokens.set('second', admin);
  program.gives('first', clock.now() + 600_000);
  await using client = await clientOf(cluster.server.url, program.exec(), { clock });
  await client.read('/version', soon());
  program.gives('second', clock.now() + 3_600_000);
  await clock.advance(595_000);
  const before = cluster.server.requests.length;
  await client.read('/version', soon());
  expect(program.runs()).toBe(2);
  expect(cluster.server.requests.length - before).toBe(1);
});

test('C04 credentials that are refused although they are new are not asked for again at once: log in again, and no storm', async () => {
  using program = createTestProgram();
  program.gives('nobody-knows-this');
  const clock = createFakeClock();
  await using cluster = await startSimulatedCluster();
  await using client = await clientOf(cluster.server.url, program.exec(), { clock });
  const refused = await Promise.allSettled(
    Array.from({ length: 50 }, () => client.read('/api/v1/namespaces', soon())),
  );
  for (const one of refused)
    expect(one).toMatchObject({ status: 'rejected', reason: { kind: 'unauthenticated' } });
  expect(program.runs()).toBeLessThanOrEqual(2);
  await expect(client.read('/api/v1/namespaces', soon())).rejects.toThrow(/\(401\).*Log in again/);
  expect(program.runs()).toBeLessThanOrEqual(2);
  program.gives('admin');
  await clock.advance(31_000);
  await client.read('/api/v1/namespaces', soon());
});

test('C04 a program that gives the same again after it was revoked is not run for each refusal', async () => {
  using program = createTestProgram();
  const clock = createFakeClock();
  await using cluster = await startSimulatedCluster();
  const admin = cluster.tokens.get('admin');
  if (admin === undefined) throw new Error('there is no admin');
  cluster.tokens.set('kept', admin);
  program.gives('kept');
  await using client = await clientOf(cluster.server.url, program.exec(), { clock });
  await client.read('/api/v1/namespaces', soon());
  cluster.tokens.delete('kept');
  for (let asked = 0; asked < 5; asked += 1)
    await expect(client.read('/api/v1/namespaces', soon())).rejects.toThrow(/\(401\).*Log in again/);
  expect(program.runs()).toBe(2);
  program.gives('admin');
  await clock.advance(31_000);
  await client.read('/api/v1/namespaces', soon());
});

test('C04 a program that fails is not run again for each of fifty requests', async () => {
  using program = createTestProgram();
  program.becomes('exit 1');
  await using client = await clientOf(nowhere, program.exec());
  await Promise.allSettled(Array.from({ length: 50 }, () => client.read('/version', soon())));
  await client.read('/version', soon()).catch(() => undefined);
  expect(program.runs()).toBe(1);
});

test('C01 a kuberc that denies all login programs holds for Podium too, whatever was allowed', async () => {
  using program = createTestProgram();
  program.gives('admin');
  const kuberc = join(program.folder, 'kuberc');
  process.env['KUBERC'] = kuberc;
  try {
    writeFileSync(kuberc, 'kind: Preference\ncredentialPluginPolicy: DenyAll\n');
    expect((await failureOf(program.exec())).message).toMatch(
      /is not run: credentialPluginPolicy is DenyAll/,
    );
    writeFileSync(kuberc, 'credentialPluginPolicy: Allowlist\ncredentialPluginAllowlist: [{name: aws}]\n');
    expect((await failureOf(program.exec())).message).toMatch(/not on the credentialPluginAllowlist/);
    writeFileSync(kuberc, 'credentialPluginPolicy: [DenyAll]\n');
    expect((await failureOf(program.exec())).message).toMatch(/the policy on login programs cannot be read/);
    expect(program.runs()).toBe(0);
    writeFileSync(
      kuberc,
      `credentialPluginPolicy: Allowlist\ncredentialPluginAllowlist: [{command: ${program.path}}]\n`,
    );
    await failureOf(program.exec());
    expect(program.runs()).toBe(1);
  } finally {
    process.env['KUBERC'] = 'off';
  }
});
