import { useConnections } from '../../live/connections.ts';
import { useSignals } from '../../live/signals.ts';
import { useTopology } from '../../live/topology.ts';
import { showPage } from '../../state/view.ts';
import { Button } from '../../ui/Button.tsx';
import { sayUnknownCallers, whatShowsCalls } from './unknownCallers.ts';

/** Said on a map without calls: that nobody tells who calls whom, and what could. */
export function UnknownCallers() {
  const connecting = useConnections().some(({ state }) => state === 'connecting');
  const services = useTopology((graph) => graph.services);
  const calls = useTopology((graph) => graph.calls);
  const received = useSignals((signals) => signals.receivedAt !== null);
  const sources = useSignals((signals) => signals.provenance.length);
  // A source that knows why has said so in the notices.
  const isExplained = useSignals((signals) => signals.provenance.some(({ problems }) => problems.length > 0));
  const says = sayUnknownCallers({
    services,
    calls: calls.values(),
    figuresCame: received && !connecting,
    sources,
  });
  if (says === null) return null;
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
        <dl>
          {whatShowsCalls.map(({ title, how }) => (
            <div key={title}>
              <dt>{title}</dt>
              <dd>{how}</dd>
            </div>
          ))}
        </dl>
        {sources === 0 && <Button onPress={() => showPage('sources')}>Show sources</Button>}
      </div>
    </details>
  );
}
