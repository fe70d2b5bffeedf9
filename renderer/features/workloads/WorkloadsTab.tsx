import './workloads.css';
import type { GraphService } from '../../../shared/model/graph.ts';
import { setGathers, usePending } from '../../state/pending.ts';
import { Button } from '../../ui/Button.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { Checkbox } from '../../ui/Field.tsx';
import { plainText } from '../../ui/plainText.ts';
import { useWorkloads } from './useWorkloads.ts';
import { WorkloadCard } from './WorkloadCard.tsx';

/** What runs a service, as it is now, and what can be done to it. Nothing here writes: review does. */
export function WorkloadsTab({ service }: { readonly service: GraphService }) {
  const read = useWorkloads(service.id);
  const gathers = usePending((state) => state.gathers);
  if (read.value === null) {
    return read.problem === null ? (
      <EmptyState title="Reading…" busy />
    ) : (
      <EmptyState title="It could not be read" actions={<Button onPress={read.again}>Read again</Button>}>
        {read.problem}
      </EmptyState>
    );
  }
  const { workloads, rates, problems } = read.value;
  const said = read.problem === null ? problems : [`Not being read any more: ${read.problem}`, ...problems];
  return (
    <div className="inspectorPart">
      {said.map((text) => (
        <p key={text} className="toneWarn">
          ! {plainText(text, 400)}
        </p>
      ))}
      {workloads.length === 0 && (
        <EmptyState title="No workloads">
          Nothing that can be scaled, restarted or rolled back is known to stand behind it.
        </EmptyState>
      )}
      {workloads.map((workload) => (
        <WorkloadCard key={workload.ref.uid} workload={workload} rates={rates} serviceId={service.id} />
      ))}
      {workloads.length > 0 && (
        <p className="workloadGather">
          <Checkbox checked={gathers} onChange={setGathers}>
            gather changes, to review them together
          </Checkbox>
        </p>
      )}
    </div>
  );
}
