import type { GraphService } from '../../../shared/model/graph.ts';
import type { ServiceDetail } from '../../../shared/model/inspect.ts';
import { useSignals } from '../../live/signals.ts';
import { useMeasuredSplits, useSplitsOf } from '../../live/splits.ts';
import { Section } from '../../ui/Section.tsx';
import { CallList } from './CallList.tsx';
import { Faces } from './Faces.tsx';
import { ServiceChartsView } from './ServiceChartsView.tsx';
import type { InspectorParts } from './inspectorParts.ts';
import { SplitCard } from './SplitCard.tsx';
import { SourceLine } from './SourceLine.tsx';
import { busiestFirst, canBeDragged } from './splitView.ts';

interface OverviewTabProps {
  readonly service: GraphService;
  /** Null while it is being read. */
  readonly detail: ServiceDetail | null;
  readonly parts: Pick<InspectorParts, 'splitActions' | 'findings' | 'reach'>;
}

/** How calls are divided, how each version fares over time, and who is called. */
export function OverviewTab({ service, detail, parts }: OverviewTabProps) {
  const splits = useSplitsOf(service.id);
  const measured = useMeasuredSplits(splits.length === 0 ? null : service.id);
  const sources = useSignals(({ receivedAt, awaited, provenance }) =>
    receivedAt === null || awaited ? null : provenance.length,
  );
  const counting = { isRead: measured.value !== null, problem: measured.problem, sources };
  const counted = measured.value ?? [];
  const ordered = busiestFirst(splits, counted);
  return (
    <>
      {ordered.map((split) => {
        const own = counted.find((each) => each.splitId === split.id) ?? null;
        return (
          <SplitCard
            key={split.id}
            split={split}
            serviceName={service.name}
            measured={own}
            counting={counting}
            actions={parts.splitActions(split, canBeDragged(split), own)}
          />
        );
      })}
      <ServiceChartsView service={service} split={ordered[0] ?? null} />
      {parts.findings(service)}
      <Faces service={service} reach={parts.reach(service)} />
      {detail && (detail.callsIn.length > 0 || detail.callsOut.length > 0) && (
        <Section title="Calls" aside={<SourceLine provenance={detail.provenance} />}>
          <CallList direction="in" calls={detail.callsIn} brief />
          <CallList direction="out" calls={detail.callsOut} brief />
        </Section>
      )}
    </>
  );
}
