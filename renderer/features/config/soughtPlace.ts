import { isMap, isNode, isScalar, isSeq, parseDocument } from 'yaml';
import type { Sought } from '../../state/configPage.ts';
import type { TextRange } from '../../ui/textRange.ts';

/** Where the words that were sought stand in a text: in the field that was found, else where they stand first. */
export function soughtPlace(text: string, { query, path }: Sought): TextRange | null {
  const field = path === '' ? null : fieldAt(text, path);
  return (field === null ? null : (wordsIn(text, query, field) ?? field)) ?? wordsIn(text, query);
}

function wordsIn(
  text: string,
  query: string,
  { from, to }: TextRange = { from: 0, to: text.length },
): TextRange | null {
  if (query === '') return null;
  const at = text.slice(from, to).toLowerCase().indexOf(query.toLowerCase());
  return at === -1 ? null : { from: from + at, to: from + at + query.length };
}

/** A field's name and its value, or an item of a list. Names may have dots of their own, so every way to read the path is tried. */
function fieldAt(text: string, path: string): TextRange | null {
  return under(parseDocument(text).contents, path);
}

function under(node: unknown, path: string): TextRange | null {
  const steps: readonly { readonly name: string; readonly start: unknown; readonly value: unknown }[] = isMap(
    node,
  )
    ? node.items.map(({ key, value }) => ({
        name: isScalar(key) ? String(key.value) : '',
        start: key,
        value,
      }))
    : isSeq(node)
      ? node.items.map((value, index) => ({ name: String(index), start: value, value }))
      : [];
  for (const { name, start, value } of steps) {
    if (name === path) return rangeOf(start, value);
    const deeper = path.startsWith(`${name}.`) ? under(value, path.slice(name.length + 1)) : null;
    if (deeper !== null) return deeper;
  }
  return null;
}

function rangeOf(start: unknown, value: unknown): TextRange | null {
  const from = isNode(start) ? start.range?.[0] : undefined;
  const to = (isNode(value) ? value.range?.[1] : undefined) ?? (isNode(start) ? start.range?.[1] : undefined);
  return from === undefined || to === undefined ? null : { from, to };
}
