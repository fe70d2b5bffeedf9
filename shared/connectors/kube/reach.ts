import { createHash, X509Certificate } from 'node:crypto';
import * as http from 'node:http';
import * as https from 'node:https';
import type { Reach } from '../http/reach.ts';
import { PeerError } from '../kit/peerError.ts';
import { readSmallFile } from './files.ts';
import type { KubeContext } from './kubeconfig.ts';

const tokenReadAgainMs = 60_000;

/** Reads what the context refers to and prepares its connections. Throws `PeerError`. */
export async function createReach(context: KubeContext, now: () => number): Promise<Reach> {
  if (context.problem !== null)
    throw new PeerError('refused', `Context “${context.name}”: ${context.problem}`);
  const { cluster, user } = context;
  const server = new URL(cluster.server ?? '');
  const ca = await material(
    cluster['certificate-authority'],
    cluster['certificate-authority-data'],
    'The certificate authority',
  );
  const cert = await material(
    user['client-certificate'],
    user['client-certificate-data'],
    'The client certificate',
  );
  const key = await material(user['client-key'], user['client-key-data'], 'The client key');
  if ((cert === null) !== (key === null))
    throw new PeerError(
      'refused',
      `Context “${context.name}”: its user has a client certificate without a key, or the reverse.`,
    );
  if (cert !== null) checkCertificate(cert, context.name, now());
  const tls: https.AgentOptions = {
    ...(ca === null ? {} : { ca }),
    ...(cert === null ? {} : { cert }),
    ...(key === null ? {} : { key }),
    ...(cluster['tls-server-name'] === undefined ? {} : { servername: cluster['tls-server-name'] }),
    ...(cluster['insecure-skip-tls-verify'] === true ? { rejectUnauthorized: false } : {}),
  };
  const agents = cluster['proxy-url'] === undefined ? direct(server, tls) : await proxied(context, tls);
  return {
    server,
    name: server.origin + server.pathname.replace(/\/$/, ''),
    headers: createLogin(context, now),
    agent: (write) => (write ? agents.write : agents.read),
    tls,
    authority: ca === null ? null : createHash('sha256').update(ca).digest('hex'),
    close() {
      agents.read.destroy();
      agents.write.destroy();
    },
  };
}

interface Agents {
  readonly read: http.Agent;
  readonly write: http.Agent;
}

function direct(server: URL, tls: https.AgentOptions): Agents {
  const make = (keepAlive: boolean): http.Agent => {
    // Below the idle limits of common load balancers.
    const options = { keepAlive, keepAliveMsecs: 30_000, maxFreeSockets: 8, scheduling: 'lifo' as const };
    return server.protocol === 'http:' ? new http.Agent(options) : new https.Agent({ ...options, ...tls });
  };
  return { read: make(true), write: make(false) };
}

/** The client library knows HTTP and SOCKS proxies; it is loaded only for them, for it takes half a second. */
async function proxied(context: KubeContext, tls: https.AgentOptions): Promise<Agents> {
  const { KubeConfig } = await import('@kubernetes/client-node');
  const make = async (): Promise<http.Agent> => {
    const config = new KubeConfig();
    config.loadFromClusterAndUser(
      {
        name: 'cluster',
        server: context.cluster.server ?? '',
        // The library refuses plain http unless told that nothing is verified, which is then true.
        skipTLSVerify:
          tls.rejectUnauthorized === false || context.cluster.server?.startsWith('http:') === true,
        ...(context.cluster['proxy-url'] === undefined ? {} : { proxyUrl: context.cluster['proxy-url'] }),
        ...(tls.servername === undefined ? {} : { tlsServerName: tls.servername }),
        ...(Buffer.isBuffer(tls.ca) ? { caData: tls.ca.toString('base64') } : {}),
      },
      {
        name: 'user',
        ...(Buffer.isBuffer(tls.cert) ? { certData: tls.cert.toString('base64') } : {}),
        ...(Buffer.isBuffer(tls.key) ? { keyData: tls.key.toString('base64') } : {}),
      },
    );
    const options: https.RequestOptions = {};
    await config.applyToHTTPSOptions(options);
    if (!(options.agent instanceof http.Agent))
      throw new PeerError('refused', 'The proxy address is not understood.');
    return options.agent;
  };
  return { read: await make(), write: await make() };
}

function createLogin(context: KubeContext, now: () => number): Reach['headers'] {
  const { user } = context;
  let kept: { readonly token: string; readonly at: number } | null = null;
  const token = async (): Promise<string | null> => {
    if (user.token !== undefined && user.token !== '') return user.token;
    if (user.tokenFile === undefined || user.tokenFile === '') return null;
    if (kept !== null && now() - kept.at < tokenReadAgainMs) return kept.token;
    const text = (await readFile(user.tokenFile, 'The token file')).toString('utf8').trim();
    if (!/^[\x21-\x7e]+$/.test(text))
      throw new PeerError('refused', `The token file ${user.tokenFile} does not hold a token.`);
    kept = { token: text, at: now() };
    return text;
  };
  return async () => {
    const bearer = await token();
    const basic =
      bearer === null && user.username !== undefined
        ? `Basic ${Buffer.from(`${user.username}:${user.password ?? ''}`).toString('base64')}`
        : null;
    return {
      ...(bearer === null ? {} : { authorization: `Bearer ${bearer}` }),
      ...(basic === null ? {} : { authorization: basic }),
      ...(user.as === undefined ? {} : { 'impersonate-user': user.as }),
      ...(user['as-uid'] === undefined ? {} : { 'impersonate-uid': user['as-uid'] }),
      ...(user['as-groups'] === undefined ? {} : impersonated(user['as-groups'])),
    };
  };
}

// Node sends one header per entry of a list; here there is one string each, and the API server splits nothing.
function impersonated(groups: readonly string[]): Record<string, string> {
  if (groups.length > 1)
    throw new PeerError(
      'refused',
      'This context acts as several groups (as-groups), which Podium does not do yet.',
    );
  return groups[0] === undefined ? {} : { 'impersonate-group': groups[0] };
}

async function material(
  path: string | undefined,
  data: string | undefined,
  what: string,
): Promise<Buffer | null> {
  // As kubectl: data wins over a file.
  const pem = data ? Buffer.from(data, 'base64') : path ? await readFile(path, what) : null;
  if (pem !== null && !pem.includes('-----BEGIN '))
    throw new PeerError('refused', `${what}${path ? ` ${path}` : ''} is not in PEM form.`);
  return pem;
}

async function readFile(path: string, what: string): Promise<Buffer> {
  try {
    return await readSmallFile(path, what);
  } catch (error) {
    throw new PeerError('refused', `${error instanceof Error ? error.message : String(error)}.`);
  }
}

/** An expired client certificate is told by the server as a bare 401 or a TLS alert; the date says it better. */
function checkCertificate(pem: Buffer, context: string, nowMs: number): void {
  let until: number;
  try {
    until = Date.parse(new X509Certificate(pem).validTo);
  } catch {
    throw new PeerError('refused', `Context “${context}”: its client certificate cannot be read.`);
  }
  if (until < nowMs)
    throw new PeerError(
      'unauthenticated',
      `Context “${context}”: its client certificate expired on ${new Date(until).toISOString().slice(0, 10)}. Get a new one.`,
    );
}
