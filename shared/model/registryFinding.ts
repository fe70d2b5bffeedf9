import { z } from 'zod';
import { EndingCertificate } from './certificate.ts';
import { ConnectionId, EntityId } from './entity.ts';

/** What can be found wrong between systems, or between the instances of one service. */
export const FindingRule = z.enum([
  'address-claimed',
  'registered-unanswered',
  'registered-nowhere',
  'not-registered',
  'versions-differ',
  'uneven-load',
]);
export type FindingRule = z.infer<typeof FindingRule>;

/** Something about one service of the map that only the whole map shows. */
export const RegistryFinding = z.object({
  rule: FindingRule,
  /** The node of the map where the cause lies. */
  serviceId: EntityId,
  /** The other service that it is about: who claims the same address; null where there is none. */
  otherId: EntityId.nullable(),
  /** A whole sentence, without the name of the service. */
  text: z.string(),
});
export type RegistryFinding = z.infer<typeof RegistryFinding>;

/** The findings of the whole map, and what could not be looked at for them, in words. */
export const RegistryFindings = z.object({
  findings: z.array(RegistryFinding),
  /** Certificates near their end or past it, the first to end first. */
  certificates: z.array(EndingCertificate).default([]),
  /** Certificates of which it could not be read when they end, and why. */
  certificateProblems: z.array(z.object({ connectionId: ConnectionId, text: z.string() })).default([]),
  problems: z.array(z.string()),
});
export type RegistryFindings = z.infer<typeof RegistryFindings>;
