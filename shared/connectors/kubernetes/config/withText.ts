import { isDeepStrictEqual } from 'node:util';
import { PeerError } from '../../kit/peerError.ts';
import { contentOf } from '../../kube/documents/content.ts';
import { at, type KubeObject } from '../../kube/objects.ts';
import { mapOf } from '../workloads/template.ts';
import { readYaml } from './readYaml.ts';

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

/** The annotations that the text of a document does not show. */
function hidden(document: KubeObject): Readonly<Record<string, unknown>> {
  const shown = mapOf(at(contentOf(document)['metadata'], 'annotations'));
  return Object.fromEntries(
    Object.entries(mapOf(document.metadata['annotations'])).filter(([key]) => !Object.hasOwn(shown, key)),
  );
}
