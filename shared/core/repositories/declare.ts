import { type Document, isCollection, isMap, isScalar, isSeq, parseAllDocuments, stringify } from 'yaml';
import type { Change, PatchStep } from '../../model/change.ts';

/** A file as it would be with one change written into it. */
export interface Declared {
  readonly text: string;
  /** First line that differs, from 1. */
  readonly line: number;
}

/** What was found in one file: the text with the change in it, or why it cannot be written there; null where it says nothing of it. */
export type Found = { readonly declared: Declared } | { readonly problem: string } | null;

/**
 * Writes a change where a file of manifests declares it. Only values that the file itself has, and that are as the cluster
 * had them, are replaced; comments and the order of everything else stay.
 */
export function declareIn(text: string, change: Change): Found {
  const documents = parse(text);
  if (documents === null)
    return mentions(text, change) ? { problem: 'is a template, or no plain YAML' } : null;
  const position = documents.findIndex((document) => isAbout(document, change));
  const document = documents[position];
  if (document === undefined) return null;
  if (change.action !== 'patch')
    return { problem: `declares the document; Podium does not ${change.action} files` };
  const writes = change.patch.filter(
    ({ op, path }) => op !== 'test' && !path.startsWith('/metadata/managedFields'),
  );
  const tests = change.patch.filter(({ op, path }) => op === 'test' && !isFence(path));
  if (!writes.some(({ path }) => document.hasIn(around(keysOf(path))))) return null;
  const differs = tests.find((step) => !holds(document, step));
  if (differs !== undefined)
    return {
      problem: `has something else than the cluster at ${differs.path}: ${sayAt(document, keysOf(differs.path))}`,
    };
  const spliced = splice(text, document, writes);
  const made = spliced ?? rewrite(text, documents, position, writes);
  if (made === null || made === text) return null;
  return { declared: { text: made, line: firstDifference(text, made) } };
}

function parse(text: string): Document.Parsed[] | null {
  const read = parseAllDocuments(text, { uniqueKeys: true });
  if (!Array.isArray(read)) return [];
  const documents = read as Document.Parsed[];
  return documents.some(({ errors }) => errors.length > 0) ? null : documents;
}

function isAbout(document: Document.Parsed, { document: ref }: Change): boolean {
  const at = (...path: string[]): unknown => document.getIn(path);
  const group = (version: unknown) =>
    typeof version === 'string' && version.includes('/') ? version.split('/')[0] : '';
  // Overlays and charts often leave the namespace out.
  const namespace = at('metadata', 'namespace');
  return (
    at('kind') === ref.kind &&
    group(at('apiVersion')) === group(ref.apiVersion) &&
    at('metadata', 'name') === ref.name &&
    (namespace === undefined || namespace === ref.namespace)
  );
}

const mentions = (text: string, { document }: Change): boolean =>
  text.includes(`kind: ${document.kind}`) && text.includes(document.name);

const isFence = (path: string): boolean => path === '/metadata/uid' || path === '/metadata/resourceVersion';

function holds(document: Document.Parsed, step: PatchStep): boolean {
  const keys = keysOf(step.path);
  // What the file leaves to its defaults, or to another file, it does not speak against.
  return !document.hasIn(keys) || sameValue(plain(document, keys), step.value);
}

/** Replaces scalars in the text itself, so that not a blank elsewhere moves. Null where more than scalars change. */
function splice(text: string, document: Document.Parsed, writes: readonly PatchStep[]): string | null {
  const edits: { readonly from: number; readonly to: number; readonly value: string }[] = [];
  for (const { op, path, value } of writes) {
    const node = document.getIn(keysOf(path), true);
    if (op !== 'replace' || !isScalar(node) || node.range == null || typeof value === 'object') return null;
    if (node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED') return null;
    edits.push({
      from: node.range[0],
      to: node.range[1],
      value: stringify(value, { lineWidth: 0 }).trimEnd(),
    });
  }
  let made = text;
  for (const { from, to, value } of edits.toSorted((a, b) => b.from - a.from))
    made = made.slice(0, from) + value + made.slice(to);
  return made;
}

/** Writes one document of the file anew, with its comments. */
function rewrite(
  text: string,
  documents: readonly Document.Parsed[],
  position: number,
  writes: readonly PatchStep[],
): string | null {
  const document = documents[position];
  if (document === undefined) return null;
  for (const { op, path, value } of writes) {
    const keys = keysOf(path);
    const last = keys.at(-1);
    const parent = document.getIn(keys.slice(0, -1));
    if (op === 'remove') document.deleteIn(keys);
    else if (op === 'add' && isSeq(parent)) {
      const index = last === '-' ? parent.items.length : Number(last);
      parent.items.splice(index, 0, document.createNode(value));
    } else document.setIn(keys, document.createNode(value));
  }
  const [from, , to] = document.range;
  const written = document.toString({ lineWidth: 0 });
  return `${text.slice(0, from)}${written.replace(/^---\n/, '')}${text.slice(to)}`;
}

const keysOf = (pointer: string): (string | number)[] =>
  pointer
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((key) => (/^(0|[1-9]\d*)$/.test(key) ? Number(key) : key));

const around = (keys: readonly (string | number)[]): (string | number)[] => keys.slice(0, -1);

function plain(document: Document.Parsed, keys: readonly (string | number)[]): unknown {
  const node: unknown = document.getIn(keys, true);
  if (isMap(node) || isCollection(node)) return node.toJS(document, { maxAliasCount: 100 });
  return isScalar(node) ? node.value : node;
}

function sameValue(a: unknown, b: unknown): boolean {
  return JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, one]) => [key, sorted(one)]),
  );
}

function sayAt(document: Document.Parsed, keys: readonly (string | number)[]): string {
  const said = JSON.stringify(plain(document, keys)) ?? 'nothing';
  return said.length > 80 ? `${said.slice(0, 79)}…` : said;
}

function firstDifference(before: string, after: string): number {
  const [a, b] = [before.split('\n'), after.split('\n')];
  const index = a.findIndex((line, position) => line !== b[position]);
  return (index === -1 ? a.length : index) + 1;
}
