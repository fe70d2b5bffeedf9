import type { CallView } from '../../../shared/model/inspect.ts';
import { selectCall } from '../../state/selection.ts';
import { useCall, useService } from '../../live/topology.ts';
import { useTripOfCall } from '../../live/trips.ts';
import { askToTrip } from '../../state/trips.ts';
import { Button } from '../../ui/Button.tsx';
import { plainText } from '../../ui/plainText.ts';
import { protectionTitles } from './protectionWords.ts';

/** A call that the service makes: what guards it in short, what is missing, and the way to trip it. */
export function CalleeRow({ call }: { readonly call: CallView }) {
  const edge = useCall(call.callId);
  const callee = useService(call.otherId);
  const held = useTripOfCall(call.callId);
  const name = plainText(call.otherName, 60);
  const kinds = [...new Set(call.protections.map(({ kind }) => protectionTitles[kind].toLowerCase()))];
  return (
    <li className="calleeRow">
      <Button tone="quiet" aria-label={`Call to ${name}`} onPress={() => selectCall(call.callId)}>
        {name}
      </Button>
      <span className="calleeGuards">
        {held !== null && <span className="tonePending">held</span>}
        <span className="muted">{kinds.join(', ')}</span>
        {call.missing.length > 0 && (
          <span className="toneWarn">{plainText(call.missing.join(', '), 120)}</span>
        )}
        {kinds.length === 0 && call.missing.length === 0 && (
          <span className="muted">{plainText(call.unknown ?? 'no source can tell', 120)}</span>
        )}
      </span>
      {edge !== null && callee !== null && callee.hosts.length > 0 && held === null && (
        <Button
          tone="danger"
          aria-label={`Trip calls to ${name}`}
          onPress={() => askToTrip(callee.id, edge.callerId)}
        >
          Trip…
        </Button>
      )}
    </li>
  );
}
