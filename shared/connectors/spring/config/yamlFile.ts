import {
  type CollectionTag,
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  type Pair,
  parseAllDocuments,
  Scalar,
  type ScalarTag,
  type YAMLMap,
} from 'yaml';
import { PeerError } from '../../kit/peerError.ts';
import { looksSecret } from './secrets.ts';
import type { SourceText } from './sourceText.ts';

/** One property and where it stands. */
interface Leaf {
  readonly value: string;
  readonly scalar: Scalar | null;
  /** The maps around it, the innermost last, each with the pair that leads to it; null where a list stands between. */
  readonly way: readonly Step[] | null;
}
interface Step {
  readonly map: YAMLMap;
  readonly pair: Pair;
}

interface Read {
  readonly leaves: ReadonlyMap<string, Leaf>;
  readonly maps: ReadonlyMap<string, YAMLMap>;
}

const mostLeaves = 20_000;
const cover = '••••••';

/** A YAML file of properties. Throws `PeerError` for one with anchors, several documents, or errors: these are changed by hand. */
export function readYamlFile(file: string, text: string): SourceText {
  const read = flatten(file, text);
  const values = valuesOf(read);
  return {
    values,
    with(key, value) {
      const wanted = new Map(values);
      if (value === null) wanted.delete(key);
      else wanted.set(key, value);
      for (const candidate of candidates(text, read, key, value))
        if (reads(file, candidate, wanted)) return candidate;
      throw new PeerError(
        'refused',
        `${key} cannot be changed in ${file} without changing more than that: it is written over several lines, in a list, or in braces. Change it there by hand.`,
      );
    },
    get covered() {
      const secrets = [...read.leaves].flatMap(([key, { scalar, value }]) =>
        scalar?.range != null && looksSecret(key, value) ? [scalar.range] : [],
      );
      return secrets
        .sort(([a], [b]) => b - a)
        .reduce((all, [from, to]) => all.slice(0, from) + (to > from ? cover : '') + all.slice(to), text);
    },
  };
}

const valuesOf = ({ leaves }: Read): Map<string, string> =>
  new Map([...leaves].map(([key, { value }]) => [key, value]));

/** What a change leads to is read again before it is believed. */
function reads(file: string, text: string, wanted: ReadonlyMap<string, string>): boolean {
  try {
    const found = valuesOf(flatten(file, text));
    return found.size === wanted.size && [...wanted].every(([key, value]) => found.get(key) === value);
  } catch {
    return false;
  }
}

function flatten(file: string, text: string): Read {
  const refuse = (why: string): never => {
    throw new PeerError('refused', `${file} ${why}, so Podium does not change it.`);
  };
  const all = parse(text) ?? refuse('cannot be read as YAML');
  if (all.length > 1) refuse('holds several documents');
  const [document] = all;
  const error = document?.errors[0];
  if (error !== undefined)
    refuse(`cannot be read as YAML (${error.code.toLowerCase().replaceAll('_', ' ')})`);
  const leaves = new Map<string, Leaf>();
  const maps = new Map<string, YAMLMap>();
  const put = (key: string, leaf: Leaf): void => {
    if (leaves.has(key)) refuse(`says ${key} twice`);
    if (leaves.size >= mostLeaves) refuse('is too large');
    leaves.set(key, leaf);
  };
  const walk = (node: unknown, key: string, way: readonly Step[] | null): void => {
    if (isAlias(node)) refuse('uses anchors');
    if (isMap(node)) {
      if (way !== null) maps.set(key, node);
      for (const pair of node.items) {
        if (!isPair(pair) || isAlias(pair.key)) return refuse('uses anchors');
        const name = isScalar(pair.key) ? pair.key.value : null;
        if (name === '<<') refuse('uses merges');
        const at = typeof name === 'string' && !name.startsWith('[') ? name : null;
        const next =
          at !== null
            ? key === ''
              ? at
              : `${key}.${at}`
            : `${key}${typeof name === 'string' ? name : `[${String(name)}]`}`;
        walk(pair.value, next, way === null ? null : [...way, { map: node, pair }]);
      }
      return;
    }
    if (isSeq(node)) {
      if (node.items.length === 0) put(key, { value: '', scalar: null, way: null });
      node.items.forEach((item, index) => walk(item, `${key}[${index}]`, null));
      return;
    }
    const scalar = isScalar(node) ? node : null;
    put(key, { value: plainText(scalar?.value), scalar, way });
  };
  const root = document?.contents ?? null;
  if (root !== null && !isMap(root) && !(isScalar(root) && root.value === null))
    refuse('is no map of properties');
  if (isMap(root)) walk(root, '', []);
  return { leaves, maps };
}

/** As SnakeYAML reads it for Spring: YAML 1.1, without dates. */
function parse(text: string) {
  try {
    const found = parseAllDocuments(text, {
      version: '1.1',
      schema: 'yaml-1.1',
      customTags: (tags) =>
        tags.flatMap((tag): (typeof tags)[number][] => (typeof tag === 'string' ? [tag] : asSnake(tag))),
      uniqueKeys: true,
      logLevel: 'error',
    });
    return 'empty' in found ? [] : found;
  } catch {
    // Nested deeper than the parser's own stack.
    return null;
  }
}

/** SnakeYAML takes “y” and “n” for texts, and Spring reads no dates. */
function asSnake(tag: ScalarTag | CollectionTag): (ScalarTag | CollectionTag)[] {
  if (tag.tag.endsWith(':timestamp') || tag.tag.endsWith(':merge')) return [];
  if (!tag.tag.endsWith(':bool') || tag.collection !== undefined || tag.test === undefined) return [tag];
  const isTrue = tag.test.test('yes');
  return [{ ...tag, test: isTrue ? /^(yes|true|on)$/i : /^(no|false|off)$/i }];
}

const plainText = (value: unknown): string => {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint'
    ? String(value)
    : '';
};

/** Texts that may be what is wanted, the one that changes least first. */
function* candidates(text: string, read: Read, key: string, value: string | null): Generator<string> {
  const leaf = read.leaves.get(key);
  if (leaf === undefined) {
    if (value !== null) yield* added(text, read, key, value);
    return;
  }
  if (value === null) yield* removed(text, leaf);
  else yield* replaced(text, leaf, value);
}

function* replaced(text: string, { scalar }: Leaf, value: string): Generator<string> {
  if (scalar?.range == null) return;
  const [from, to] = scalar.range;
  if (text.slice(from, to).includes('\n')) return;
  const gap = from === to ? ' ' : '';
  for (const token of tokens(value, scalar.type)) yield text.slice(0, from) + gap + token + text.slice(to);
}

/** Below the deepest map that its name leads into, else at the end. */
function* added(text: string, { maps }: Read, key: string, value: string): Generator<string> {
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  const parts = key.split('.');
  for (let depth = parts.length - 1; depth > 0; depth -= 1) {
    const map = maps.get(parts.slice(0, depth).join('.'));
    const first = map?.items[0];
    const last = map?.items.at(-1);
    if (map === undefined || map.flow === true || first === undefined || last === undefined) continue;
    const [start] = rangeOf(first.key) ?? [0];
    const indent = text.slice(text.lastIndexOf('\n', start - 1) + 1, start);
    const rest = parts.slice(depth).join('.');
    if (indent.trim() !== '' || !isPlainKey(rest)) continue;
    const end = endOfLine(text, endOf(last));
    const before = text.slice(0, end);
    const gap = before === '' || before.endsWith('\n') ? '' : eol;
    for (const token of tokens(value, 'PLAIN'))
      yield `${before}${gap}${indent}${rest}: ${token}${eol}${text.slice(end)}`;
  }
  if (!isPlainKey(key)) return;
  const gap = text === '' || text.endsWith('\n') ? '' : eol;
  for (const token of tokens(value, 'PLAIN')) yield `${text}${gap}${key}: ${token}${eol}`;
}

/** With the maps around it that would be empty then. */
function* removed(text: string, { way }: Leaf): Generator<string> {
  if (way === null) return;
  let at = way.length - 1;
  while (at > 0 && way[at]?.map.items.length === 1) at -= 1;
  const pair = way[at]?.pair;
  const [start] = rangeOf(pair?.key) ?? [];
  if (pair === undefined || start === undefined) return;
  const from = text.lastIndexOf('\n', start - 1) + 1;
  if (text.slice(from, start).trim() !== '') return;
  yield text.slice(0, from) + text.slice(endOfLine(text, endOf(pair)));
}

function rangeOf(node: unknown): readonly [number, number, number] | null {
  return isScalar(node) || isMap(node) || isSeq(node) ? (node.range ?? null) : null;
}

/** Where the last thing that belongs to a pair ends. */
function endOf(pair: Pair): number {
  const { value } = pair;
  if (isMap(value) && value.items.length > 0 && value.flow !== true)
    return Math.max(...value.items.map(endOf));
  return Math.max(rangeOf(value)?.[1] ?? 0, rangeOf(pair.key)?.[1] ?? 0);
}

function endOfLine(text: string, from: number): number {
  if (text[from - 1] === '\n') return from;
  const at = text.indexOf('\n', from);
  return at === -1 ? text.length : at + 1;
}

const isPlainKey = (key: string): boolean => /^[A-Za-z_][\w.-]*$/.test(key) && !isKeyword(key);

const isKeyword = (text: string): boolean => /^(y|n|yes|no|on|off|true|false|null|~)$/i.test(text);

/** Ways to write a value, in the way it was written before first. */
function tokens(value: string, style: Scalar['type']): readonly string[] {
  const isLine = !/[\n\r\t]|\p{Cc}/u.test(value);
  const single = isLine ? [`'${value.replaceAll("'", "''")}'`] : [];
  const double = JSON.stringify(value);
  const canBePlain =
    value === 'true' ||
    value === 'false' ||
    (/^-?(0|[1-9]\d{0,14})(\.\d*[1-9])?$/.test(value) && String(Number(value)) === value) ||
    (/^[A-Za-z/][\w./:@%+=?&~-]*( [\w./@%+=?&~-]+)*$/.test(value) &&
      !value.endsWith(':') &&
      !isKeyword(value));
  const plain = canBePlain ? [value] : [];
  if (style === Scalar.QUOTE_SINGLE) return [...single, double];
  if (style === Scalar.QUOTE_DOUBLE) return [double];
  return [...plain, ...single, double];
}
