import type { GraphService } from '../../../shared/model/graph.ts';
import { useKubernetesFace } from '../../live/connections.ts';
import { showObject } from '../../state/objectDialog.ts';
import { Button } from '../../ui/Button.tsx';

/** The way to a service's own object. */
export function YamlButton({ service }: { readonly service: GraphService }) {
  const face = useKubernetesFace(service);
  if (face?.namespace == null || service.kind !== 'service') return null;
  const { namespace, name } = face;
  return (
    <Button onPress={() => showObject(service.id, { apiVersion: 'v1', kind: 'Service', namespace, name })}>
      YAML
    </Button>
  );
}
