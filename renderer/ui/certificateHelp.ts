import type { CertificateKind } from '../../shared/model/certificate.ts';

/** What the end of a certificate means, and what to do about it. */
export const certificateHelp: Readonly<Record<CertificateKind, string>> = {
  user: 'You log in by it. Ask for a new one while you still can: once it has ended you are refused.',
  certManager:
    'cert-manager should have renewed it by now: see the conditions and events of the Certificate and of its issuer.',
  webhook:
    'The API server checks a webhook by it. Once it has ended, what the webhook guards is refused, or let through unguarded.',
  meshRoot:
    'Every proxy of the mesh trusts by it. A new root takes days to reach all workloads: begin before it ends.',
};
