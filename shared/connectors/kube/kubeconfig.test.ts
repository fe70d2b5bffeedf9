import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { defaultPaths, definitionOf, readKubeconfig, warningsOf } from './kubeconfig.ts';
import { createReach } from './reach.ts';

function folder() {
  const path = mkdtempSync(join(tmpdir(), 'kubeconfig-'));
  return {
    write(name: string, content: unknown): string {
      const file = join(path, name);
      writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
      return file;
    },
    path: (name: string) => join(path, name),
    [Symbol.dispose]: () => rmSync(path, { recursive: true }),
  };
}

const config = (more: object = {}, user: object = { token: 't' }, cluster: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Config',
  clusters: [{ name: 'c', cluster: { server: 'https://10.0.0.1:6443', ...cluster } }],
  users: [{ name: 'u', user }],
  contexts: [{ name: 'one', context: { cluster: 'c', user: 'u' } }],
  'current-context': 'one',
  ...more,
});
const only = async (text: unknown) => {
  const { contexts } = await readKubeconfig({ text: JSON.stringify(text) });
  const [context] = contexts;
  if (context === undefined) throw new Error('no context was read');
  return context;
};

test('the first file that defines a name wins, and each file’s paths are its own', async () => {
  using here = folder();
  const first = here.write('first', config({ 'current-context': 'one' }, { tokenFile: 'token' }));
  const second = here.write('second', {
    ...config({ 'current-context': 'two' }, { token: 'other' }, { server: 'https://10.9.9.9' }),
    contexts: [
      { name: 'one', context: { cluster: 'nowhere', user: 'u' } },
      { name: 'two', context: { cluster: 'c', user: 'u', namespace: 'shop' } },
    ],
  });
  const { contexts, problems } = await readKubeconfig({ paths: [first, second] });
  expect(problems).toEqual([]);
  expect(
    contexts.map((one) => [one.name, one.current, one.cluster.server, one.user.tokenFile, one.namespace]),
  ).toEqual([
    ['one', true, 'https://10.0.0.1:6443', here.path('token'), null],
    ['two', false, 'https://10.0.0.1:6443', here.path('token'), 'shop'],
  ]);
});

test('KUBECONFIG is a list, and without it there is the file in the home folder', () => {
  expect(defaultPaths({ KUBECONFIG: ['/a', '', '/b'].join(delimiter), HOME: '/home/ana' })).toEqual([
    '/a',
    '/b',
  ]);
  expect(defaultPaths({ HOME: '/home/ana' })).toEqual(['/home/ana/.kube/config']);
});

test('a file that cannot be read is named with the reason, and the others are read', async () => {
  using here = folder();
  const good = here.write('good', config());
  const broken = here.write('broken', 'clusters: [\n  token: secret-of-mine\n');
  const other = here.write('other', 'just words');
  const list = here.write('list', { clusters: 'none' });
  const { contexts, problems } = await readKubeconfig({
    paths: [here.path('absent'), broken, other, list, here.path('.'), good],
  });
  expect(contexts).toHaveLength(1);
  expect(problems).toEqual([
    expect.stringMatching(/absent does not exist$/),
    expect.stringMatching(/broken is not valid YAML \(line \d+: /),
    expect.stringMatching(/other is not a kubeconfig/),
    expect.stringMatching(/list is not a kubeconfig: clusters has the wrong type/),
    expect.stringMatching(/is not a regular file|is a folder/),
  ]);
  expect(problems.join()).not.toContain('secret-of-mine');
});

test('C06 what a kubeconfig names is read only from small regular files', async () => {
  using here = folder();
  const fifo = here.path('fifo');
  execFileSync('mkfifo', [fifo]);
  symlinkSync(here.path('loop'), here.path('loop'));
  const huge = here.write('huge', 'x'.repeat(1024 * 1024 + 1));
  for (const [path, words] of [
    [fifo, /not a regular file/],
    ['/dev/zero', /not a regular file/],
    [here.path('loop'), /link that leads back/],
    [huge, /larger than 1 MiB/],
    [here.path('absent'), /does not exist/],
  ] as const) {
    const context = await only(config({}, { tokenFile: path }));
    await expect(createReach(context, () => 0)).rejects.toThrow(words);
    const { problems } = await readKubeconfig({ paths: [path] });
    expect(problems).toEqual([expect.stringMatching(words)]);
  }
});

test('a context that cannot be opened says why', async () => {
  const cases: readonly (readonly [object, RegExp])[] = [
    [config({}, { exec: { command: 'aws', apiVersion: 'v1' } }), /login program aws speaks v1/],
    [config({}, { 'auth-provider': { name: 'gcp' } }), /provider “gcp”/],
    [config({ clusters: [] }), /cluster “c” is defined nowhere/],
    [config({ users: null }), /user “u” is defined nowhere/],
    [config({}, {}, { server: '' }), /no server/],
    [config({}, {}, { server: 'ftp://x' }), /not an http or https/],
    [config({}, {}, { server: 'https://ana:pw@x' }), /user name or password/],
    [config({}, { token: 7 }), /user “u” has a field of the wrong type/],
  ];
  for (const [text, words] of cases) {
    const context = await only(text);
    expect(context.problem).toMatch(words);
    await expect(createReach(context, () => 0)).rejects.toMatchObject({ kind: 'refused' });
  }
});

test('dangers of a context are told before it is opened', async () => {
  const context = await only(
    config(
      {},
      { token: 't', as: 'root' },
      {
        server: 'http://10.0.0.1',
        'insecure-skip-tls-verify': true,
        'proxy-url': 'http://ana:pw@proxy:3128',
      },
    ),
  );
  const told = warningsOf(context).join(' ');
  for (const words of [/not checked/, /not encrypted/, /another user: root/, /proxy http:\/\/proxy:3128/])
    expect(told).toMatch(words);
  expect(told).not.toContain('pw');
});

test('a user’s new credentials leave a context what it was, and another user does not', async () => {
  const was = definitionOf(await only(config()));
  expect(definitionOf(await only(config({}, { token: 'rotated' })))).toBe(was);
  const both = ['u', 'admin'].map((name) => ({ name, user: { token: 't' } }));
  const contexts = [{ name: 'one', context: { cluster: 'c', user: 'admin' } }];
  expect(definitionOf(await only(config({ users: both })))).toBe(was);
  expect(definitionOf(await only(config({ users: both, contexts })))).not.toBe(was);
  const ana = definitionOf(await only(config({}, { username: 'ana', password: 'pw' })));
  expect(definitionOf(await only(config({}, { username: 'ana', password: 'other' })))).toBe(ana);
  expect(definitionOf(await only(config({}, { username: 'bob', password: 'pw' })))).not.toBe(ana);
  const acting = [
    { as: 'ana' },
    { as: 'ana', 'as-groups': ['system:masters'] },
    { as: 'ana', 'as-uid': '7' },
  ];
  const extra = { as: 'ana', 'as-user-extra': { scopes: ['all'] } };
  const all = [{}, ...acting, extra].map(async (user) => definitionOf(await only(config({}, user))));
  expect(new Set(await Promise.all(all)).size, 'who is acted as').toBe(5);
});

test('a context leads elsewhere once its cluster, its login program or its namespace is another', async () => {
  const program = (args: string[]) => ({
    exec: {
      apiVersion: 'client.authentication.k8s.io/v1',
      command: 'cloud-login',
      interactiveMode: 'Never',
      args,
    },
  });
  const texts = [
    config(),
    config({}, { token: 't' }, { server: 'https://10.0.0.2:6443' }),
    config({}, { token: 't' }, { 'insecure-skip-tls-verify': true }),
    config({}, { token: 't' }, { 'certificate-authority-data': 'QUFBQQ==' }),
    config({}, { token: 't' }, { 'tls-server-name': 'api' }),
    config({}, { token: 't' }, { 'proxy-url': 'http://127.0.0.1:3128' }),
    config({}, program([])),
    config({}, program(['--as-admin'])),
    config({ contexts: [{ name: 'one', context: { cluster: 'c', user: 'u', namespace: 'shop' } }] }),
  ];
  const all = await Promise.all(texts.map(async (text) => definitionOf(await only(text))));
  expect(new Set(all).size).toBe(texts.length);
});

test('credentials become headers, and a token file is read anew when it was rotated', async () => {
  using here = folder();
  const file = here.write('token', 'first\n');
  let now = 0;
  const rotated = await createReach(
    await only(config({}, { tokenFile: file, as: 'bob', 'as-groups': ['ops'] })),
    () => now,
  );
  expect(await rotated.headers()).toEqual({
    authorization: 'Bearer first',
    'impersonate-user': 'bob',
    'impersonate-group': ['ops'],
  });
  here.write('token', 'second');
  expect((await rotated.headers())['authorization']).toBe('Bearer first');
  now = 61_000;
  expect((await rotated.headers())['authorization']).toBe('Bearer second');
  const basic = await createReach(await only(config({}, { username: 'ana', password: 'pw' })), () => 0);
  expect(await basic.headers()).toEqual({
    authorization: `Basic ${Buffer.from('ana:pw').toString('base64')}`,
  });
});

test('C06 a token file that holds something else is refused, and nothing of it is told or sent', async () => {
  using here = folder();
  for (const text of ['', 'two\nlines', '-----BEGIN PRIVATE KEY-----\nMIIE\n', 'umlaut-ä', 'nul\0']) {
    const tokenFile = here.write('token', text);
    const context = await only(config({}, { tokenFile }));
    await expect(
      createReach(context, () => 0),
      text,
    ).rejects.toThrow(`The token file ${tokenFile} does not hold a token.`);
  }
});

test('a certificate that is none, or lacks its key, is refused with its name', async () => {
  using here = folder();
  const text = here.write('not.pem', 'hello');
  await expect(
    createReach(await only(config({}, {}, { 'certificate-authority': text })), () => 0),
  ).rejects.toThrow(/not.pem is not in PEM form/);
  const pem = Buffer.from('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n').toString(
    'base64',
  );
  await expect(
    createReach(await only(config({}, { 'client-certificate-data': pem })), () => 0),
  ).rejects.toThrow(/without a key/);
});

test('no file in the home folder is a fault only where KUBECONFIG names it', async () => {
  using here = folder();
  using _ = { [Symbol.dispose]: () => vi.unstubAllEnvs() };
  const file = here.path(join('.kube', 'config'));
  for (const home of ['HOME', 'USERPROFILE']) vi.stubEnv(home, here.path(''));
  vi.stubEnv('KUBECONFIG', undefined);
  expect(await readKubeconfig({})).toEqual({ contexts: [], problems: [], missing: file });
  vi.stubEnv('KUBECONFIG', file);
  expect(await readKubeconfig({})).toEqual({
    contexts: [],
    problems: [expect.stringMatching(/does not exist$/)],
    missing: null,
  });
});
