import { createSecureContext } from 'node:tls';
import { PeerError } from '../kit/peerError.ts';
import type { ProgramGate } from '../kit/programs.ts';
import { type ClusterInfo, createPluginLogin } from './exec/pluginLogin.ts';
import { readMaterial, readNamedFile } from './material.ts';
import type { KubeContext } from './kubeconfig.ts';

const readAgainMs = 60_000;

/** Who asks: what goes into each request, and into each connection. */
export interface Identity {
  readonly authorization: string | null;
  readonly certificate: { readonly cert: Buffer; readonly key: Buffer } | null;
}

/** The credentials of a context, as they are now. */
export interface Login {
  /** Throws `PeerError`. What is kept in files is read anew now and then, for it is rotated. */
  now(): Promise<Identity>;
  /** Looks for others after the server refused these. */
  renew(): Promise<Identity>;
  /** Whether looking costs somebody a login: files are only read, and the next in them is as good as any. */
  readonly costsLogin: boolean;
}

/** Chooses how the context logs in. */
export function createLogin(
  context: KubeContext,
  cluster: ClusterInfo,
  programs: ProgramGate | undefined,
  now: () => number,
  closed: AbortSignal,
  userNow: () => Promise<KubeContext['user'] | null> = () => Promise.resolve(null),
): Login {
  const { user, plugin } = context;
  if (plugin === null) return createFileLogin(context, now, userNow);
  const login = createPluginLogin(plugin, cluster, programs, now, closed);
  const files = createFileLogin(context, now, userNow);
  const identity = async (asked: ReturnType<typeof login.credential>): Promise<Identity> => {
    const { token, certificate } = await asked;
    const own = certificate === null ? await files.now() : null;
    return {
      // As kubectl: what the kubeconfig itself holds goes first.
      authorization: user.token ? `Bearer ${user.token}` : token === null ? null : `Bearer ${token}`,
      certificate: certificate ?? own?.certificate ?? null,
    };
  };
  return {
    now: () => identity(login.credential()),
    renew: () => identity(login.renew()),
    costsLogin: true,
  };
}

function createFileLogin(
  context: KubeContext,
  now: () => number,
  userNow: () => Promise<KubeContext['user'] | null>,
): Login {
  let kept: { readonly identity: Identity; readonly at: number } | null = null;

  const read = async (): Promise<Identity> => {
    // The kubeconfig itself may hold what is rotated.
    const user = (kept === null ? null : await userNow()) ?? context.user;
    const cert = await readMaterial(
      user['client-certificate'],
      user['client-certificate-data'],
      'The client certificate',
    );
    const key = await readMaterial(user['client-key'], user['client-key-data'], 'The client key');
    if ((cert === null) !== (key === null))
      throw new PeerError(
        'refused',
        `Context “${context.name}”: its user has a client certificate without a key, or the reverse.`,
      );
    return {
      authorization: await authorizationOf(user),
      certificate: cert === null || key === null ? null : { cert, key },
    };
  };

  const readAgain = async (): Promise<Identity> => {
    let identity: Identity;
    try {
      identity = await read();
      if (kept !== null && identity.certificate !== null) createSecureContext(identity.certificate);
    } catch (error) {
      // Caught while they are written, half of two files: those from before are good for a while.
      if (kept === null) throw error;
      identity = kept.identity;
    }
    kept = { identity, at: now() };
    return identity;
  };

  return {
    now: () =>
      kept !== null && now() - kept.at < readAgainMs ? Promise.resolve(kept.identity) : readAgain(),
    renew: readAgain,
    costsLogin: false,
  };
}

async function authorizationOf(user: KubeContext['user']): Promise<string | null> {
  if (user.token !== undefined && user.token !== '') return `Bearer ${user.token}`;
  if (user.tokenFile !== undefined && user.tokenFile !== '') {
    const text = (await readNamedFile(user.tokenFile, 'The token file')).toString('utf8').trim();
    if (!/^[\x21-\x7e]+$/.test(text))
      throw new PeerError('refused', `The token file ${user.tokenFile} does not hold a token.`);
    return `Bearer ${text}`;
  }
  if (user.username === undefined) return null;
  return `Basic ${Buffer.from(`${user.username}:${user.password ?? ''}`).toString('base64')}`;
}
