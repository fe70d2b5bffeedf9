import type { GraphService } from '../../../shared/model/graph.ts';
import { useFindingsOf } from '../../live/findings.ts';
import { Section } from '../../ui/Section.tsx';
import { FindingLine } from './FindingLine.tsx';

/** What only the whole map shows of one service; nothing while nothing is found. */
export function ServiceFindings({ service }: { readonly service: GraphService }) {
  const findings = useFindingsOf(service.id);
  if (findings.length === 0) return null;
  return (
    <Section title="Findings">
      <ul className="findings" aria-label="Findings">
        {findings.map((finding) => (
          <FindingLine key={`${finding.rule} ${finding.text}`} finding={finding} at={service.id} />
        ))}
      </ul>
    </Section>
  );
}
