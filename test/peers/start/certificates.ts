import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from '../command.ts';

/** The users of the test cluster; what each may do stands in access.ts. */
export const userNames = [
  'admin',
  'viewer',
  'nobody',
  'shop-operator',
  'shop-viewer',
  'shop-forwarder',
  'world',
] as const;
export type UserName = (typeof userNames)[number];

/** Certificates, keys and tokens of one run; they are worth nothing outside it. */
export interface Credentials {
  readonly caFile: string;
  readonly serverCertFile: string;
  readonly serverKeyFile: string;
  readonly adminCertFile: string;
  readonly adminKeyFile: string;
  /** Signs and verifies service account tokens. */
  readonly accountKeyFile: string;
  /** kube-apiserver's --token-auth-file. */
  readonly tokensFile: string;
  readonly tokens: Readonly<Record<UserName, string>>;
}

const limits = { timeLimitMs: 20_000 };
const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

/** Makes a certificate authority, the API server's and the administrator's certificates, and a token for each user. */
export async function createCredentials(dir: string, serverNames: readonly string[]): Promise<Credentials> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const file = (name: string) => join(dir, name);
  const openssl = (...args: string[]) => runCommand('openssl', args, { ...limits, cwd: dir });
  const authority = ['-subj', '/CN=podium-peers-ca', '-keyout', 'ca.key', '-out', 'ca.crt'];
  await openssl('req', '-x509', ...curve, '-days', '3', ...authority);

  const issue = async (name: string, subject: string, extensions: string) => {
    await openssl('req', ...curve, '-subj', subject, '-keyout', `${name}.key`, '-out', `${name}.csr`);
    await writeFile(file(`${name}.ext`), extensions);
    const signer = ['-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '3'];
    await openssl(
      'x509',
      '-req',
      '-in',
      `${name}.csr`,
      ...signer,
      '-out',
      `${name}.crt`,
      '-extfile',
      `${name}.ext`,
    );
  };
  const names = serverNames.map((name) => (/^[\d.]+$/.test(name) ? `IP:${name}` : `DNS:${name}`)).join(',');
  await issue('server', '/CN=kube-apiserver', `subjectAltName=${names}\nextendedKeyUsage=serverAuth\n`);
  await issue('admin', '/O=system:masters/CN=admin', 'extendedKeyUsage=clientAuth\n');
  await openssl('ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', 'account.key');

  const tokens = Object.fromEntries(
    userNames.map((user) => [user, randomBytes(16).toString('hex')]),
  ) as Record<UserName, string>;
  const rows = userNames.map((user) => {
    const group = user === 'admin' || user === 'world' ? 'system:masters' : `${user}s`;
    return `${tokens[user]},${user},uid-${user},"${group}"\n`;
  });
  await writeFile(file('tokens.csv'), rows.join(''), { mode: 0o600 });
  return {
    caFile: file('ca.crt'),
    serverCertFile: file('server.crt'),
    serverKeyFile: file('server.key'),
    adminCertFile: file('admin.crt'),
    adminKeyFile: file('admin.key'),
    accountKeyFile: file('account.key'),
    tokensFile: file('tokens.csv'),
    tokens,
  };
}

/** Writes a kubeconfig with one context per user, besides a wrong token and a cluster that is down. */
export async function writeKubeconfig(path: string, url: string, credentials: Credentials): Promise<void> {
  const authority = (await readFile(credentials.caFile)).toString('base64');
  const clusters = [
    { name: 'shop', cluster: { server: url, 'certificate-authority-data': authority } },
    // Port 9 (discard) is free in the namespace: connections are refused at once.
    { name: 'gone', cluster: { server: 'https://127.0.0.1:9', 'certificate-authority-data': authority } },
  ];
  const certificate = {
    'client-certificate': credentials.adminCertFile,
    'client-key': credentials.adminKeyFile,
  };
  const users = [
    { name: 'admin', user: certificate },
    ...userNames
      .filter((name) => name !== 'admin')
      .map((name) => ({ name, user: { token: credentials.tokens[name] } })),
    { name: 'admin-token', user: { token: credentials.tokens.admin } },
    { name: 'expired', user: { token: 'a-token-that-was-never-issued' } },
  ];
  const contexts = [
    ...users.map(({ name }) => ({ name, context: { cluster: 'shop', user: name } })),
    { name: 'gone', context: { cluster: 'gone', user: 'admin' } },
  ];
  const config = { apiVersion: 'v1', kind: 'Config', clusters, users, contexts, 'current-context': 'admin' };
  await writeFile(path, JSON.stringify(config, null, 2), { mode: 0o600 });
}
