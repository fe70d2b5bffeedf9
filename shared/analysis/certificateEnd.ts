import type { CertificateKind, EndingCertificate } from '../model/certificate.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** Long enough beforehand to do something about it, and too late to take one's time. */
const soonMs = 30 * dayMs;
const urgentMs = 7 * dayMs;
/** Whatever lives shorter is renewed by a machine many times a week: its end is news only once it is there. */
const shortLifeMs = 36 * hourMs;

/** How near the end of a certificate is; null while there is time. */
export type CertificateEnd = 'soon' | 'urgent' | 'ended';

/**
 * Near is within a month, urgent within a week. Of one that lives shorter it is the last third of its life, in which whoever
 * renews it has failed to, and the last twelfth.
 */
export function certificateEnd(
  { startsAt, endsAt }: Pick<EndingCertificate, 'startsAt' | 'endsAt'>,
  now: number,
): CertificateEnd | null {
  const leftMs = endsAt - now;
  if (leftMs <= 0) return 'ended';
  const lifeMs = startsAt === null ? Infinity : endsAt - startsAt;
  if (lifeMs < shortLifeMs) return null;
  if (leftMs < Math.min(urgentMs, lifeMs / 12)) return 'urgent';
  return leftMs < Math.min(soonMs, lifeMs / 3) ? 'soon' : null;
}

/** Whole meshes and clusters stand on these. */
const ofEverything: ReadonlySet<CertificateKind> = new Set(['meshRoot', 'meshIssuer', 'server']);

/** Whether its end is trouble already, or so near that all of a mesh or a cluster is about to stand still. */
export function cannotWait(
  certificate: Pick<EndingCertificate, 'kind' | 'startsAt' | 'endsAt'>,
  now: number,
): boolean {
  const end = certificateEnd(certificate, now);
  return end === 'ended' || (end === 'urgent' && ofEverything.has(certificate.kind));
}
