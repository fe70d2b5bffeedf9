import type { EntityId } from '../../../shared/model/entity.ts';
import { openLogs } from '../../state/logs.ts';
import { Button } from '../../ui/Button.tsx';

/** The way to the logs of a service. */
export function LogsButton({ serviceId }: { readonly serviceId: EntityId }) {
  return <Button onPress={() => openLogs(serviceId)}>Logs</Button>;
}
