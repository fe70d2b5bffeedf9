import type { EntityId } from '../../../shared/model/entity.ts';
import type { Split } from '../../../shared/model/weights.ts';
import { useMeasuredSplits, useSplitsOf } from '../../live/splits.ts';
import { discardDraft, draftWeights, useDraft } from '../../state/drafts.ts';
import { SplitBar } from '../../ui/SplitBar.tsx';
import { busiestSplit, sharesNow } from './busiestSplit.ts';

interface NodeSplitProps {
  readonly serviceId: EntityId;
  readonly serviceName: string;
  readonly selected: boolean;
}

/** The busiest split of a service on its card; the handle is there only while the card is selected. */
export function NodeSplit({ serviceId, serviceName, selected }: NodeSplitProps) {
  const splits = useSplitsOf(serviceId);
  const split = busiestSplit(splits);
  if (split === null) return null;
  return selected ? (
    <SelectedSplit serviceId={serviceId} serviceName={serviceName} split={split} />
  ) : (
    <Bar serviceName={serviceName} split={split} measured={null} editable={false} />
  );
}

function SelectedSplit({
  serviceId,
  serviceName,
  split,
}: Omit<NodeSplitProps, 'selected'> & { readonly split: Split }) {
  const measured = sharesNow(split, useMeasuredSplits(serviceId));
  return (
    <Bar
      serviceName={serviceName}
      split={split}
      measured={measured}
      editable={split.readOnly === null && split.ownership?.decidesWeights !== true}
    />
  );
}

function Bar(props: {
  readonly serviceName: string;
  readonly split: Split;
  readonly measured: readonly (number | null)[] | null;
  readonly editable: boolean;
}) {
  const { split } = props;
  const draft = useDraft(split);
  return (
    // React Flow moves the card under a pointer unless told that this part is not for that.
    <div className="mapCardSplit nodrag nopan">
      <SplitBar
        label={`${props.serviceName}, ${split.route.title}`}
        parts={split.destinations}
        measured={props.measured}
        pending={draft?.weights ?? null}
        editable={props.editable}
        size="node"
        onChange={(weights) => draftWeights(split, weights)}
        onCancel={() => discardDraft(split)}
      />
    </div>
  );
}
