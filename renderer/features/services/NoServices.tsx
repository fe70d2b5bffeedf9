import { useConnections } from '../../live/connections.ts';
import { useTopology } from '../../live/topology.ts';
import { clearFilters } from '../../state/filters.ts';
import { showPage } from '../../state/view.ts';
import { Button } from '../../ui/Button.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';

/** Why the list is empty, and what to do about it. */
export function NoServices() {
  const connections = useConnections();
  const all = useTopology((graph) => graph.serviceIds.length);
  if (all > 0) {
    return (
      <EmptyState
        title="No service fits the filters"
        actions={<Button onPress={clearFilters}>Remove all filters</Button>}
      >
        {all} services are hidden.
      </EmptyState>
    );
  }
  const failing = connections.find(({ state }) => state === 'failing');
  const actions = <Button onPress={() => showPage('sources')}>Show sources</Button>;
  if (failing !== undefined) {
    return (
      <EmptyState title={`${failing.title} does not answer`} actions={actions}>
        {failing.error ?? 'No reason was given.'} It is tried again by itself.
      </EmptyState>
    );
  }
  if (connections.some(({ state }) => state === 'connecting')) {
    return <EmptyState title="Connecting, and finding out what may be read…" busy />;
  }
  return (
    <EmptyState title="No services were found" actions={actions}>
      Sources says what may be read with these credentials.
    </EmptyState>
  );
}
