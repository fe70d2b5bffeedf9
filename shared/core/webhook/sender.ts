import { z } from 'zod';
import { PeerError, sayError } from '../../connectors/kit/peerError.ts';
import { blankSecrets } from '../../model/redaction.ts';
import { type WebhookAnswer, type WebhookMessage, WebhookProof } from '../../model/webhook.ts';
import type { Ports } from '../ports.ts';

/** What the vault keeps of it, under one name. */
const Kept = z.object({ address: z.string(), proof: WebhookProof, secret: z.string() });
export type KeptWebhook = z.infer<typeof Kept>;

export const inVault = 'webhook';
const limitMs = 5_000;
/** Pauses before it is tried again. */
export const retryPausesMs = [2_000, 10_000, 30_000] as const;
const longestSaid = 200;

/** What came of one attempt; `again`: it may go better later. */
export interface Attempt extends WebhookAnswer {
  readonly again: boolean;
}

/** Null where it is not kept, or cannot be read now. */
export async function recall(vault: Ports['vault']): Promise<KeptWebhook | null> {
  const text = await vault.read(inVault);
  if (text === null) return null;
  try {
    return Kept.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

/** Sends one message once. Never throws; what it says holds neither the address’s path nor the secret. */
export async function attempt(
  kept: KeptWebhook,
  message: WebhookMessage,
  ports: Pick<Ports, 'postWebhook' | 'clock'>,
  signal: AbortSignal,
): Promise<Attempt> {
  const { postWebhook } = ports;
  if (postWebhook === undefined) return { ok: false, again: false, said: 'this host sends no webhooks' };
  const body = JSON.stringify(message);
  const began = ports.clock.monotonic();
  try {
    const headers = { 'content-type': 'application/json', ...(await proofOf(kept, body)) };
    const answer = await postWebhook({ address: kept.address, headers, body, limitMs, signal });
    const tookMs = Math.round(ports.clock.monotonic() - began);
    const { status } = answer;
    const words = hidden(kept, answer.text.replace(/[\p{C}\s]+/gu, ' ').trim()).slice(0, longestSaid);
    const said = `${status}${words === '' ? '' : ` “${words}”`} after ${tookMs} ms`;
    const ok = status >= 200 && status < 300;
    return { ok, again: !ok && (status >= 500 || status === 429), said };
  } catch (thrown) {
    const again = thrown instanceof PeerError && ['unreachable', 'unanswered'].includes(thrown.kind);
    return { ok: false, again, said: hidden(kept, sayError(thrown, 'Telling it')) };
  }
}

/** What shows that a message is from here. */
async function proofOf({ proof, secret }: KeptWebhook, body: string): Promise<Record<string, string>> {
  switch (proof) {
    case 'none':
      return {};
    case 'authorization':
      return { authorization: secret };
    case 'signature':
      return { 'x-podium-signature-256': `sha256=${await signed(secret, body)}` };
  }
}

async function signed(secret: string, body: string): Promise<string> {
  const encoder = new TextEncoder();
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const key = await crypto.subtle.importKey('raw', encoder.encode(secret), algorithm, false, ['sign']);
  const bytes = new Uint8Array(await crypto.subtle.sign('HMAC', key, encoder.encode(body)));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Without what only the webhook may know: a message of a peer or a failed request may repeat all of it, or one word, or write it another way. */
function hidden({ address, secret }: KeptWebhook, text: string): string {
  const url = URL.parse(address);
  const whole = url === null ? [address] : [url.href, url.pathname + url.search, url.pathname, url.search];
  const values = [...(url?.searchParams ?? [])].map(([name, value]) => (value === '' ? name : value));
  const raw = (url?.search.slice(1).split('&') ?? []).map((one) => one.slice(one.indexOf('=') + 1));
  const words = [...secret.split(/\s+/), ...secret.split(/[\s,;:="']+/)];
  const parts = [...whole, ...(url?.pathname.split('/') ?? []), ...raw, ...values, secret, ...words];
  const clean = [...new Set(parts.flatMap(writings))]
    .filter((part) => part.length >= 6)
    // What holds another one goes first, or half of it would stay.
    .sort((a, b) => b.length - a.length)
    .reduce((left, part) => left.replaceAll(part, '…'), text);
  return blankSecrets(clean);
}

/** As it is, decoded, and encoded for an address. */
function writings(text: string): readonly string[] {
  const plain = orItself(decodeURIComponent, text);
  const encoded = orItself(encodeURIComponent, plain);
  const inForms = encoded.replaceAll('%20', '+');
  const inLowerCase = encoded.replaceAll(/%../g, (hex) => hex.toLowerCase());
  return [text, plain, orItself(encodeURIComponent, text), encoded, inForms, inLowerCase];
}

/** Neither takes every text. */
function orItself(written: (text: string) => string, text: string): string {
  try {
    return written(text);
  } catch {
    return text;
  }
}
