import { useMemo } from 'react';
import { sumOfKnown } from '../../../shared/analysis/sumIfKnown.ts';
import type { CallId, EntityId } from '../../../shared/model/entity.ts';
import type { GraphService } from '../../../shared/model/graph.ts';
import { useSignals } from '../../live/signals.ts';
import { useTopology } from '../../live/topology.ts';
import { Choice } from '../../ui/Choice.tsx';
import { formatCount, formatRate } from '../../ui/format.ts';
import { plainText } from '../../ui/plainText.ts';
import type { TripDraft } from './tripDraft.ts';

/** Who calls a service and how much; null where nobody measures it. */
export interface CallerRate {
  readonly callId: CallId;
  readonly callerId: EntityId;
  readonly name: string;
  readonly requestsPerSecond: number | null;
}

const most = 6;

/** The callers of a service with their present rates, busiest first. */
export function useCallersOf(calleeId: EntityId): readonly CallerRate[] {
  const services = useTopology((graph) => graph.services);
  const calls = useTopology((graph) => graph.calls);
  const sequence = useSignals((signals) => signals.sequence);
  return useMemo(() => {
    void sequence;
    const rates = useSignals.getState().calls;
    return [...calls.values()]
      .filter((call) => call.calleeId === calleeId)
      .map(({ id, callerId }) => ({
        callId: id,
        callerId,
        name: services.get(callerId)?.name ?? 'unknown callers',
        requestsPerSecond: rates.get(id)?.requestsPerSecond ?? null,
      }))
      .sort((a, b) => (b.requestsPerSecond ?? -1) - (a.requestsPerSecond ?? -1));
  }, [services, calls, calleeId, sequence]);
}

interface AffectedProps {
  readonly callers: readonly CallerRate[];
  /** The caller that was pointed at; null where all were. */
  readonly caller: GraphService | null;
  readonly scope: TripDraft['scope'];
  readonly onScope: (scope: TripDraft['scope']) => void;
}

/** Who will feel it: first of all, before it is asked how. */
export function Affected({ callers, caller, scope, onScope }: AffectedProps) {
  const hit = scope === 'one' ? callers.filter(({ callerId }) => callerId === caller?.id) : callers;
  const { sum, isAll } = sumOfKnown(hit.map(({ requestsPerSecond }) => requestsPerSecond));
  return (
    <section className="tripAffected" aria-label="Who is affected">
      {caller !== null && callers.length > 1 ? (
        <Choice
          label="Who is affected"
          look="row"
          options={[
            { id: 'one', title: `Only ${plainText(caller.name, 60)}` },
            { id: 'all', title: `All ${formatCount(callers.length, 'caller')}` },
          ]}
          selected={scope}
          onSelect={onScope}
        />
      ) : (
        <h3 className="sectionTitle">Who is affected</h3>
      )}
      {hit.length === 0 && <p className="muted">No source has seen anyone call it in the window.</p>}
      {hit.length > 0 && (
        <table className="affected">
          <thead className="visuallyHidden">
            <tr>
              <th scope="col">Caller</th>
              <th scope="col">Requests a second</th>
            </tr>
          </thead>
          <tbody>
            {hit.slice(0, most).map(({ callId, name, requestsPerSecond }) => (
              <tr key={callId}>
                <th scope="row">{plainText(name, 60)}</th>
                <td className="num">{formatRate(requestsPerSecond)} rps</td>
              </tr>
            ))}
            {hit.length > most && (
              <tr>
                <th scope="row" className="muted">
                  and {formatCount(hit.length - most, 'more caller')}
                </th>
                <td />
              </tr>
            )}
            {hit.length > 1 && (
              <tr className="affectedSum">
                <th scope="row">together</th>
                <td className="num">
                  {sum !== null && !isAll && 'at least '}
                  {formatRate(sum)} rps
                </td>
              </tr>
            )}
          </tbody>
        </table>
      )}
    </section>
  );
}
