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
