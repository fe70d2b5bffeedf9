import { isNode, LineCounter, parseDocument, stringify } from 'yaml';
import type { Finding } from '../../../model/inspect.ts';
import type { KubeObject } from '../objects.ts';

type Path = readonly (string | number)[];
/** A finding and the place in the document it is about. */
export interface Located extends Omit<Finding, 'line'> {
  readonly path: Path | null;
}

/** The document as people write it: without what the server notes for itself. */
export function shownYaml(document: KubeObject): string {
  const { managedFields: _, ...metadata } = document.metadata;
  const { apiVersion, kind, metadata: __, ...rest } = document;
  return stringify({ apiVersion, kind, metadata, ...rest }, { lineWidth: 0, aliasDuplicateObjects: false });
}

/** Finds the line of each finding in the text that is shown. */
export function locate(yaml: string, findings: readonly Located[]): Finding[] {
  if (findings.length === 0) return [];
  const lines = new LineCounter();
  const parsed = parseDocument(yaml, { lineCounter: lines });
  return findings.map(({ path, ...finding }) => {
    const node = path === null ? undefined : parsed.getIn(path, true);
    const offset = isNode(node) ? node.range?.[0] : undefined;
    return { ...finding, line: offset === undefined ? null : lines.linePos(offset).line };
  });
}
