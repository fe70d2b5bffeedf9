import './protections.css';
import type { GraphService } from '../../../shared/model/graph.ts';
import type { ServiceDetail } from '../../../shared/model/inspect.ts';
import { useServiceSignals } from '../../live/signals.ts';
import { useTripsOf } from '../../live/trips.ts';
import { editProtections, listUnprotected } from '../../state/protections.ts';
import { askForFallback, askToTrip } from '../../state/trips.ts';
import { Button } from '../../ui/Button.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { plainText } from '../../ui/plainText.ts';
import { Section } from '../../ui/Section.tsx';
import { CalleeRow } from './CalleeRow.tsx';
import { MissingButtons } from './MissingButtons.tsx';
import { ProtectionList } from './ProtectionList.tsx';
import { missingInWords, missingOf, protectionsOfService } from './protectionWords.ts';

interface ProtectionsTabProps {
  readonly service: GraphService;
  /** Null while it is being read. */
  readonly detail: ServiceDetail | null;
}

/** What guards the calls to a service, declared and seen, and what guards the calls it makes. */
export function ProtectionsTab({ service, detail }: ProtectionsTabProps) {
  const signals = useServiceSignals(service.id);
  const isAllHeld = useTripsOf(service.id).some(({ caller }) => caller === null);
  if (detail === null) return <EmptyState title="Reading…" busy />;
  const protections = protectionsOfService(detail);
  const missing = detail.callsIn[0] === undefined ? [] : missingOf(detail.callsIn[0]);
  const figures = {
    requestsPerSecond: signals?.requestsPerSecond ?? null,
    p99Ms: signals?.p99Ms ?? null,
  };
  const name = plainText(service.name, 60);
  const isOwn = service.kind === 'service';
  return (
    <div className="inspectorPart">
      {isOwn && (
        <Section title={`Calls to ${name}`}>
          <ProtectionList protections={protections} unseen={detail.unseen} />
          {missing.length > 0 && <p className="toneWarn protectionMissing">{missingInWords(missing)}</p>}
          {protections.length === 0 && missing.length === 0 && (
            <p className="muted">
              {detail.callsIn.length === 0
                ? 'No source has seen anyone call it in the window.'
                : 'No source can tell what protects them.'}
            </p>
          )}
          <MissingButtons serviceId={service.id} missing={missing} figures={figures} />
          <div className="verdictOffers">
            {!isAllHeld && (
              <Button tone="danger" onPress={() => askToTrip(service.id, null)}>
                Trip all callers…
              </Button>
            )}
            {detail.callsIn.some(({ fallback }) => fallback !== null) && (
              <Button onPress={() => askForFallback(service.id, null)}>Change fallback…</Button>
            )}
            {detail.protectable && (
              <Button onPress={() => editProtections(service.id)}>Edit protections…</Button>
            )}
          </div>
        </Section>
      )}
      {detail.callsOut.length > 0 && (
        <Section title={`Calls ${name} makes`}>
          <ul className="calleeRows">
            {detail.callsOut.map((call) => (
              <CalleeRow key={call.callId} call={call} />
            ))}
          </ul>
        </Section>
      )}
      {detail.protectable && (
        <p className="protectionFoot">
          <Button tone="quiet" onPress={() => listUnprotected(service.connectionId)}>
            All calls that lack protection…
          </Button>
        </p>
      )}
    </div>
  );
}
