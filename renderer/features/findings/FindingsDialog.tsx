import { useFindingStore } from '../../live/findings.ts';
import { closeFindings, useFindingList } from '../../state/findings.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog, DialogActions } from '../../ui/Dialog.tsx';
import { formatCount } from '../../ui/format.ts';
import { plainText } from '../../ui/plainText.ts';
import { CertificateLine } from './CertificateLine.tsx';
import { FindingLine } from './FindingLine.tsx';

const most = 100;

/** Everything that only the whole map shows: systems that contradict each other, and instances unlike their siblings. */
export function FindingsDialog() {
  const open = useFindingList((state) => state.open);
  if (!open) return null;
  return (
    <Dialog title="Findings of the whole map" onClose={closeFindings} widthPx={720}>
      <Body />
      <DialogActions>
        <Button tone="primary" onPress={closeFindings} autoFocus>
          Close
        </Button>
      </DialogActions>
    </Dialog>
  );
}

function Body() {
  const { found, problem } = useFindingStore();
  if (found === null) {
    return problem === null ? (
      <p className="findingsNone" role="status">
        <span className="spinner" aria-hidden="true" /> Comparing what the systems say…
      </p>
    ) : (
      <p className="findingsNone" role="alert">
        {plainText(problem)} It is tried again.
      </p>
    );
  }
  const { findings, certificates, problems } = found;
  const missed = problem === null ? problems : [...problems, `Not being read any more: ${problem}`];
  return (
    <>
      {findings.length === 0 ? (
        <p className="findingsNone muted" role="status">
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
        <ul className="findings" aria-label="Certificates near their end">
          {certificates.slice(0, most).map((one) => (
            <CertificateLine key={`${one.connectionId} ${one.where}`} certificate={one} />
          ))}
        </ul>
      )}
      {missed.map((text) => (
        <p key={text} className="toneWarn">
          {plainText(text, 300)}
        </p>
      ))}
    </>
  );
}
