import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

/** A key and a certificate over it, in PEM form. */
export interface Identity {
  readonly name: string;
  readonly cert: string;
  readonly key: string;
}

export interface CertificateRequest {
  readonly name: string;
  /** Whose key signs it; its own where nobody else's does. */
  readonly by?: Identity;
  /** IPv4 addresses and DNS names that it is for. */
  readonly names?: readonly string[];
  /** Epoch ms; a day before and after now where not given. */
  readonly from?: number;
  readonly until?: number;
  readonly isAuthority?: boolean;
}

const dayMs = 86_400_000;

/** Makes an X.509 certificate; written here because Node makes none, and not every machine that runs tests has openssl. */
export function issue({
  name,
  by,
  names = [],
  from = Date.now() - dayMs,
  until = Date.now() + dayMs,
  isAuthority = false,
}: CertificateRequest): Identity {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const key = pemOf(privateKey);
  const ecdsaWithSha256 = sequence(object('2a8648ce3d040302'));
  const content = sequence(
    part(0xa0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    ecdsaWithSha256,
    named(by?.name ?? name),
    sequence(time(from), time(until)),
    named(name),
    publicKey.export({ type: 'spki', format: 'der' }),
    part(
      0xa3,
      sequence(
        ...(isAuthority ? [extension('551d13', sequence(part(0x01, Buffer.from([0xff]))))] : []),
        ...(names.length === 0 ? [] : [extension('551d11', sequence(...names.map(alternative)))]),
      ),
    ),
  );
  const signature = sign('sha256', content, by?.key ?? key);
  const whole = sequence(content, ecdsaWithSha256, part(0x03, Buffer.concat([Buffer.from([0]), signature])));
  const lines = whole.toString('base64').match(/.{1,64}/g) ?? [];
  return {
    name,
    key,
    cert: ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n'),
  };
}

const pemOf = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'pem' }) as string;

/** Tag, length, content: all there is to DER. */
function part(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const size =
    length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, Math.floor(length / 256), length % 256];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

const sequence = (...parts: readonly Buffer[]): Buffer => part(0x30, Buffer.concat(parts));
const integer = (bytes: Buffer): Buffer => part(0x02, bytes);
const object = (hex: string): Buffer => part(0x06, Buffer.from(hex, 'hex'));
const named = (name: string): Buffer =>
  sequence(part(0x31, sequence(object('550403'), part(0x0c, Buffer.from(name)))));
const time = (at: number): Buffer =>
  part(0x18, Buffer.from(`${new Date(at).toISOString().replaceAll(/\D/g, '').slice(0, 14)}Z`));
const extension = (hex: string, content: Buffer): Buffer => sequence(object(hex), part(0x04, content));
const alternative = (name: string): Buffer =>
  /^[\d.]+$/.test(name)
    ? part(0x87, Buffer.from(name.split('.').map(Number)))
    : part(0x82, Buffer.from(name));
