import { z } from 'zod';
import { PeerError } from '../../kit/peerError.ts';

/** What a login program gave. */
export interface Credential {
  readonly token: string | null;
  readonly certificate: { readonly cert: Buffer; readonly key: Buffer } | null;
  /** Null when it did not say: it is used until the server refuses it. */
  readonly expiresAt: number | null;
}

const Answer = z.object({
  kind: z.literal('ExecCredential'),
  apiVersion: z.string(),
  status: z
    .object({
      token: z.string().nullish(),
      clientCertificateData: z.string().nullish(),
      clientKeyData: z.string().nullish(),
      expirationTimestamp: z.string().nullish(),
    })
    .nullish(),
});

/** Reads a program's answer. Throws `PeerError` for anything that is none; never repeats what it said. */
export function readCredential(text: string, apiVersion: string, who: string, now: number): Credential {
  const wrong = (what: string): PeerError => new PeerError('refused', `The login program ${who} ${what}`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw wrong(text.trim() === '' ? 'printed nothing.' : 'printed something that is not JSON.');
  }
  const answer = Answer.safeParse(value);
  if (!answer.success)
    throw wrong(
      `printed no ExecCredential: ${answer.error.issues[0]?.path.join('.') || 'the answer'} is not as it should be.`,
    );
  if (answer.data.apiVersion !== apiVersion)
    throw wrong(
      `answered with another version than it was asked for (${apiVersion}). Have the kubeconfig written anew.`,
    );
  const {
    token,
    clientCertificateData: cert,
    clientKeyData: key,
    expirationTimestamp,
  } = answer.data.status ?? {};
  if (!token && !cert && !key) throw wrong('gave neither a token nor a client certificate.');
  if (!cert !== !key) throw wrong('gave a client certificate without a key, or the reverse.');
  if (token && !/^[\x21-\x7e]+$/.test(token))
    throw wrong('gave a token with characters that no header may hold.');
  const pem = [cert, key].filter((one) => one).every((one) => one?.includes('-----BEGIN '));
  if (!pem) throw wrong('gave a client certificate that is not in PEM form.');
  return {
    token: token || null,
    certificate: cert && key ? { cert: Buffer.from(cert), key: Buffer.from(key) } : null,
    expiresAt: expirationTimestamp ? momentOf(expirationTimestamp) : null,
  };

  function momentOf(stamp: string): number {
    const at = Date.parse(stamp);
    if (!Number.isFinite(at)) throw wrong('gave an expiry that is not a time.');
    if (at <= now)
      throw wrong(
        `gave credentials that expired at ${new Date(at).toISOString()}. Log in anew with it in a terminal; is this computer’s clock right?`,
      );
    return at;
  }
}
