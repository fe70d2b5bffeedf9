import { useConnections } from '../../live/connections.ts';
import { useSignals } from '../../live/signals.ts';
import { useTopology } from '../../live/topology.ts';
import { showPage } from '../../state/view.ts';
import { Button } from '../../ui/Button.tsx';
import { plainText } from '../../ui/plainText.ts';
import { namespacesWithoutCalls, sayUnknownCallers } from './unknownCallers.ts';
import { WhatShowsCalls } from '../../ui/WhatShowsCalls.tsx';

/** Said on a map without calls, or of the namespaces without: that nobody tells who calls whom, and what could. */
export function UnknownCallers() {
  const connecting = useConnections().some(({ state }) => state === 'connecting');
  const services = useTopology((graph) => graph.services);
  const calls = useTopology((graph) => graph.calls);
  const received = useSignals((signals) => signals.receivedAt !== null && !signals.awaited);
  const sources = useSignals((signals) => signals.provenance.length);
  // A source that knows why has said so in the notices.
  const isExplained = useSignals((signals) => signals.provenance.some(({ problems }) => problems.length > 0));
  const says = sayUnknownCallers({
    services,
    calls: calls.values(),
    figuresCame: received && !connecting,
    sources,
  });
  if (says === null) {
    const untold = received && !connecting ? namespacesWithoutCalls(services, calls.values()) : [];
    return untold.length === 0 ? null : <UntoldNamespaces names={untold} />;
  }
  return (
    <details className="mapNotices">
      <summary>
        {!isExplained && (
          <>
            <span className="toneWarn">!</span> {says}.{' '}
          </>
        )}
        <span className="muted">What would show who calls whom</span>
      </summary>
      <div className="whatShowsCalls">
        <p>
          Services, workloads and readiness are shown all the same. Calls appear within a minute once a
          Prometheus scrapes any of these:
        </p>
        <WhatShowsCalls />
        {sources === 0 && <Button onPress={() => showPage('sources')}>Show sources</Button>}
      </div>
    </details>
  );
}

const mostNamed = 6;

/** Beside what the map holds, in as few words: where nobody tells of calls. */
function UntoldNamespaces({ names }: { readonly names: readonly string[] }) {
  const [first = ''] = names;
  const where = names.length === 1 ? plainText(first, 40) : `${names.length} namespaces`;
  const named = names.slice(0, mostNamed).map((name) => plainText(name, 60));
  const more = names.length - named.length;
  return (
    <details className="mapUntold">
      <summary>No calls known in {where}</summary>
      <div className="whatShowsCalls">
        <p>
          Of the services in <b>{named.join(', ')}</b>
          {more > 0 && ` and ${more} more`} no source tells a call: either nothing calls there, or nothing
          that is scraped tells. They would appear within a minute once a Prometheus scrapes any of these:
        </p>
        <WhatShowsCalls />
      </div>
    </details>
  );
}
