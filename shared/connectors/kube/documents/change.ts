import { isDeepStrictEqual } from 'node:util';
import { createPatch } from 'rfc6902';
import type { Change, PatchStep } from '../../../model/change.ts';
import type { DocumentRef } from '../../../model/entity.ts';
import type { NewObject } from '../client.ts';
import { at, keyOf, type KubeObject } from '../objects.ts';
import type { Resource } from '../resources.ts';
import { routeGroups } from '../routeGroups.ts';
import { contentOf, contentYaml } from './content.ts';
import { compareLongLists } from './lists.ts';

/** One document as it was read and as it shall be. */
export type DocumentEdit =
  | {
      readonly action: 'patch';
      readonly resource: Resource;
      readonly before: KubeObject;
      readonly after: KubeObject;
    }
  | { readonly action: 'create'; readonly resource: Resource; readonly after: NewObject }
  | { readonly action: 'delete'; readonly resource: Resource; readonly before: KubeObject };

/** An edit with how it is kept: values of Secrets never are. */
export interface ProposedEdit {
  readonly edit: DocumentEdit;
  readonly withheld: boolean;
}

export function refOf(connectionId: string, object: KubeObject | NewObject): DocumentRef {
  const { uid } = object.metadata as { readonly uid?: unknown };
  return {
    connectionId,
    apiVersion: object.apiVersion,
    kind: object.kind,
    namespace: object.metadata.namespace ?? null,
    name: object.metadata.name,
    uid: typeof uid === 'string' ? uid : '',
  };
}

/** "VirtualService shop/payment". */
export const nameOf = (edit: DocumentEdit): string => {
  const { kind, metadata } = edit.action === 'create' ? edit.after : edit.before;
  return `${kind} ${metadata.namespace === undefined ? '' : `${metadata.namespace}/`}${metadata.name}`;
};

type Fenced = Exclude<DocumentEdit, { action: 'create' }>;

/** Groups whose controllers write a status often. */
const statusMoves: ReadonlySet<string> = new Set(['apps', ...routeGroups]);

/**
 * Where a document says that it is another one than was read. The revision of a workload, or of a route that controllers write
 * their word into, moves whenever its controller notes something, several times a second while it rolls out; its generation only when its specification does. Of a pod
 * only what is replaced tells: not every server counts its generations.
 */
function fencesOf(edit: Fenced, { metadata }: KubeObject): PatchStep[] {
  const { kind, group } = edit.resource;
  const uid: PatchStep = { op: 'test', path: '/metadata/uid', value: metadata.uid };
  if (group === '' && kind === 'Pod') return [uid];
  const { generation } = metadata;
  const revision: PatchStep = {
    op: 'test',
    path: '/metadata/resourceVersion',
    value: metadata.resourceVersion,
  };
  if (!statusMoves.has(group) || typeof generation !== 'number') return [uid, revision];
  const counted: PatchStep = { op: 'test', path: '/metadata/generation', value: generation };
  if (!writesRouteAnnotations(edit)) return [uid, counted];
  // No annotation moves a generation. That there are none cannot be tested, so the revision has to tell.
  const annotations = at(metadata, 'annotations');
  return annotations === undefined
    ? [uid, revision]
    : [uid, counted, { op: 'test', path: '/metadata/annotations', value: annotations }];
}

const writesRouteAnnotations = (edit: Fenced): boolean =>
  edit.action === 'patch' &&
  edit.resource.group !== 'apps' &&
  !isDeepStrictEqual(at(edit.before, 'metadata', 'annotations'), at(edit.after, 'metadata', 'annotations'));

/** Whether someone else wrote where the edit's fence would tell. */
export function hasMoved(edit: Fenced, now: KubeObject): boolean {
  const { resource, before } = edit;
  return (
    !isDeepStrictEqual(fencesOf(edit, before), fencesOf(edit, now)) ||
    (resource.kind === 'Pod' && !isDeepStrictEqual(contentOf(before)['metadata'], contentOf(now)['metadata']))
  );
}

/**
 * Where an edit would write a number that JavaScript rounds, or test for one: beyond 2^53 what was read is not what the
 * document holds. Null where it writes none; numbers that stay as they are do not travel.
 */
export function roundedBy(edit: DocumentEdit): string | null {
  for (const { path, value } of edit.action === 'delete' ? [] : stepsOf(edit)) {
    const rounded = findRounded(value);
    if (rounded !== null) return `${path}${rounded}`;
  }
  return null;
}

function findRounded(value: unknown): string | null {
  if (typeof value === 'number') return Math.abs(value) > Number.MAX_SAFE_INTEGER ? '' : null;
  if (typeof value !== 'object' || value === null) return null;
  for (const [key, inner] of Object.entries(value)) {
    const found = findRounded(inner);
    if (found !== null) return `/${key}${found}`;
  }
  return null;
}

/** The steps of one edit, fenced by the uid and the revision that were read, and by what is replaced or taken away. */
export function stepsOf(edit: DocumentEdit): PatchStep[] {
  if (edit.action === 'create') return [{ op: 'add', path: '', value: edit.after }];
  const fence = fencesOf(edit, edit.before);
  if (edit.action === 'delete') return [...fence, { op: 'remove', path: '' }];
  return [...fence, ...difference(edit.before, edit.after)];
}

/** The change as the plan, the review and the journal have it. `stored` is the object as the peer would store it. */
export function changeOf(
  connectionId: string,
  { edit, withheld }: ProposedEdit,
  stored: KubeObject | null,
): Change {
  const before = edit.action === 'create' ? '' : contentYaml(contentOf(edit.before));
  const after = edit.action === 'delete' ? '' : contentYaml(contentOf(stored ?? asObject(edit.after)));
  const shown = edit.action === 'create' ? edit.after : edit.before;
  const change = {
    document: refOf(connectionId, shown),
    action: edit.action,
    revision: edit.action === 'create' ? '' : edit.before.metadata.resourceVersion,
    withheld,
  };
  if (withheld) return { ...change, patch: [], inverse: [], before: '', after: '' };
  return { ...change, patch: stepsOf(edit), inverse: inverseOf(edit), before, after };
}

function inverseOf(edit: DocumentEdit): PatchStep[] {
  switch (edit.action) {
    case 'create':
      return [{ op: 'remove', path: '' }];
    case 'delete':
      return [{ op: 'add', path: '', value: asNew(edit.before) }];
    case 'patch':
      return [
        { op: 'test', path: '/metadata/uid', value: edit.before.metadata.uid },
        ...difference(edit.after, edit.before),
      ];
  }
}

function difference(from: KubeObject, to: KubeObject): PatchStep[] {
  // The library's own type has moves and copies, which it never makes.
  const steps = createPatch(from, to, compareLongLists) as PatchStep[];
  // Its own tests would look for `__proto__`, a key like any other, in the wrong place.
  const tests = steps.flatMap(({ op, path }): PatchStep[] => {
    const value = op === 'add' ? undefined : at(from, ...tokensOf(path));
    return value === undefined ? [] : [{ op: 'test', path, value }];
  });
  return [...tests, ...steps];
}

const tokensOf = (path: string): string[] =>
  path
    .split('/')
    .slice(1)
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));

/** An object to be made like one that was. */
export function asNew(object: KubeObject): NewObject {
  const { apiVersion, kind } = object;
  const { name, namespace } = object.metadata;
  const { metadata, ...rest } = contentOf(object);
  return {
    apiVersion,
    kind,
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      ...(metadata as object | undefined),
    },
    ...rest,
  };
}

const asObject = (made: KubeObject | NewObject): KubeObject => ({
  ...made,
  metadata: { uid: '', resourceVersion: '', ...made.metadata },
});

/** Two edits of one document make no sense in one plan. */
export const keyOfEdit = (edit: DocumentEdit): string =>
  `${edit.resource.group}/${edit.resource.plural}/${keyOf(asObject(edit.action === 'create' ? edit.after : edit.before))}`;
