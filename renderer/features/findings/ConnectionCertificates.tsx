import type { ConnectionState } from '../../../shared/model/connection.ts';
import { useFindingStore } from '../../live/findings.ts';
import { plainText } from '../../ui/plainText.ts';
import { Section } from '../../ui/Section.tsx';
import { CertificateLine } from './CertificateLine.tsx';

const most = 50;

/** The certificates of one connection that end soon, and of which it is not known. */
export function ConnectionCertificates({
  connection: { id, title },
}: {
  readonly connection: ConnectionState;
}) {
  const { found, problem } = useFindingStore();
  const ending = (found?.certificates ?? []).filter(({ connectionId }) => connectionId === id);
  const unknown = (found?.certificateProblems ?? []).filter(({ connectionId }) => connectionId === id);
  return (
    <Section title="Certificates near their end">
      {found === null && (
        <p className="muted" role="status">
          {problem === null ? 'Looking for certificates…' : plainText(problem)}
        </p>
      )}
      {found !== null && ending.length === 0 && (
        <p className="muted">
          {unknown.length === 0 ? 'None of those that are known here.' : 'None of those that could be read.'}
        </p>
      )}
      {ending.length > 0 && (
        <ul className="findings" aria-label={`Certificates of ${plainText(title, 80)} near their end`}>
          {ending.slice(0, most).map((one) => (
            <CertificateLine key={one.where} certificate={one} />
          ))}
        </ul>
      )}
      {ending.length > most && <p className="muted">and {ending.length - most} more</p>}
      {unknown.map(({ text }) => (
        <p key={text} className="toneWarn">
          {plainText(text, 600)}
        </p>
      ))}
    </Section>
  );
}
