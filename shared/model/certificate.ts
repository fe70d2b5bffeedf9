import { z } from 'zod';
import { ConnectionId } from './entity.ts';

/** Where a certificate stands, by which it is known what its end means. */
export const CertificateKind = z.enum(['user', 'certManager', 'webhook', 'meshRoot']);
export type CertificateKind = z.infer<typeof CertificateKind>;

/** A certificate that ends soon, or has ended. */
export const EndingCertificate = z.object({
  connectionId: ConnectionId,
  kind: CertificateKind,
  /** "Certificate shop/edge"; whom it is for: "shop.example.com". */
  where: z.string(),
  subject: z.string(),
  /** "Secret shop/edge-tls"; null where it says so itself. */
  usedBy: z.string().nullable(),
  endsAt: z.number(),
});
export type EndingCertificate = z.infer<typeof EndingCertificate>;
