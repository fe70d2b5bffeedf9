import type { EntityId } from '../../../shared/model/entity.ts';
import type { WorkloadView } from '../../../shared/model/workload.ts';
import { openLogs } from '../../state/logs.ts';
import { showObject } from '../../state/objectDialog.ts';
import { Button } from '../../ui/Button.tsx';
import { nameOf, objectOf } from './workloadWords.ts';

interface WorkloadTextsProps {
  readonly workload: Pick<WorkloadView, 'ref'>;
  readonly serviceId: EntityId;
}

/** The ways to a workload's YAML and to the logs of the service it is a part of; none for what only a registry knows of. */
export function WorkloadTexts({ workload, serviceId }: WorkloadTextsProps) {
  const object = objectOf(workload);
  if (object === null) return null;
  return (
    <div className="workloadButtons">
      <Button aria-label={`YAML of ${nameOf(workload)}`} onPress={() => showObject(serviceId, object)}>
        YAML
      </Button>
      <Button onPress={() => openLogs(serviceId)}>Logs of the whole service</Button>
    </div>
  );
}
