import { apiVersionOf, type Resource } from './resources.ts';
import type { KubeObject } from './store.ts';
import { notAcceptable } from './status.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Whole objects, or only their metadata. */
export type Form = 'whole' | 'metadata';

/** Reads an Accept header; throws 406 when nothing in it can be answered. */
export function formOf(accept: string | undefined): Form {
  for (const range of (accept ?? '*/*').split(',')) {
    const [type = '', ...rest] = range.split(';').map((part) => part.trim());
    if (!['application/json', 'application/*', '*/*'].includes(type)) continue;
    const parameters = new Map(rest.map((part) => part.split('=', 2) as [string, string]));
    const as = parameters.get('as');
    if (as === undefined) return 'whole';
    if (as.startsWith('PartialObjectMetadata') && parameters.get('g') === 'meta.k8s.io') return 'metadata';
    // A form that is not known here (Table, aggregated discovery): the client's next choice is taken.
  }
  throw notAcceptable();
}

/** The object as a client of this group and version sees it. */
export function shown(object: KubeObject, group: string, version: string, form: Form): Fields {
  if (form === 'metadata') {
    return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata };
  }
  if (group === 'events.k8s.io') return newerEvent(object);
  const apiVersion = apiVersionOf(group, version);
  return object.apiVersion === apiVersion ? object : { ...object, apiVersion };
}

/** A list in the form asked for. */
export function shownList(
  objects: readonly KubeObject[],
  resource: Resource,
  group: string,
  version: string,
  form: Form,
  metadata: Fields,
): Fields {
  const items = objects.map((object) => shown(object, group, version, form));
  if (form === 'metadata') {
    return { kind: 'PartialObjectMetadataList', apiVersion: 'meta.k8s.io/v1', metadata, items };
  }
  return {
    kind: `${resource.kind}List`,
    apiVersion: apiVersionOf(group, version),
    // Lists of custom resources always have the key.
    metadata: resource.custom ? { continue: '', ...metadata } : metadata,
    // Items of built-in kinds do not say what they are; those of custom resources do.
    items: resource.custom ? items : items.map(({ kind: _kind, apiVersion: _apiVersion, ...item }) => item),
  };
}

const eventFields: readonly (readonly [string, string])[] = [
  ['message', 'note'],
  ['involvedObject', 'regarding'],
  ['reportingComponent', 'reportingController'],
  ['source', 'deprecatedSource'],
  ['count', 'deprecatedCount'],
  ['firstTimestamp', 'deprecatedFirstTimestamp'],
  ['lastTimestamp', 'deprecatedLastTimestamp'],
];

/** A core event in the words of events.k8s.io. */
function newerEvent(object: KubeObject): Fields {
  const renamed: Record<string, unknown> = { ...object, apiVersion: 'events.k8s.io/v1' };
  for (const [core, newer] of eventFields) {
    if (!(core in renamed)) continue;
    renamed[newer] = renamed[core];
    delete renamed[core];
  }
  return renamed;
}
