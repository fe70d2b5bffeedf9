import type { PeerCertificate } from 'node:tls';

/** What a server showed of itself before it was turned away; its words are anybody's. */
export interface ShownCertificate {
  readonly subject: string;
  readonly issuer: string;
  readonly names: readonly string[];
  /** Epoch ms; NaN where it is no time. */
  readonly from: number;
  readonly until: number;
  /** SHA-256, as people compare it. */
  readonly fingerprint: string;
}

const mostNames = 4;

/** Null where there is none to read, as on a connection that failed earlier. */
export function readShown(certificate: PeerCertificate): ShownCertificate | null {
  const { subject, issuer, subjectaltname, valid_from, valid_to, fingerprint256 } = certificate as Partial<
    PeerCertificate // An empty object stands for none.
  >;
  if (valid_from === undefined || valid_to === undefined) return null;
  const names = (subjectaltname ?? '').split(', ').flatMap((one) => {
    const name = plain(one.replace(/^(?:DNS|IP Address|URI):/, ''));
    return name === '' ? [] : name;
  });
  return {
    subject: plain(textOf(subject?.CN) || textOf(subject?.O)),
    issuer: plain(textOf(issuer?.CN) || textOf(issuer?.O)),
    names,
    from: Date.parse(valid_from),
    until: Date.parse(valid_to),
    fingerprint: plain(fingerprint256 ?? ''),
  };
}

/** What is wrong with a certificate, by the code that the check gave it; null for any other trouble. */
export function sayCertificateError(
  code: string | null,
  server: string,
  shown: ShownCertificate | null,
  now: number,
): string | null {
  const whose = `The certificate of ${server}`;
  switch (code) {
    case 'CERT_HAS_EXPIRED':
      return shown === null
        ? `${whose} has expired. Whoever runs it must renew it.`
        : `${whose} expired at ${timeOf(shown.until)}; this computer’s clock says ${timeOf(now)}. Whoever runs it must renew it, unless the clock here is wrong.`;
    case 'CERT_NOT_YET_VALID':
      return shown === null
        ? `${whose} is not valid yet. Is this computer’s clock right?`
        : `${whose} is valid only from ${timeOf(shown.from)} on; this computer’s clock says ${timeOf(now)}. Set the clock right; if it is, that of whoever made the certificate was not.`;
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return `${whose} is for another name${shown === null ? '' : `: ${sayNames(shown)}`}. Check the address, or give the name that the certificate bears (tls-server-name in a kubeconfig).`;
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
      return `${whose} is signed by nobody but itself${fingerprintOf(shown)}. If its operator says that this is the one, give it as the certificate authority of this connection; if not, something stands in between.`;
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'CERT_SIGNATURE_FAILURE':
      return `${whose} is not signed by an authority that is trusted here${shown === null || shown.issuer === '' ? '' : ` but by “${shown.issuer}”`}. Is the certificate authority that was given for it right, or does something stand in between?`;
    default:
      return null;
  }
}

function sayNames({ names, subject }: ShownCertificate): string {
  if (names.length === 0) return subject === '' ? 'it bears none' : `“${subject}”, and none that counts`;
  const more = names.length - mostNames;
  return `${names.slice(0, mostNames).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

const fingerprintOf = (shown: ShownCertificate | null): string =>
  shown === null || shown.fingerprint === '' ? '' : ` (SHA-256 ${shown.fingerprint})`;

const timeOf = (at: number): string =>
  Number.isFinite(at)
    ? `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`
    : 'no time that can be read';

/** A name can occur several times; it is then a list. */
const textOf = (name: unknown): string =>
  typeof name === 'string' ? name : Array.isArray(name) ? String(name[0] ?? '') : '';

const plain = (text: string): string => text.replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, '').slice(0, 100);
