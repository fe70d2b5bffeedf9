import { isMap, isScalar, LineCounter, parseDocument, type Document } from 'yaml';
import type { ConfigDocument } from '../../../shared/model/config.ts';
import type { LineFinding } from '../../ui/lineNote.ts';
import { saysWhoItIs } from './documentWords.ts';

/** More errors than this follow from the first ones. */
const mostFindings = 20;

/** What is wrong with a text that is meant as YAML, by line, from 1. */
export function yamlFindings(text: string): readonly LineFinding[] {
  return read(text).findings;
}

/** What is wrong with a whole document as typed: its YAML, who it is, and what its kind does not take. */
export function documentFindings(text: string, { document, kind }: ConfigDocument): readonly LineFinding[] {
  if (kind === 'file') return valueFindings(document.name, text);
  const { findings, parsed, lineOf } = read(text);
  if (findings.some(({ severity }) => severity === 'error')) return findings;
  if (!isMap(parsed.contents))
    return [{ line: 1, severity: 'error', text: 'A document is a map of fields.' }];
  if (!saysWhoItIs({ kind })) return findings;
  const own: LineFinding[] = [];
  const expected = [
    [['apiVersion'], document.apiVersion],
    [['kind'], document.kind],
    [['metadata', 'name'], document.name],
    [['metadata', 'namespace'], document.namespace],
  ] as const;
  for (const [path, value] of expected) {
    const found: unknown = parsed.getIn(path);
    // A namespace that is left out is the one it is in.
    if (value === null || found === value || (found === undefined && path[1] === 'namespace')) continue;
    own.push({
      line: lineOf(path),
      severity: 'error',
      text: `${path.join('.')} must stay ${value}: another would be another document.`,
    });
  }
  if (kind === 'configMap') own.push(...notText(parsed, lineOf));
  return [...findings, ...own].slice(0, mostFindings);
}

/** What is wrong with one value, by what its key promises: nothing here blocks, for a name is no proof. */
export function valueFindings(key: string, value: string): readonly LineFinding[] {
  if (isYamlName(key)) return yamlFindings(value).map(asWarning);
  if (!key.endsWith('.json') || value.trim() === '') return [];
  try {
    JSON.parse(value);
    return [];
  } catch (error) {
    const said = error instanceof Error ? error.message : 'it cannot be read';
    const at = /position (\d+)/.exec(said)?.[1];
    const line = at === undefined ? 1 : value.slice(0, Number(at)).split('\n').length;
    return [{ line, severity: 'warning', text: `This is no JSON: ${said}` }];
  }
}

export const isYamlName = (name: string): boolean => /\.ya?ml$/.test(name);

function read(text: string) {
  const lines = new LineCounter();
  const parsed = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const found = [
    ...parsed.errors.map((error) => ({ error, severity: 'error' as const })),
    ...parsed.warnings.map((error) => ({ error, severity: 'warning' as const })),
  ];
  const findings: LineFinding[] = found.slice(0, mostFindings).map(({ error, severity }) => ({
    line: lines.linePos(Math.min(error.pos[0], text.trimEnd().length)).line,
    severity,
    text: error.message,
  }));
  const lineOf = (path: readonly string[]): number => {
    for (let length = path.length; length > 0; length -= 1) {
      const node = parsed.getIn(path.slice(0, length), true);
      if (isScalar(node) && node.range) return lines.linePos(node.range[0]).line;
      if (isMap(node) && node.range) return Math.max(1, lines.linePos(node.range[0]).line - 1);
    }
    return 1;
  };
  return { findings, parsed, lineOf };
}

/** The API server refuses a ConfigMap whose values are not text, and says so without a line. */
function notText(parsed: Document, lineOf: (path: readonly string[]) => number): readonly LineFinding[] {
  const data = parsed.getIn(['data'], true);
  if (!isMap(data)) return [];
  return data.items.flatMap(({ key, value }) => {
    const name = isScalar(key) ? String(key.value) : '';
    if (!isScalar(value) || typeof value.value === 'string') return [];
    const text = `${name} must be text: put it in quotes.`;
    return [{ line: lineOf(['data', name]), severity: 'error' as const, text }];
  });
}

function asWarning(finding: LineFinding): LineFinding {
  return { ...finding, severity: 'warning' };
}
