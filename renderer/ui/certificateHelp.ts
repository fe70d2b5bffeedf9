import type { CertificateEnd } from '../../shared/analysis/certificateEnd.ts';
import type { CertificateKind, EndingCertificate } from '../../shared/model/certificate.ts';
import type { FindingHelp } from './findingHelp.ts';
import { formatSpan } from './format.ts';

/** What the end of a certificate means, and what to do about it. */
export const certificateHelp: Readonly<Record<CertificateKind, FindingHelp>> = {
  user: {
    title: 'The one you log in by',
    what: 'You log in by it. Ask for a new one while you still can: once it has ended you are refused.',
  },
  server: {
    title: 'The API server’s own',
    what: 'The API server shows it to everybody, or a load balancer before it. Once it has ended nobody connects any more, controllers and nodes included: whoever runs the cluster must renew it.',
  },
  secret: {
    title: 'Shown by an Ingress or a gateway',
    what: 'Callers are shown it. Once it has ended they refuse to call: put the new certificate and its key into the Secret; gateways take it up by themselves.',
  },
  certManager: {
    title: 'Kept by cert-manager',
    what: 'It should have been renewed by now: see the conditions and events of the Certificate and of its issuer.',
  },
  webhook: {
    title: 'Of a webhook',
    what: 'The API server checks a webhook by it. Once it has ended, what the webhook guards is refused, or let through unguarded.',
  },
  meshRoot: {
    title: 'Root of a mesh',
    what: 'Every proxy of the mesh trusts by it. A new root takes days to reach all workloads: begin before it ends.',
  },
  meshIssuer: {
    title: 'Linkerd’s issuer',
    what: 'It signs the certificates of all proxies. Once it has ended no proxy gets a new one, and calls fail within a day: renew it, and restart nothing before that is done.',
  },
};

const tones: Readonly<Record<CertificateEnd, string>> = {
  soon: 'toneWarn',
  urgent: 'toneBad',
  ended: 'toneBad',
};

/** The colour of a certificate's end; calm while there is time. */
export const endTone = (end: CertificateEnd | null): string => (end === null ? 'muted' : tones[end]);

/** "certificate ends in 12 d". */
export function endWords({ endsAt }: Pick<EndingCertificate, 'endsAt'>, now: number): string {
  const leftMs = endsAt - now;
  return leftMs > 0 ? `certificate ends in ${formatSpan(leftMs)}` : 'certificate has ended';
}
