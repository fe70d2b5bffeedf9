import type { EndingCertificate } from '../../../shared/model/certificate.ts';
import { useNow } from '../../live/clock.ts';
import { useConnection } from '../../live/connections.ts';
import { certificateHelp } from '../../ui/certificateHelp.ts';
import { formatSpan, formatUtc } from '../../ui/format.ts';
import { plainText } from '../../ui/plainText.ts';

const urgentMs = 7 * 24 * 3_600_000;

/** A certificate that ends soon: when, where it stands, who uses it, what to do. */
export function CertificateLine({ certificate }: { readonly certificate: EndingCertificate }) {
  const now = useNow();
  const connection = useConnection(certificate.connectionId);
  const { kind, where, subject, usedBy, endsAt } = certificate;
  const leftMs = endsAt - now;
  return (
    <li className="finding">
      <div className="findingHead">
        <b className={leftMs < urgentMs ? 'toneBad' : 'toneWarn'}>
          {leftMs > 0 ? `Certificate ends in ${formatSpan(leftMs)}` : 'Certificate has ended'}
        </b>
        <span>{plainText(subject, 120)}</span>
      </div>
      <p>
        {plainText(where, 200)}
        {usedBy !== null && `, used by ${plainText(usedBy, 120)}`}
        {connection !== null && ` · ${connection.title}`} · {formatUtc(endsAt)}
      </p>
      <p className="muted">{certificateHelp[kind]}</p>
    </li>
  );
}
