import type { GraphService } from '../../../shared/model/graph.ts';
import { useKubernetesFace } from '../../live/connections.ts';
import { openLogs } from '../../state/logs.ts';
import { Button } from '../../ui/Button.tsx';

/** The way to the logs of a service. */
export function LogsButton({ service }: { readonly service: GraphService }) {
  if (useKubernetesFace(service) === null) return null;
  return <Button onPress={() => openLogs(service.id)}>Logs</Button>;
}
