import { useSignals } from '../../live/signals.ts';
import { useTopology } from '../../live/topology.ts';
import type { Shown } from '../../state/shown.ts';
import { overviewSentence } from './overviewSentence.ts';

/** What is on the map in one sentence. */
export function Overview({ shown }: { readonly shown: Shown }) {
  const allServices = useTopology((graph) => graph.serviceIds.length);
  const sentence = useSignals((signals) =>
    overviewSentence({
      shownServices: shown.services,
      allServices,
      shownCalls: shown.calls,
      signals: signals.services,
    }),
  );
  if (allServices === 0) return null;
  return (
    <p className="mapOverview num" data-overview>
      {sentence}
    </p>
  );
}
