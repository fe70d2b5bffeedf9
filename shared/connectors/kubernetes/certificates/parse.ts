import { X509Certificate } from 'node:crypto';

/** What is told of a certificate. */
interface Parsed {
  readonly subject: string;
  readonly startsAt: number | null;
  readonly endsAt: number;
}

/** More in one place are a bundle of authorities, of which the first to end is told. */
const mostInBundle = 200;

/** The certificate of a PEM text that ends first; null where there is none that can be read. */
export function firstToEnd(pem: string): Parsed | null {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g) ?? [];
  const read = blocks.slice(0, mostInBundle).flatMap((block) => parsed(block) ?? []);
  return read.sort((a, b) => a.endsAt - b.endsAt)[0] ?? null;
}

/** Null for what is none. */
function parsed(certificate: string): Parsed | null {
  try {
    return told(new X509Certificate(certificate));
  } catch {
    return null;
  }
}

/** Whom a certificate is for and when it ends; null where that is no time. */
export function told({
  subject,
  subjectAltName,
  validFromDate,
  validToDate,
}: X509Certificate): Parsed | null {
  const endsAt = validToDate.getTime();
  if (!Number.isFinite(endsAt)) return null;
  const startsAt = validFromDate.getTime();
  const common = /^CN=(.+)$/m.exec(subject)?.[1];
  return {
    subject: (common ?? subjectAltName ?? subject.replaceAll('\n', ', ')).slice(0, 200),
    startsAt: Number.isFinite(startsAt) ? startsAt : null,
    endsAt,
  };
}
