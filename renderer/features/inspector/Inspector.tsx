import './Inspector.css';
import { useSelection } from '../../state/selection.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import type { InspectorParts } from './inspectorParts.ts';
import { CallInspector } from './CallInspector.tsx';
import { ServiceInspector } from './ServiceInspector.tsx';

/** What is known of the one service or call that is selected. */
export function Inspector({ parts }: { readonly parts: InspectorParts }) {
  const selected = useSelection((state) => state.selected);
  if (selected === null) {
    return (
      <EmptyState title="Nothing selected">
        Choose a service or a call on the map to see what is known of it.
      </EmptyState>
    );
  }
  return selected.kind === 'service' ? (
    <ServiceInspector key={selected.id} serviceId={selected.id} parts={parts} />
  ) : (
    <CallInspector key={selected.id} callId={selected.id} parts={parts} />
  );
}
