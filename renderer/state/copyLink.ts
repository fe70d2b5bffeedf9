import { writeLink } from '../../shared/model/deepLink.ts';
import type { EntityId } from '../../shared/model/entity.ts';
import { useConnectionStore } from '../live/connections.ts';
import { useTopology } from '../live/topology.ts';
import { formatClock } from '../ui/format.ts';
import { plainText } from '../ui/plainText.ts';
import { useSelection } from './selection.ts';
import { showToast } from './toasts.ts';

/** Puts the link to a service as of now on the clipboard: whoever follows it sees this minute. */
export async function copyLinkTo(serviceId: EntityId): Promise<void> {
  const service = useTopology.getState().services.get(serviceId);
  if (service === undefined) return;
  const { connections } = useConnectionStore.getState();
  const at = Date.now();
  const link = writeLink({
    context: connections.find(({ id }) => id === service.connectionId)?.title ?? null,
    namespace: service.namespace,
    service: service.name,
    at,
  });
  const what = `link to ${plainText(service.name, 60)} at ${formatClock(at)}`;
  try {
    await navigator.clipboard.writeText(link);
    showToast({ tone: 'good', text: `Copied: the ${what}.` });
  } catch {
    showToast({
      tone: 'neutral',
      text: `The clipboard is out of reach here. The ${what}: ${link}`,
      lastsMs: 60_000,
    });
  }
}

/** The service that is selected, or the one that the selected call calls; null where there is none. */
export function serviceInView(): EntityId | null {
  const { selected } = useSelection.getState();
  if (selected === null) return null;
  return selected.kind === 'service'
    ? selected.id
    : (useTopology.getState().calls.get(selected.id)?.calleeId ?? null);
}
