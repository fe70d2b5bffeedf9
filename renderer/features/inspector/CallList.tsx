import type { CallView } from '../../../shared/model/inspect.ts';
import { useGreyLinesOfCall } from '../../live/routes.ts';
import { useCallSignals } from '../../live/signals.ts';
import { useCall, useService } from '../../live/topology.ts';
import { useTripOfCall } from '../../live/trips.ts';
import { selectCall, selectService } from '../../state/selection.ts';
import { askToTrip } from '../../state/trips.ts';
import { Button } from '../../ui/Button.tsx';
import { formatLatency, formatRate, formatRatio } from '../../ui/format.ts';
import { plainText } from '../../ui/plainText.ts';
import { protectionTitles } from './protectionTitles.ts';
import { flagsInWords } from './responseFlags.ts';

interface CallListProps {
  readonly direction: 'in' | 'out';
  readonly calls: readonly CallView[];
  /** One line for each call: figures and what is missing, without what protects. */
  readonly brief?: boolean;
}

/** Calls of a service, one side each: who, how much, how much fails, and what guards the call. */
export function CallList({ direction, calls, brief = false }: CallListProps) {
  if (calls.length === 0) return null;
  const label = direction === 'in' ? 'Calls in' : 'Calls out';
  return (
    <table className="calls" aria-label={label}>
      <thead>
        <tr>
          <th scope="col">{label}</th>
          <th scope="col">rps</th>
          <th scope="col">failed</th>
          <th scope="col">p99</th>
          <th scope="col">
            <span className="visuallyHidden">Details</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {calls.map((call) => (
          <CallRow key={call.callId} call={call} direction={direction} brief={brief} />
        ))}
      </tbody>
    </table>
  );
}

function CallRow({
  call,
  direction,
  brief,
}: { readonly call: CallView; readonly brief: boolean } & Pick<CallListProps, 'direction'>) {
  const signals = useCallSignals(call.callId);
  const edge = useCall(call.callId);
  const canBeTripped = useService(edge?.calleeId ?? null)?.hosts[0] !== undefined;
  const held = useTripOfCall(call.callId);
  const routed = useGreyLinesOfCall(call.callId);
  const name = plainText(call.otherName, 60);
  const tone = call.health === 'failing' ? 'toneBad' : call.health === 'degraded' ? 'toneWarn' : '';
  const refused = signals?.forbiddenRatio ?? null;
  const flags = [
    ...(refused === null || refused === 0 ? [] : [`${formatRatio(refused)} refused (403)`]),
    ...flagsInWords(signals?.flags ?? {}),
  ];
  return (
    <>
      <tr className="callRow">
        <th scope="row">
          <Button tone="quiet" onPress={() => selectService(call.otherId, { centre: true })}>
            {name}
          </Button>
        </th>
        <td>{formatRate(signals?.requestsPerSecond)}</td>
        <td className={tone}>{formatRatio(signals?.errorRatio)}</td>
        <td>{formatLatency(signals?.p99Ms)}</td>
        <td className="callActs">
          {held !== null && <span className="tonePending">held</span>}
          {held === null && edge !== null && canBeTripped && (
            <Button
              tone="quiet"
              aria-label={direction === 'in' ? `Trip calls from ${name}` : `Trip calls to ${name}`}
              onPress={() => askToTrip(edge.calleeId, edge.callerId)}
            >
              Trip…
            </Button>
          )}
          <Button
            tone="quiet"
            square
            aria-label={direction === 'in' ? `Call from ${name}` : `Call to ${name}`}
            onPress={() => selectCall(call.callId)}
          >
            ›
          </Button>
        </td>
      </tr>
      {(call.missing.length > 0 ||
        call.unknown !== null ||
        flags.length > 0 ||
        routed.length > 0 ||
        (!brief && call.protections.length > 0)) && (
        <tr className="callGuards">
          <td colSpan={5}>
            {!brief &&
              call.protections.map((protection) => (
                <span
                  key={`${protection.kind}${protection.text}`}
                  className="callProtection"
                  title={plainText(protection.evidence)}
                >
                  {protectionTitles[protection.kind]}: {plainText(protection.text, 160)}
                </span>
              ))}
            {routed.map((line) => (
              <span key={line} className="callProtection">
                {plainText(line, 160)}
              </span>
            ))}
            {call.missing.length > 0 && (
              <span className="toneWarn">{plainText(call.missing.join(', '), 120)}</span>
            )}
            {call.unknown !== null && <span className="muted">{plainText(call.unknown, 120)}</span>}
            {flags.map((flag) => (
              <span key={flag} className="toneBad">
                {flag}
              </span>
            ))}
          </td>
        </tr>
      )}
    </>
  );
}
