import type { CallId } from '../../../shared/model/entity.ts';
import type { ServiceDetail } from '../../../shared/model/inspect.ts';
import { useWatched, type Watched } from '../../client/useWatched.ts';
import { useConnection } from '../../live/connections.ts';
import { useGreyLinesOfCall } from '../../live/routes.ts';
import { useCallSignals, useProvenance } from '../../live/signals.ts';
import { useCall, useService } from '../../live/topology.ts';
import { clearSelection, selectService } from '../../state/selection.ts';
import { Button } from '../../ui/Button.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { formatLatency, formatRate, formatRatio } from '../../ui/format.ts';
import { plainText } from '../../ui/plainText.ts';
import { Section } from '../../ui/Section.tsx';
import { countedWords } from './countedWords.ts';
import { InspectorHead } from './InspectorHead.tsx';
import type { InspectorParts } from './inspectorParts.ts';
import { mayBeRefused } from './mayBeRefused.ts';
import { RefusedSection } from './RefusedSection.tsx';
import { flagsInWords } from './responseFlags.ts';
import { SourceLine } from './SourceLine.tsx';

/** One call, caller → callee: its figures, why it fails, and what guards it. */
export function CallInspector({
  callId,
  parts,
}: {
  readonly callId: CallId;
  readonly parts: InspectorParts;
}) {
  const call = useCall(callId);
  const caller = useService(call?.callerId ?? null);
  const callee = useService(call?.calleeId ?? null);
  const connection = useConnection(callee?.connectionId ?? null);
  const signals = useCallSignals(callId);
  const routed = useGreyLinesOfCall(callId);
  const provenance = useProvenance();
  const calleeId = call?.calleeId ?? null;
  const detail: Watched<ServiceDetail> = useWatched(calleeId, (client, signal) =>
    client.services.inspect({ serviceId: calleeId ?? '' }, { signal }),
  );
  if (call === null || caller === null || callee === null) {
    return (
      <EmptyState title="No longer on the map" actions={<Button onPress={clearSelection}>Close</Button>}>
        No source has seen this call in the window.
      </EmptyState>
    );
  }
  const view = detail.value?.callsIn.find((each) => each.callId === callId) ?? null;
  const flags = flagsInWords(signals?.flags ?? {});
  const lost = signals?.neverArrivedRatio ?? null;
  const forbidden = signals?.forbiddenRatio ?? null;
  const counted = countedWords(signals?.counted);
  // Of several that count, those whose figures these are.
  const by = signals?.counted?.by;
  const own = provenance.filter(({ source }) => source === by);
  const countedBy = own.length === 0 ? provenance : own;
  // A trip's fixed answer fails nobody; where nobody says whether calls fail, what was flagged is trouble.
  const isServed = signals?.errorRatio === 0;
  return (
    <div className="inspector">
      <InspectorHead
        title={`${caller.name} → ${callee.name}`}
        health={signals?.health ?? 'unknown'}
        errorRatio={signals?.errorRatio ?? null}
        serviceId={callee.id}
        where={[
          'call',
          ...call.protocols,
          ...(call.asynchronous ? ['asynchronous'] : []),
          ...(connection ? [connection.title] : []),
        ]}
      />
      <div className="verdictOffers">
        <Button onPress={() => selectService(caller.id, { centre: true })}>
          Go to {plainText(caller.name, 40)}
        </Button>
        <Button onPress={() => selectService(callee.id, { centre: true })}>
          Go to {plainText(callee.name, 40)}
        </Button>
      </div>
      {parts.held(callee.id, call.id)}
      <Section title="Figures" aside={<SourceLine provenance={countedBy} />}>
        <dl className="figures num">
          <Figure name="Requests a second" value={formatRate(signals?.requestsPerSecond)} />
          <Figure name="Failed" value={formatRatio(signals?.errorRatio)} />
          <Figure name="Failed a second" value={formatRate(signals?.failedPerSecond)} />
          <Figure name="p50" value={formatLatency(signals?.p50Ms)} />
          <Figure name="p90" value={formatLatency(signals?.p90Ms)} />
          <Figure name="p99" value={formatLatency(signals?.p99Ms)} />
        </dl>
        {counted !== null && <p className="muted countedBy">{counted}</p>}
      </Section>
      {routed.length > 0 && (
        <Section title="Routed by its caller">
          <ul className="splitNotes">
            {routed.map((line) => (
              <li key={line}>{plainText(line, 200)}</li>
            ))}
          </ul>
        </Section>
      )}
      {(flags.length > 0 || (lost !== null && lost > 0)) && (
        <Section title={isServed ? 'Answered on the way' : 'Why it fails'}>
          <ul className="splitNotes">
            {flags.map((flag) => (
              <li key={flag} className="toneBad">
                {flag}
              </li>
            ))}
            {lost !== null && lost > 0 && (
              <li className={isServed ? 'muted' : 'toneBad'}>
                {formatRatio(lost)} never reached an instance
              </li>
            )}
          </ul>
        </Section>
      )}
      {mayBeRefused(signals) && (
        <RefusedSection
          callerId={caller.id}
          calleeId={callee.id}
          callerName={caller.name}
          forbiddenRatio={forbidden}
        />
      )}
      {parts.callGuards(call, callee, { view, whole: detail.value, problem: detail.problem })}
    </div>
  );
}

function Figure({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <div>
      <dt className="muted">{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}
