import { z } from 'zod';
import { ConnectionId, EntityId } from './entity.ts';

/** Where a certificate stands, by which it is known what its end means. */
export const CertificateKind = z.enum([
  'user',
  'server',
  'secret',
  'certManager',
  'webhook',
  'meshRoot',
  'meshIssuer',
]);
export type CertificateKind = z.infer<typeof CertificateKind>;

/** A certificate that ends soon, or has ended. Its public part only; keys are never read into this. */
export const EndingCertificate = z.object({
  connectionId: ConnectionId,
  kind: CertificateKind,
  /** "Certificate shop/edge"; whom it is for: "shop.example.com". */
  where: z.string(),
  subject: z.string(),
  /** "Ingress shop/edge"; null where it says so itself. */
  usedBy: z.string().nullable(),
  /** Nodes of the map whose callers meet it; empty where it is of no single service. */
  serviceIds: z.array(EntityId).default([]),
  /** Null where only its end is told. */
  startsAt: z.number().nullable(),
  endsAt: z.number(),
});
export type EndingCertificate = z.infer<typeof EndingCertificate>;
