import { createHash, X509Certificate } from 'node:crypto';
import * as http from 'node:http';
import * as https from 'node:https';
import { trustedAuthorities, trustingContext } from '../http/authorities.ts';
import type { Reach } from '../http/reach.ts';
import { PeerError } from '../kit/peerError.ts';
import type { ProgramGate } from '../kit/programs.ts';
import type { ClusterInfo } from './exec/pluginLogin.ts';
import type { KubeContext } from './kubeconfig.ts';
import { createLogin, type Identity } from './login.ts';
import { readMaterial } from './material.ts';
import { type NamedProxy, proxyOf } from '../http/proxy.ts';

/** Where each login costs somebody one, credentials that were refused although they were new are not replaced again before this. */
const giveUpMs = 30_000;

/** Reads what the context refers to and prepares its connections. Throws `PeerError`. */
export async function createReach(
  context: KubeContext,
  now: () => number,
  programs?: ProgramGate,
  /** The context’s user as the kubeconfig has it by now; null when that is not known. */
  userNow?: () => Promise<KubeContext['user'] | null>,
): Promise<Reach> {
  if (context.problem !== null)
    throw new PeerError('refused', `Context “${context.name}”: ${context.problem}`);
  const { cluster } = context;
  const server = new URL(cluster.server ?? '');
  const ca = await readMaterial(
    cluster['certificate-authority'],
    cluster['certificate-authority-data'],
    'The certificate authority',
  );
  const closed = new AbortController();
  const login = createLogin(context, clusterInfo(context, ca), programs, now, closed.signal, userNow);
  const trust: https.AgentOptions = {
    ...(ca === null ? {} : { ca }),
    ...(cluster['tls-server-name'] === undefined ? {} : { servername: cluster['tls-server-name'] }),
    ...(cluster['insecure-skip-tls-verify'] === true ? { rejectUnauthorized: false } : {}),
  };
  // Named authorities are all that counts; where none is named it is everybody whom this machine trusts.
  const isOpen = ca === null && server.protocol === 'https:';
  const withCertificate = ({ certificate }: Identity): https.AgentOptions => ({
    ...trust,
    ...certificate,
    ...(isOpen ? { secureContext: trustingContext(certificate) } : {}),
  });
  const proxy = proxyOf(cluster);
  const connect = (tls: https.AgentOptions): Promise<Agents> | Agents =>
    proxy === null ? direct(server, tls) : proxied(context, proxy, tls);
  const asked = impersonation(context);

  // A program is run only when somebody asks for something; what files hold is read now, to be told of early.
  let identity: Identity =
    context.plugin === null ? await login.now() : { authorization: null, certificate: null };
  if (identity.certificate !== null) checkCertificate(identity.certificate.cert, context.name, now());
  let tls = withCertificate(identity);
  let agents = await connect(tls);
  let generation = 0;
  let accepted = true;
  let renewedAt = -Infinity;
  let renewing: Promise<boolean> | null = null;

  /** Connections belong to a certificate: with another one they are made anew. Writes under way end by themselves. */
  const take = async (next: Identity): Promise<void> => {
    if (sameIdentity(identity, next)) return;
    const before = identity;
    identity = next;
    generation += 1;
    accepted = false;
    if (sameIdentity({ ...before, authorization: null }, { ...next, authorization: null })) return;
    tls = withCertificate(next);
    const former = agents;
    agents = await connect(tls);
    former.read.destroy();
  };

  const renew = async (refused: number): Promise<boolean> => {
    if (refused !== generation) return true;
    // New ones that were refused at their first use: others would be as well, and each costs a login.
    if (login.costsLogin && !accepted && now() - renewedAt < giveUpMs) return false;
    renewedAt = now();
    await take(await login.renew());
    // The same again, as from a program that keeps what it gave: once good, it is refused by now.
    if (refused === generation) accepted = false;
    return refused !== generation;
  };

  return {
    server,
    name: server.origin + server.pathname.replace(/\/$/, ''),
    async headers() {
      await take(await login.now());
      return {
        ...(identity.authorization === null ? {} : { authorization: identity.authorization }),
        ...asked,
      };
    },
    credentials: {
      get generation() {
        return generation;
      },
      accepted(which) {
        if (which === generation) accepted = true;
      },
      renew(refused) {
        renewing ??= renew(refused).finally(() => (renewing = null));
        return renewing;
      },
    },
    agent: (write) => (write ? agents.write : agents.read),
    get tls() {
      return tls;
    },
    authority: ca === null ? null : createHash('sha256').update(ca).digest('hex'),
    close() {
      closed.abort(new Error('closed'));
      agents.read.destroy();
      agents.write.destroy();
    },
  };
}

const sameIdentity = (one: Identity, other: Identity): boolean =>
  one.authorization === other.authorization &&
  sameBytes(one.certificate?.cert, other.certificate?.cert) &&
  sameBytes(one.certificate?.key, other.certificate?.key);

const sameBytes = (one: Buffer | undefined, other: Buffer | undefined): boolean =>
  one === undefined || other === undefined ? one === other : one.equals(other);

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
async function proxied(context: KubeContext, proxy: NamedProxy, tls: https.AgentOptions): Promise<Agents> {
  const authorities = Buffer.isBuffer(tls.ca) ? tls.ca : Buffer.from(trustedAuthorities().join('\n'));
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
        proxyUrl: proxy.url,
        ...(tls.servername === undefined ? {} : { tlsServerName: tls.servername }),
        caData: authorities.toString('base64'),
      },
      {
        name: 'user',
        ...(Buffer.isBuffer(tls.cert) ? { certData: tls.cert.toString('base64') } : {}),
        ...(Buffer.isBuffer(tls.key) ? { keyData: tls.key.toString('base64') } : {}),
      },
    );
    const options: https.RequestOptions = {};
    await config.applyToHTTPSOptions(options).catch((cause: unknown) => {
      // Its own words may hold the address, and the address a password.
      throw new PeerError('refused', `The proxy address (${proxy.from}) is not understood.`, { cause });
    });
    if (!(options.agent instanceof http.Agent))
      throw new PeerError('refused', `The proxy address (${proxy.from}) is not understood.`);
    return options.agent;
  };
  return { read: await make(), write: await make() };
}

/** Whom the server is asked to take these credentials for. */
function impersonation({ user }: KubeContext): Readonly<Record<string, string | string[]>> {
  const extra = Object.entries(user['as-user-extra'] ?? {}).map(([key, values]): [string, string[]] => [
    `impersonate-extra-${encodeURIComponent(key).toLowerCase()}`,
    values,
  ]);
  return {
    ...(user.as === undefined ? {} : { 'impersonate-user': user.as }),
    ...(user['as-uid'] === undefined ? {} : { 'impersonate-uid': user['as-uid'] }),
    // A header line each: the API server splits nothing.
    ...(user['as-groups'] === undefined ? {} : { 'impersonate-group': user['as-groups'] }),
    ...Object.fromEntries(extra),
  };
}

/** What login programs may be told of the cluster (`provideClusterInfo`). */
function clusterInfo({ cluster }: KubeContext, ca: Buffer | null): ClusterInfo {
  const own = cluster.extensions?.find(({ name }) => name === 'client.authentication.k8s.io/exec');
  return {
    server: cluster.server,
    ...(cluster['tls-server-name'] === undefined ? {} : { 'tls-server-name': cluster['tls-server-name'] }),
    ...(cluster['insecure-skip-tls-verify'] === true ? { 'insecure-skip-tls-verify': true } : {}),
    ...(ca === null ? {} : { 'certificate-authority-data': ca.toString('base64') }),
    ...(proxyOf(cluster) === null ? {} : { 'proxy-url': proxyOf(cluster)?.url }),
    ...(own?.extension === undefined ? {} : { config: own.extension }),
  };
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
