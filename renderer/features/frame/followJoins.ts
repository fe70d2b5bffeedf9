import { useTopology } from '../../live/topology.ts';
import { selectService, useSelection } from '../../state/selection.ts';

/**
 * Keeps a service selected when another system turns out to know it too: from then on its node may go by that system's id.
 * Listens until the returned function is called.
 */
export function followJoins(): () => void {
  return useTopology.subscribe(({ services, nodes }) => {
    const { selected } = useSelection.getState();
    if (selected?.kind !== 'service' || services.has(selected.id)) return;
    const node = nodes.get(selected.id);
    if (node !== undefined && services.has(node)) selectService(node);
  });
}
