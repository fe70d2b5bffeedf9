import { certificateEnd } from '../../../shared/analysis/certificateEnd.ts';
import type { EndingCertificate } from '../../../shared/model/certificate.ts';
import type { EntityId } from '../../../shared/model/entity.ts';
import { useNow } from '../../live/clock.ts';
import { useConnection } from '../../live/connections.ts';
import { useService } from '../../live/topology.ts';
import { goToService } from '../../state/findings.ts';
import { Button } from '../../ui/Button.tsx';
import { certificateHelp, endTone, endWords } from '../../ui/certificateHelp.ts';
import { formatUtc } from '../../ui/format.ts';
import { plainText } from '../../ui/plainText.ts';

const mostServices = 4;

/** A certificate that ends soon: when, whom it is for, where it stands, who uses it, what to do. */
export function CertificateLine({
  certificate,
  at = null,
}: {
  readonly certificate: EndingCertificate;
  /** The service that is looked at already: to it there is no way to go. */
  readonly at?: EntityId | null;
}) {
  const now = useNow();
  const connection = useConnection(certificate.connectionId);
  const { kind, where, subject, usedBy, serviceIds, endsAt } = certificate;
  const words = endWords(certificate, now);
  return (
    <li className="finding">
      <div className="findingHead">
        <b className={endTone(certificateEnd(certificate, now))}>
          {words.charAt(0).toUpperCase() + words.slice(1)}
        </b>
        <span className="grow findingSubject">{plainText(subject, 120)}</span>
        {serviceIds
          .filter((id) => id !== at)
          .slice(0, mostServices)
          .map((id) => (
            <Reached key={id} id={id} />
          ))}
      </div>
      <p>
        {plainText(where, 200)}
        {usedBy !== null && `, used by ${plainText(usedBy, 300)}`}
        {connection !== null && ` · ${connection.title}`} · {formatUtc(endsAt)}
      </p>
      <p className="muted">{certificateHelp[kind].what}</p>
    </li>
  );
}

function Reached({ id }: { readonly id: EntityId }) {
  const service = useService(id);
  const name = plainText(service?.name ?? id, 60);
  return (
    <Button tone="quiet" aria-label={`Go to ${name}`} onPress={() => goToService(id)}>
      {name}
    </Button>
  );
}
