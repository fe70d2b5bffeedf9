import type { GraphService } from '../../../shared/model/graph.ts';
import { useConnection } from '../../live/connections.ts';
import { openLogs } from '../../state/logs.ts';
import { Button } from '../../ui/Button.tsx';

/** The way to the logs of a service. */
export function LogsButton({ service: { id, connectionId } }: { readonly service: GraphService }) {
  const connection = useConnection(connectionId);
  if (connection?.connector !== 'kubernetes') return null;
  return <Button onPress={() => openLogs(id)}>Logs</Button>;
}
