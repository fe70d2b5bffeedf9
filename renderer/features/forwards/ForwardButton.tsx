import type { GraphService } from '../../../shared/model/graph.ts';
import { useKubernetesFace } from '../../live/connections.ts';
import { askToForward } from '../../state/forwards.ts';
import { Button } from '../../ui/Button.tsx';

/** The way to a port of a service's instances from this machine. */
export function ForwardButton({ service }: { readonly service: GraphService }) {
  if (useKubernetesFace(service) === null) return null;
  return <Button onPress={() => askToForward(service.id)}>Port-forward…</Button>;
}
