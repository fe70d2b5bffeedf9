import { ask } from '../../client/link.ts';
import { wordsOfError } from '../../client/watch.ts';
import { useConnections } from '../../live/connections.ts';
import { useTopology } from '../../live/topology.ts';
import { clearFilters } from '../../state/filters.ts';
import { useShown } from '../../state/shown.ts';
import { showToast } from '../../state/toasts.ts';
import { showPage } from '../../state/view.ts';
import { Button } from '../../ui/Button.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';

/** What stands in place of the map while there is none: what is being done, or why there is nothing. */
export function MapState({ drawn }: { readonly drawn: boolean }) {
  const connections = useConnections();
  const all = useTopology((graph) => graph.serviceIds.length);
  const received = useTopology((graph) => graph.receivedAt !== null);
  const shown = useShown();
  if (drawn) return null;
  const failing = connections.find(({ state }) => state === 'failing');
  if (failing !== undefined && all === 0) {
    return (
      <EmptyState
        title={`${failing.title} does not answer`}
        actions={
          <>
            <Button tone="primary" onPress={() => lookAgain(failing.id)}>
              Try now
            </Button>
            <Button onPress={() => showPage('sources')}>Show sources</Button>
          </>
        }
      >
        {failing.error ?? 'No reason was given.'} It is tried again by itself.
      </EmptyState>
    );
  }
  if (all > 0 && shown.services.length === 0) {
    return (
      <EmptyState
        title="No service fits the filters"
        actions={<Button onPress={clearFilters}>Remove all filters</Button>}
      >
        {all} services are hidden.
      </EmptyState>
    );
  }
  const connecting = connections.some(({ state }) => state === 'connecting');
  if (!received || connecting || all > 0) {
    return (
      <>
        <Skeleton />
        <EmptyState title={progressOf(connecting, all)} busy>
          {connections.map(({ title, server }) => `${title}, ${server}`).join(' · ')}
        </EmptyState>
      </>
    );
  }
  return (
    <EmptyState
      title="No services were found"
      actions={<Button onPress={() => showPage('sources')}>Show what was found</Button>}
    >
      The cluster answers, but lists no services in the namespaces that these credentials may read. Sources
      says what may be read; namespaces can be named when connecting.
    </EmptyState>
  );
}

function lookAgain(id: string): void {
  ask((client) => client.connections.lookAgain({ id })).catch((error: unknown) =>
    showToast({ tone: 'bad', text: wordsOfError(error) }),
  );
}

function progressOf(connecting: boolean, services: number): string {
  if (connecting) return 'Connecting, and finding out what may be read…';
  return services > 0 ? `Laying out ${services} services…` : 'Reading services, workloads and calls…';
}

function Skeleton() {
  return (
    <div className="mapSkeleton" aria-hidden="true">
      {[0, 1, 2, 3, 4, 5].map((i) => (
        <i key={i} />
      ))}
    </div>
  );
}
