import './protections.css';
import type { GraphCall, GraphService } from '../../../shared/model/graph.ts';
import type { CallView, ServiceDetail } from '../../../shared/model/inspect.ts';
import { useCallSignals } from '../../live/signals.ts';
import { useTripOfCall } from '../../live/trips.ts';
import { editProtections } from '../../state/protections.ts';
import { askForFallback, askToTrip } from '../../state/trips.ts';
import { Button } from '../../ui/Button.tsx';
import { plainText } from '../../ui/plainText.ts';
import { Section } from '../../ui/Section.tsx';
import { MissingButtons } from './MissingButtons.tsx';
import { ProtectionList } from './ProtectionList.tsx';
import { missingOf } from './protectionWords.ts';

interface CallGuardsProps {
  readonly call: GraphCall;
  readonly callee: GraphService;
  /** Null while it is being read, or where no source can tell. */
  readonly view: CallView | null;
  readonly detail: ServiceDetail | null;
  readonly problem: string | null;
}

/** What guards one call, what is missing, whether it is tripped, and what can be done to it. */
export function CallGuards({ call, callee, view, detail, problem }: CallGuardsProps) {
  const signals = useCallSignals(call.id);
  const held = useTripOfCall(call.id);
  const isOwn = callee.kind === 'service';
  const figures = {
    requestsPerSecond: signals?.requestsPerSecond ?? null,
    p99Ms: signals?.p99Ms ?? null,
  };
  return (
    <Section title="What protects it">
      {view === null && (
        <p className="muted">{problem ?? (detail === null ? 'Reading…' : 'No source can tell.')}</p>
      )}
      {view !== null && <ProtectionList protections={view.protections} unseen={detail?.unseen ?? null} />}
      {view !== null && view.missing.length > 0 && (
        <p className="toneWarn protectionMissing">{plainText(view.missing.join(', '), 160)}</p>
      )}
      {view !== null && view.protections.length === 0 && view.missing.length === 0 && (
        <p className="muted">
          {view.unknown === null ? 'No source can tell.' : `${plainText(view.unknown, 160)}.`}
        </p>
      )}
      {isOwn && view !== null && (
        <MissingButtons serviceId={callee.id} missing={missingOf(view)} figures={figures} />
      )}
      <div className="verdictOffers">
        {held === null && (
          <Button tone="danger" onPress={() => askToTrip(callee.id, call.callerId)}>
            Trip…
          </Button>
        )}
        {view?.fallback != null && (
          <Button onPress={() => askForFallback(callee.id, call.callerId)}>Change fallback…</Button>
        )}
        {isOwn && detail?.protectable !== false && (
          <Button onPress={() => editProtections(callee.id)}>Edit protections…</Button>
        )}
      </div>
    </Section>
  );
}
