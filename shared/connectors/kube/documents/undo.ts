import type { Change, DocumentThreeWay } from '../../../model/change.ts';
import { PeerError } from '../../kit/peerError.ts';
import type { KubeClient, NewObject } from '../client.ts';
import { at, type KubeObject } from '../objects.ts';
import type { Resource } from '../resources.ts';
import type { DocumentEdit } from './change.ts';
import { placesOf, placesOfServer } from './asked.ts';
import {
  agree,
  type Content,
  contentOf,
  contentYaml,
  type Place,
  readContent,
  withPlaces,
} from './content.ts';
import { changedByOf } from './ownership.ts';
import { readBack } from './readBack.ts';

/** The way back of one change; null where it is as before already. */
export interface EditBack {
  readonly edit: DocumentEdit | null;
  /** Set where someone else wrote in the same place meanwhile. */
  readonly threeWay: DocumentThreeWay | null;
}

/** Plans the way back on the document as it is now: only what was written is put back, the rest stays. Throws `PeerError`. */
export async function editBack(
  client: KubeClient,
  resource: Resource,
  change: Change,
  signal: AbortSignal,
): Promise<EditBack> {
  if (change.withheld)
    throw new PeerError(
      'refused',
      'This cannot be undone from here: the values before it were secret and were not kept.',
    );
  const { kind, namespace, name, uid } = change.document;
  const what = `${kind} ${namespace ?? ''}/${name}`;
  const live = await client.object(resource, namespace, name, signal).catch((error: unknown) => {
    if (error instanceof PeerError && error.kind === 'notFound') return null;
    throw error;
  });
  const { state } = readBack(change, live);
  if (state === 'before') return { edit: null, threeWay: null };
  if (live === null) {
    if (change.action !== 'delete')
      throw new PeerError('conflict', `${what} was deleted meanwhile: there is nothing to put back into.`);
    return { edit: { action: 'create', resource, after: recreated(change) }, threeWay: null };
  }
  if (uid !== '' && live.metadata.uid !== uid)
    throw new PeerError(
      'conflict',
      `${what} was deleted and made anew meanwhile: this is not what was written.`,
    );
  const threeWay = state === 'after' ? null : threeWayOf(change, live);
  if (change.action === 'create') return { edit: { action: 'delete', resource, before: live }, threeWay };
  const before = readContent(change.before);
  const after = withPlaces(live, before, placesBack(change, contentOf(live)));
  return { edit: { action: 'patch', resource, before: live, after }, threeWay };
}

/**
 * What is put back: what was asked for, and what the server wrote into the specification with it, which may follow from it,
 * unless somebody wrote there since: that nobody compares, and it is theirs. What a server notes in the metadata it writes
 * anew with every change.
 */
export function placesBack(change: Change, live: Content): Place[] {
  const after = readContent(change.after);
  const theirs = placesOfServer(change).filter(
    (place) => place[0] !== 'metadata' && agree(live, after, [place]),
  );
  return [...placesOf(change), ...theirs];
}

function threeWayOf(change: Change, live: KubeObject): DocumentThreeWay {
  return {
    kind: 'document',
    document: change.document,
    seen: change.after,
    now: contentYaml(contentOf(live)),
    wanted: change.before,
    changedBy: changedByOf(live)?.who ?? null,
  };
}

function recreated({ document, before }: Change): NewObject {
  const { metadata, ...rest } = readContent(before) ?? {};
  const { apiVersion, kind, name, namespace } = document;
  const labels = at(metadata, 'labels');
  const annotations = at(metadata, 'annotations');
  return {
    apiVersion,
    kind,
    metadata: {
      name,
      ...(namespace === null ? {} : { namespace }),
      ...(labels === undefined ? {} : { labels }),
      ...(annotations === undefined ? {} : { annotations }),
    },
    ...rest,
  };
}
