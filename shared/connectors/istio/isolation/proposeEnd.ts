import type { Change, DocumentThreeWay } from '../../../model/change.ts';
import { PeerError } from '../../kit/peerError.ts';
import { type ProposedEdit, refOf } from '../../kube/documents/change.ts';
import { placesOf as placesWritten } from '../../kube/documents/asked.ts';
import { agree, contentOf, contentYaml, readContent } from '../../kube/documents/content.ts';
import type { Proposal } from '../../kube/documents/control.ts';
import { changedByOf } from '../../kube/documents/ownership.ts';
import { at, type KubeObject, labelsOf, listAt } from '../../kube/objects.ts';
import type { ObjectView } from '../../kube/sharedWatches.ts';
import type { Mesh } from '../mesh.ts';
import { annotate, withHttp } from './annotate.ts';
import { expectationOfEnd } from './expectation.ts';
import { sayDocument } from './hindrance.ts';
import { type Held, heldAnnotation, heldText, readEntry, readHeld, restRoute, tripIdOf } from './marker.ts';
import { holdsRoutes } from './readBackTrip.ts';
import { sayAnswer, sayCall } from './words.ts';

/** Views of documents that may carry a trip. */
export const carriers = (mesh: Mesh): readonly ObjectView[] =>
  [mesh.virtualServices, mesh.authorizationPolicies].filter((view) => view !== null);

/** Takes away what one trip put in, from every document that carries it, and nothing else. Reads only. */
export async function proposeEnd(
  mesh: Mesh,
  tripId: string,
  written: readonly Change[],
  signal: AbortSignal,
): Promise<Proposal> {
  await mesh.ready(signal);
  const edits: ProposedEdit[] = [];
  const ended: Held[] = [];
  let threeWay: DocumentThreeWay | null = null;
  for (const { view, namespace, name } of placesOf(mesh, tripId, written)) {
    const before = await mesh.client
      .object(view.resource, namespace, name, signal)
      .catch((error: unknown) => {
        if (error instanceof PeerError && error.kind === 'notFound') return null;
        throw error;
      });
    const { held, entries } = before === null ? { held: [], entries: [] } : readHeld(before);
    const mine = held.filter((one) => tripIdOf(one) === tripId);
    if (before === null || mine.length === 0) continue;
    ended.push(...mine);
    const left = without(
      before,
      entries.filter((one) => !isOf(one, tripId)),
      mine.flatMap(({ routes }) => routes),
    );
    edits.push({
      withheld: false,
      edit:
        left === null
          ? { action: 'delete', resource: view.resource, before }
          : { action: 'patch', resource: view.resource, before, after: left },
    });
    threeWay ??= changedSince(mesh, before, left, written, mine);
  }
  const [first] = ended;
  if (first === undefined)
    throw new PeerError(
      'refused',
      'Everything is as it was before already: no document carries this trip any more.',
    );
  const said = sayCall(first.host, first.caller);
  return {
    edits,
    threeWay,
    title: `End trip of ${said}: calls reach it again`,
    target: edits.map(({ edit }) => (edit.action === 'create' ? '' : sayDocument(edit.before))).join(', '),
    guards: [],
    notes: [
      `Until now ${sayAnswer(first.mechanism)}; ${first.by} held it${first.reason === '' ? '' : `: ${first.reason}`}.`,
    ],
    expectation: expectationOfEnd(first, mesh),
    direction: 'awayFromHarm',
    // Taking away what was put in is right whoever owns the rest.
    judgeOwner: false,
  };
}

/** Where to look: documents whose marker names the trip, and those that were written for it. */
function placesOf(
  mesh: Mesh,
  tripId: string,
  written: readonly Change[],
): { view: ObjectView; namespace: string | null; name: string }[] {
  const found = new Map<string, { view: ObjectView; namespace: string | null; name: string }>();
  const add = (view: ObjectView, namespace: string | null, name: string) =>
    found.set(`${view.resource.kind} ${namespace ?? ''}/${name}`, { view, namespace, name });
  for (const view of carriers(mesh)) {
    for (const document of view.all())
      if (readHeld(document).held.some((one) => tripIdOf(one) === tripId))
        add(view, document.metadata.namespace ?? null, document.metadata.name);
    for (const { document } of written)
      if (document.kind === view.resource.kind) add(view, document.namespace, document.name);
  }
  return [...found.values()];
}

function isOf(entry: unknown, tripId: string): boolean {
  const held = readEntry(entry);
  return held !== null && tripIdOf(held) === tripId;
}

/**
 * The document without the trip; null where nothing but what Podium made would be left. Others may have put routes for TCP or
 * TLS into what was made for a trip: then they keep it, without the route that stood there for everybody else's requests.
 */
function without(
  before: KubeObject,
  others: readonly unknown[],
  names: readonly string[],
): KubeObject | null {
  const kept = listAt(before, 'spec', 'http').filter((raw) => !names.includes(String(at(raw, 'name'))));
  const madeForTrips =
    labelsOf(before).get('app.kubernetes.io/managed-by') === 'podium' &&
    before.metadata.name.startsWith('podium-trip-');
  const bare = kept.every((raw) => at(raw, 'name') === restRoute);
  const over = madeForTrips && others.length === 0 && bare;
  const shared = ['tcp', 'tls'].some((field) => listAt(before, 'spec', field).length > 0);
  if (over && !shared) return null;
  const marked = annotate(before, heldAnnotation, heldText(others));
  return before.kind === 'VirtualService' ? withHttp(marked, over ? [] : kept) : marked;
}

/** The three versions where somebody changed the trip's own routes since they were written; others' changes are theirs. */
function changedSince(
  mesh: Mesh,
  before: KubeObject,
  left: KubeObject | null,
  written: readonly Change[],
  mine: readonly Held[],
): DocumentThreeWay | null {
  const change = written.find(
    ({ document }) =>
      document.kind === before.kind &&
      document.name === before.metadata.name &&
      document.namespace === (before.metadata.namespace ?? null),
  );
  if (change === undefined) return null;
  const names = mine.flatMap(({ routes }) => routes);
  const then = readContent(change.after) ?? {};
  const same =
    before.kind === 'VirtualService'
      ? holdsRoutes(change, before, names)
      : agree(
          contentOf(before),
          then,
          placesWritten(change).filter(([root]) => root === 'spec'),
        );
  if (same) return null;
  return {
    kind: 'document',
    document: refOf(mesh.host.connectionId, before),
    seen: change.after,
    now: contentYaml(contentOf(before)),
    wanted: left === null ? '' : contentYaml(contentOf(left)),
    changedBy: changedByOf(before)?.who ?? null,
  };
}
