import { MenuItem, MenuSection, Separator } from 'react-aria-components';
import { deniedInWords } from '../../../shared/analysis/rights.ts';
import type { EntityId } from '../../../shared/model/entity.ts';
import type { GraphService } from '../../../shared/model/graph.ts';
import { useFirstToEnd } from '../../live/certificates.ts';
import { useNow } from '../../live/clock.ts';
import { useKubernetesFace } from '../../live/connections.ts';
import { useDenied } from '../../live/rights.ts';
import { useService } from '../../live/topology.ts';
import { openAddressBook } from '../../state/addressBook.ts';
import { copyLinkTo } from '../../state/copyLink.ts';
import { askToForward } from '../../state/forwards.ts';
import { openLogs } from '../../state/logs.ts';
import { showObject } from '../../state/objectDialog.ts';
import { editProtections } from '../../state/protections.ts';
import { showRolloutHistory } from '../../state/rolloutHistory.ts';
import { selectService } from '../../state/selection.ts';
import { askForFallback, askToTrip } from '../../state/trips.ts';
import { setInspectorTab } from '../../state/view.ts';
import { endWords } from '../../ui/certificateHelp.ts';
import { plainText } from '../../ui/plainText.ts';
import { type Point, PointMenu } from '../../ui/PointMenu.tsx';
import { useClosesOnceGone } from '../../ui/useClosesOnceGone.ts';

/** A service and the point of the window where its menu was asked for. */
export interface ServiceMenuAt extends Point {
  readonly serviceId: EntityId;
}

interface ServiceMenuProps {
  /** Null while it is closed. */
  readonly at: ServiceMenuAt | null;
  readonly onClose: () => void;
}

/** Everything that one reaches for about a service, where the hand is on the map. */
export function ServiceMenu({ at, onClose }: ServiceMenuProps) {
  const service = useService(at?.serviceId ?? null);
  const isGone = service === null || service.kind === 'unknown';
  useClosesOnceGone(at !== null && isGone, onClose);
  if (at === null || isGone) return null;
  return <Menu at={at} service={service} onClose={onClose} />;
}

/** Tabs of the inspector that are opened by the menu. */
const tabs: Readonly<Record<string, string>> = {
  events: 'events',
  calls: 'calls',
  use: 'instances',
  certificates: 'overview',
};

function Menu({
  at,
  service,
  onClose,
}: {
  readonly at: ServiceMenuAt;
  readonly service: GraphService;
  readonly onClose: () => void;
}) {
  const now = useNow();
  const face = useKubernetesFace(service);
  const certificate = useFirstToEnd(service.id);
  const pod = { namespace: face?.namespace ?? null };
  const noLogs = useDenied(face?.connectionId ?? null, { verb: 'get', kind: 'Pod/log', ...pod });
  const noForward = useDenied(face?.connectionId ?? null, {
    verb: 'create',
    kind: 'Pod/portforward',
    ...pod,
  });
  const { id, hosts, kind } = service;
  const act = (key: unknown): void => {
    onClose();
    const tab = tabs[String(key)];
    if (tab !== undefined) {
      setInspectorTab(tab);
      selectService(id);
      return;
    }
    switch (key) {
      case 'logs':
        return openLogs(id);
      case 'revisions':
        return showRolloutHistory(id);
      case 'yaml':
        return face?.namespace == null
          ? undefined
          : showObject(id, { apiVersion: 'v1', kind: 'Service', namespace: face.namespace, name: face.name });
      case 'forward':
        return askToForward(id);
      case 'reach':
        return openAddressBook(id);
      case 'link':
        return void copyLinkTo(id);
      case 'protections':
        return editProtections(id);
      case 'trip':
        return askToTrip(id, null);
      case 'fallback':
        return askForFallback(id, null);
    }
  };
  return (
    <PointMenu at={at} label={`Service ${plainText(service.name, 80)}`} onAction={act} onClose={onClose}>
      <MenuSection aria-label="Look at">
        {face !== null && (
          <MenuItem id="logs" isDisabled={noLogs !== null} textValue="Logs">
            Logs{noLogs !== null && <small>{deniedInWords(noLogs)}</small>}
          </MenuItem>
        )}
        <MenuItem id="events">Events</MenuItem>
        <MenuItem id="calls">Calls in and out</MenuItem>
        {face !== null && <MenuItem id="revisions">Rollout history</MenuItem>}
        {kind !== 'external' && <MenuItem id="use">Instances, their CPU and memory</MenuItem>}
        {face?.namespace != null && kind !== 'external' && <MenuItem id="yaml">YAML</MenuItem>}
        {certificate !== null && (
          <MenuItem id="certificates" textValue="Certificates">
            Certificates<small>{endWords(certificate, now).replace('certificate ', '')}</small>
          </MenuItem>
        )}
        <MenuItem id="reach">How to reach it…</MenuItem>
        <MenuItem id="link">Copy a link</MenuItem>
      </MenuSection>
      <Separator />
      <MenuSection aria-label="Act">
        {face !== null && (
          <MenuItem id="forward" isDisabled={noForward !== null} textValue="Forward a port…">
            Forward a port…{noForward !== null && <small>{deniedInWords(noForward)}</small>}
          </MenuItem>
        )}
        {kind === 'service' && <MenuItem id="protections">Edit protections…</MenuItem>}
        {hosts.length > 0 && <MenuItem id="trip">Trip calls to it…</MenuItem>}
        {hosts.length > 0 && <MenuItem id="fallback">Fallback…</MenuItem>}
      </MenuSection>
    </PointMenu>
  );
}
