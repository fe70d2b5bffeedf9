import type { RegistryFindings } from '../../../shared/model/registryFinding.ts';
import { useFindingStore } from '../../live/findings.ts';
import { closeFindings, useFindingList } from '../../state/findings.ts';
import { BoardDialog } from '../../ui/BoardDialog.tsx';
import { formatCount } from '../../ui/format.ts';
import { Section } from '../../ui/Section.tsx';
import { CertificateLine } from './CertificateLine.tsx';
import { FindingLine } from './FindingLine.tsx';

const most = 100;

/** Everything that only the whole map shows: systems that contradict each other, and instances unlike their siblings. */
export function FindingsDialog() {
  const open = useFindingList((state) => state.open);
  const { found, problem } = useFindingStore();
  if (!open) return null;
  return (
    <BoardDialog
      title="Findings of the whole map"
      widthPx={720}
      board={found}
      problem={problem}
      waiting="Comparing what the systems say…"
      onClose={closeFindings}
    >
      {(read) => <Lists found={read} />}
    </BoardDialog>
  );
}

function Lists({ found: { findings, certificates } }: { readonly found: RegistryFindings }) {
  return (
    <>
      {findings.length === 0 ? (
        <p className="boardNote muted" role="status">
          The systems agree about every service that they share, and no instance stands out by its load.
        </p>
      ) : (
        <ul className="findings" aria-label="Findings">
          {findings.slice(0, most).map((finding) => (
            <FindingLine
              key={`${finding.rule} ${finding.serviceId} ${finding.otherId} ${finding.text}`}
              finding={finding}
            />
          ))}
        </ul>
      )}
      {findings.length > most && (
        <p className="muted">and {formatCount(findings.length - most, 'more finding')}</p>
      )}
      {certificates.length > 0 && (
        <Section title="Certificates near their end">
          <ul className="findings" aria-label="Certificates near their end">
            {certificates.slice(0, most).map((one) => (
              <CertificateLine key={`${one.connectionId} ${one.where}`} certificate={one} />
            ))}
          </ul>
        </Section>
      )}
    </>
  );
}
