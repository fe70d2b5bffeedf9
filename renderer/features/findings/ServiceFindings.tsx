import type { GraphService } from '../../../shared/model/graph.ts';
import { useCertificatesOf } from '../../live/certificates.ts';
import { useFindingsOf } from '../../live/findings.ts';
import { Section } from '../../ui/Section.tsx';
import { CertificateLine } from './CertificateLine.tsx';
import { FindingLine } from './FindingLine.tsx';

const most = 20;

/** What only the whole map shows of one service, and certificates by which it is reached that end soon; nothing while there is nothing. */
export function ServiceFindings({ service }: { readonly service: GraphService }) {
  const findings = useFindingsOf(service.id);
  const certificates = useCertificatesOf(service.id);
  return (
    <>
      {certificates.length > 0 && (
        <Section title="Certificates near their end">
          <ul className="findings" aria-label="Certificates near their end">
            {certificates.slice(0, most).map((one) => (
              <CertificateLine key={one.where} certificate={one} at={service.id} />
            ))}
          </ul>
          {certificates.length > most && (
            <p className="muted">and {certificates.length - most} more, in the list of all</p>
          )}
        </Section>
      )}
      {findings.length > 0 && (
        <Section title="Findings">
          <ul className="findings" aria-label="Findings">
            {findings.map((finding) => (
              <FindingLine key={`${finding.rule} ${finding.text}`} finding={finding} at={service.id} />
            ))}
          </ul>
        </Section>
      )}
    </>
  );
}
