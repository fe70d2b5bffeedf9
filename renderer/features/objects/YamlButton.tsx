import type { GraphService } from '../../../shared/model/graph.ts';
import { useConnection } from '../../live/connections.ts';
import { showObject } from '../../state/objectDialog.ts';
import { Button } from '../../ui/Button.tsx';

/** The way to a service's own object. */
export function YamlButton({
  service: { id, connectionId, namespace, name, kind },
}: {
  readonly service: GraphService;
}) {
  const connection = useConnection(connectionId);
  if (namespace === null || kind !== 'service' || connection?.connector !== 'kubernetes') return null;
  return (
    <Button onPress={() => showObject(id, { apiVersion: 'v1', kind: 'Service', namespace, name })}>
      YAML
    </Button>
  );
}
