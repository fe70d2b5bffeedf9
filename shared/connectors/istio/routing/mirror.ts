import type { SetRouting } from '../../../model/operation.ts';
import { PeerError } from '../../kit/peerError.ts';
import { destinationGuard } from '../../kit/splitGuards.ts';
import { at, listAt } from '../../kube/objects.ts';
import type { Mesh } from '../mesh.ts';
import type { Fresh } from '../plan.ts';
import { subjectOf } from '../splits.ts';
import { documentGuards, mirrorGuard } from './guards.ts';
import { type RoutingEdit, withRoutes } from './edit.ts';
import { destinationAt } from './routes.ts';

type Mirror = Extract<SetRouting['change'], { kind: 'mirror' }>;

/** All spellings that a document may hold; one copy is written in the oldest that every Istio understands. */
const fields = ['mirror', 'mirrors', 'mirrorPercentage', 'mirrorPercent', 'mirror_percent'];

const why =
  'Copies are counted with the calls that the version gets anyway, and their answers are thrown away: nothing tells them apart.';

/** Copies a share of the split's requests to one of its versions, or ends that. */
export function proposeMirror(mesh: Mesh, fresh: Fresh, change: Mirror): RoutingEdit {
  const { document, route, split } = fresh;
  const bare = Object.fromEntries(
    Object.entries(Object(route.raw) as object).filter(([key]) => !fields.includes(key)),
  );
  const written = (made: object) =>
    withRoutes(
      document,
      listAt(document, 'spec', 'http').map((one, index) => (index === route.index ? made : one)),
    );
  if (change.destination === null) {
    if (fields.every((field) => at(route.raw, field) === undefined))
      throw new PeerError('refused', 'Nothing is mirrored on this route: there is nothing to end.');
    return {
      after: written(bare),
      title: `End mirroring of ${subjectOf(split)}`,
      guards: [],
      notes: ['No copies are sent any more; calls themselves go where they went.'],
      why,
    };
  }
  const to = destinationAt(fresh, change.destination);
  if (!(change.percent >= 0.0001))
    throw new PeerError('refused', 'Mirror at least 0.0001 % of the requests, or end mirroring.');
  if (listAt(route.raw, 'mirrors').length > 1)
    throw new PeerError('refused', 'This route has several mirrors; edit the document instead.');
  const destination = at(listAt(route.raw, 'route')[change.destination], 'destination');
  return {
    after: written({ ...bare, mirror: destination, mirrorPercentage: { value: change.percent } }),
    title: `Mirror ${change.percent} % of ${subjectOf(split)}’s requests to ${to.title}`,
    guards: [mirrorGuard(subjectOf(split)), destinationGuard(to, true), ...documentGuards(mesh, fresh, null)],
    notes: [
      `${to.title} gets them on top of its own calls, with “-shadow” behind the host name; callers see nothing of it.`,
    ],
    why,
  };
}
