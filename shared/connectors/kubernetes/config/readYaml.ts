import {
  CST,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  type Node,
  parseDocument,
} from 'yaml';
import { PeerError } from '../../kit/peerError.ts';

/** More than any document an API server takes, and little enough to be read at once beside everything else. */
const longestText = 1_500_000;
const mostTokens = 60_000;
const mostAliases = 100;
const deepest = 100;
/** What aliases may grow a text to. */
const mostValues = 50_000;
const widestIndent = 400;

/**
 * One document as people write it: YAML 1.2, core schema. Throws `PeerError` with the line for what YAML lets pass and nobody
 * means: duplicate keys, several documents, merge keys, tags, and texts made to be slow.
 */
export function readYaml(text: string): Readonly<Record<string, unknown>> {
  refuseSlow(text);
  const lines = new LineCounter();
  const document = parseDocument(text, {
    version: '1.2',
    schema: 'core',
    merge: false,
    intAsBigInt: true,
    stringKeys: true,
    // Compared one by one there; here by a set, further down.
    uniqueKeys: false,
    prettyErrors: false,
    lineCounter: lines,
  });
  const [wrong] = [...document.errors, ...document.warnings];
  if (wrong !== undefined)
    throw refusal(
      lines.linePos(wrong.pos[0]).line,
      wrong.code === 'MULTIPLE_DOCS' ? 'another document begins; edit one at a time' : wrong.message,
    );
  if (!isMap(document.contents)) throw refusal(1, 'this is no map of fields');
  return plainOf(document, lines) as Readonly<Record<string, unknown>>; // a map, as was seen
}

/** Looks at the tokens only, which takes the same time for every text of a length. */
function refuseSlow(text: string): void {
  if (text.length > longestText) throw refusal(1, `the text is longer than ${longestText} characters`);
  if (text.charCodeAt(0) === 0xfeff) throw refusal(1, 'a byte order mark stands before it; remove it');
  let line = 1;
  let tokens = 0;
  let aliases = 0;
  let depth = 0;
  let indicators = 0;
  let wasNewline = false;
  let isText = false;
  for (const token of new Lexer().lex(text)) {
    tokens += 1;
    if (tokens > mostTokens) throw refusal(line, `more than ${mostTokens} words and signs`);
    const type: CST.TokenType | null = isText ? 'scalar' : CST.tokenType(token);
    isText = !isText && token === CST.SCALAR;
    if (type === 'directive-line')
      throw refusal(line, 'directives (%YAML, %TAG) change what the text means; remove it');
    if (type === 'space' && wasNewline && token.length > widestIndent)
      throw refusal(line, `indented by more than ${widestIndent}`);
    if (type === 'alias') aliases += 1;
    else if (type === 'flow-map-start' || type === 'flow-seq-start') depth += 1;
    else if (type === 'flow-map-end' || type === 'flow-seq-end') depth -= 1;
    else if (type === 'seq-item-ind' || type === 'explicit-key-ind') indicators += 1;
    else if (type === 'newline') indicators = 0;
    wasNewline = type === 'newline';
    if (aliases > mostAliases) throw refusal(line, `more than ${mostAliases} aliases`);
    if (depth > deepest || indicators > deepest) throw refusal(line, `nested deeper than ${deepest}`);
    for (let i = token.indexOf('\n'); i !== -1; i = token.indexOf('\n', i + 1)) line += 1;
  }
}

function plainOf(document: Document, lines: LineCounter): unknown {
  let values = 0;

  function plain(node: unknown, depth: number): unknown {
    const where = (): number => lines.linePos((node as Node | null)?.range?.[0] ?? 0).line;
    values += 1;
    if (values > mostValues) throw refusal(where(), `aliases make more than ${mostValues} values of it`);
    if (depth > deepest) throw refusal(where(), `nested deeper than ${deepest}`);
    if (node === null || node === undefined) return null;
    if (isAlias(node)) {
      const meant = node.resolve(document);
      if (meant === undefined) throw refusal(where(), `nothing is named &${node.source} before it`);
      return plain(meant, depth + 1);
    }
    if (isScalar(node)) return scalar(node.value, where);
    if (isSeq(node)) return node.items.map((item) => plain(item, depth + 1));
    if (!isMap(node)) throw refusal(where(), 'this cannot be read');
    const made = {};
    for (const { key, value } of node.items) {
      const at = (): number => lines.linePos((key as Node | null)?.range?.[0] ?? 0).line;
      if (!isScalar(key)) throw refusal(at(), 'a key is no plain word');
      const name = String(key.value);
      if (name === '<<') throw refusal(at(), 'merge keys (<<) are no part of YAML 1.2; write the fields out');
      if (Object.hasOwn(made, name)) throw refusal(at(), `the key ${name} stands here twice`);
      // Keys come from outside: `__proto__` is a key like any other.
      Object.defineProperty(made, name, {
        value: plain(value, depth + 1),
        enumerable: true,
        writable: true,
        configurable: true,
      });
    }
    return made;
  }

  return plain(document.contents, 0);
}

function scalar(value: unknown, where: () => number): unknown {
  // One too large to be kept exactly is refused where it would be written, not where it only stands.
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'number' && !Number.isFinite(value))
    throw refusal(where(), 'JSON has no number for infinity or “not a number”; quote it if it is text');
  if (value === null || ['string', 'number', 'boolean'].includes(typeof value)) return value;
  throw refusal(where(), 'this has no form in JSON');
}

const refusal = (line: number, why: string): PeerError =>
  new PeerError('refused', `Line ${line}: ${why}. Nothing was changed.`);
