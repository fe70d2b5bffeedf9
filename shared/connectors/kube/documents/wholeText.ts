import { stringify } from 'yaml';
import { at, type KubeObject, textAt } from '../objects.ts';
import { contentOf } from './content.ts';

/** A document as an operator edits it: what it is, and what people write of it. */
export function wholeText(document: KubeObject): string {
  const { apiVersion, kind } = document;
  const { name, namespace } = document.metadata;
  const { metadata, ...rest } = contentOf(document);
  return stringify(
    {
      apiVersion,
      kind,
      metadata: { name, ...(namespace === undefined ? {} : { namespace }), ...metadataOf(metadata) },
      ...rest,
    },
    { lineWidth: 0, aliasDuplicateObjects: false },
  );
}

const metadataOf = (kept: unknown): object => (typeof kept === 'object' && kept !== null ? kept : {});

/** The name of what wrote a document, when, and which fields are its own, newest first; a status says nothing about its content. */
export function writersOf(
  document: KubeObject,
): { who: string; at: number | null; fields: readonly string[] }[] {
  const entries = at(document, 'metadata', 'managedFields');
  return (Array.isArray(entries) ? entries : [])
    .flatMap((entry: unknown) => {
      const who = textAt(entry, 'manager');
      const time = Date.parse(textAt(entry, 'time') ?? '');
      if (who === null || textAt(entry, 'subresource') === 'status') return [];
      return [{ who, at: Number.isFinite(time) ? time : null, fields: fieldsIn(at(entry, 'fieldsV1')) }];
    })
    .sort((a, b) => (b.at ?? 0) - (a.at ?? 0));
}

const mostFields = 200;

/** The innermost fields of a FieldsV1 as dotted paths; items of lists count as their list, as they are named by their content. */
function fieldsIn(fieldsV1: unknown): readonly string[] {
  const found = new Set<string>();
  const look = (value: unknown, path: string): void => {
    if (found.size >= mostFields) return;
    const inner = Object.entries(typeof value === 'object' && value !== null ? value : {}).filter(([key]) =>
      key.startsWith('f:'),
    );
    if (inner.length === 0 && path !== '') found.add(path);
    for (const [key, each] of inner) look(each, `${path === '' ? '' : `${path}.`}${key.slice(2)}`);
  };
  look(fieldsV1, '');
  return [...found];
}
