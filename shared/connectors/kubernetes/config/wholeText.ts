import { isDeepStrictEqual } from 'node:util';
import { stringify } from 'yaml';
import { PeerError } from '../../kit/peerError.ts';
import { contentOf } from '../../kube/documents/content.ts';
import { at, type KubeObject, textAt } from '../../kube/objects.ts';
import { mapOf } from '../workloads/template.ts';
import { readYaml } from './readYaml.ts';

/** A document as an operator edits it: what it is, and what people write of it. */
export function wholeText(document: KubeObject): string {
  const { apiVersion, kind } = document;
  const { name, namespace } = document.metadata;
  const { metadata, ...rest } = contentOf(document);
  return stringify(
    {
      apiVersion,
      kind,
      metadata: { name, ...(namespace === undefined ? {} : { namespace }), ...mapOf(metadata) },
      ...rest,
    },
    { lineWidth: 0, aliasDuplicateObjects: false },
  );
}

/** Fields of metadata that the server keeps; a text may carry them and changes nothing by it. */
const kept = new Set([
  'creationTimestamp',
  'generation',
  'managedFields',
  'name',
  'namespace',
  'resourceVersion',
  'selfLink',
  'uid',
]);

/**
 * `document` as the text has it; its status, and what programs note on it and the text leaves out, stay. Throws `PeerError`
 * for a text of another document.
 */
export function withText(document: KubeObject, text: string): KubeObject {
  const { apiVersion, kind, metadata, status: _, ...rest } = readYaml(text);
  const { name, namespace, uid } = document.metadata;
  const said: readonly (readonly [string, unknown, unknown])[] = [
    ['apiVersion', apiVersion, document.apiVersion],
    ['kind', kind, document.kind],
    ['metadata.name', at(metadata, 'name'), name],
    ['metadata.namespace', at(metadata, 'namespace'), namespace],
    ['metadata.uid', at(metadata, 'uid'), uid],
  ];
  for (const [field, written, real] of said)
    if (written !== undefined && written !== real)
      throw new PeerError(
        'refused',
        `This text is of another document: ${field} is ${JSON.stringify(written).slice(0, 100)}, not ${JSON.stringify(real)}. Nothing was changed.`,
      );
  for (const [field, value] of Object.entries(mapOf(metadata)))
    if (
      !kept.has(field) &&
      field !== 'labels' &&
      field !== 'annotations' &&
      !isDeepStrictEqual(value, document.metadata[field])
    )
      throw new PeerError('refused', `metadata.${field} is not changed from here. Nothing was changed.`);
  const { labels: __, annotations: ___, ...others } = document.metadata;
  const labels = mapOf(at(metadata, 'labels'));
  const annotations = { ...hidden(document), ...mapOf(at(metadata, 'annotations')) };
  return {
    ...rest,
    apiVersion: document.apiVersion,
    kind: document.kind,
    metadata: {
      ...others,
      name,
      ...(Object.keys(labels).length === 0 ? {} : { labels }),
      ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
    },
    ...(document['status'] === undefined ? {} : { status: document['status'] }),
  };
}

/** The annotations that `wholeText` does not show. */
function hidden(document: KubeObject): Readonly<Record<string, unknown>> {
  const shown = mapOf(at(contentOf(document)['metadata'], 'annotations'));
  return Object.fromEntries(
    Object.entries(mapOf(document.metadata['annotations'])).filter(([key]) => !Object.hasOwn(shown, key)),
  );
}

/** The name of what wrote a document, and when, newest first; a status says nothing about its content. */
export function writersOf(document: KubeObject): { who: string; at: number | null }[] {
  const entries = at(document, 'metadata', 'managedFields');
  return (Array.isArray(entries) ? entries : [])
    .flatMap((entry: unknown) => {
      const who = textAt(entry, 'manager');
      const time = Date.parse(textAt(entry, 'time') ?? '');
      if (who === null || textAt(entry, 'subresource') === 'status') return [];
      return [{ who, at: Number.isFinite(time) ? time : null }];
    })
    .sort((a, b) => (b.at ?? 0) - (a.at ?? 0));
}
