import { useEffect, useMemo } from 'react';
import type { DeepLink } from '../../../shared/model/deepLink.ts';
import { useConnections, useConnectionStore } from '../../live/connections.ts';
import { useTopology } from '../../live/topology.ts';
import { forgetLink, sayOfLink, useLinkedPlace } from '../../state/linkedPlace.ts';
import { selectService } from '../../state/selection.ts';
import { lookBackTo } from '../../state/time.ts';
import { showPage } from '../../state/view.ts';
import { Button } from '../../ui/Button.tsx';
import { formatMoment } from '../../ui/format.ts';
import { plainText } from '../../ui/plainText.ts';
import { type Found, placeOf } from './placeOf.ts';

/** Shows the place that a link asked for as soon as it is on the map; until then says what it waits for. */
export function LinkedPlace() {
  const wanted = useLinkedPlace((state) => state.wanted);
  const known = useConnectionStore((state) => state.receivedAt !== null);
  const connections = useConnections();
  const services = useTopology((graph) => graph.services);
  const found = useMemo(
    () => (wanted === null ? null : placeOf(wanted, connections, services.values())),
    [wanted, connections, services],
  );
  useEffect(() => {
    if (wanted !== null && found !== null) show(wanted, found);
  }, [wanted, found]);
  if (wanted === null || !known || found === null || 'id' in found) return null;
  return (
    <div className="banner" role="status">
      <span>
        A link leads to <b>{sayPlace(wanted)}</b>. {reasonOf(wanted, found, connections.length > 0)}
      </span>
      <span className="grow" />
      {found.kind === 'notConnected' && connections.length > 0 && (
        <Button onPress={() => showPage('sources')}>To Sources</Button>
      )}
      <Button onPress={forgetLink}>Forget it</Button>
    </div>
  );
}

function show(link: DeepLink, found: Found): void {
  if (!('id' in found)) return;
  forgetLink();
  showPage('map');
  selectService(found.id, { centre: true });
  if (found.kind === 'several')
    sayOfLink({
      tone: 'neutral',
      text: `${plainText(link.service, 60)} is in ${found.titles.map((title) => plainText(title, 60)).join(' and ')}; the link names neither. This is the first.`,
    });
  const now = Date.now();
  if (link.at !== null && link.at <= now && !lookBackTo(link.at, 'the link', now))
    sayOfLink({
      tone: 'neutral',
      text: `The link is about ${formatMoment(link.at)}, further back than charts go.`,
      lastsMs: 20_000,
    });
}

function sayPlace({ context, namespace, service, at }: DeepLink): string {
  const where = [namespace, context].flatMap((word) => (word === null ? [] : [plainText(word, 80)]));
  const name = plainText(service, 80);
  return `${name}${where.length === 0 ? '' : ` (${where.join(' · ')})`}${at === null ? '' : ` at ${formatMoment(at)}`}`;
}

function reasonOf({ context }: DeepLink, found: Found, anyOpen: boolean): string {
  if (found.kind === 'waiting') return 'Waiting for what the system tells…';
  if (found.kind === 'noSuchService') return 'Nothing of that name is on the map.';
  const what = context === null ? 'Nothing is connected' : `${plainText(context, 80)} is not connected`;
  return `${what}: connect to it ${anyOpen ? 'at Sources' : 'below'}, and the link is followed then. A link never connects by itself.`;
}
