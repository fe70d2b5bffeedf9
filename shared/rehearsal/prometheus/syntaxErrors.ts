import { QueryError } from './errors.ts';

/** A refusal with its place, `line:column` from 1. */
export function refusal(text: string, at: number, what: string): QueryError {
  const before = text.slice(0, at);
  const line = before.split('\n').length;
  const column = at - before.lastIndexOf('\n');
  return new QueryError('bad_data', `${line}:${column}: parse error: ${what}`);
}

/** Says what stands where the grammar could not go on, in the words Prometheus has for the usual mistakes. */
export function unexpected(text: string, at: number): QueryError {
  const before = text.slice(0, at);
  const open = unclosed(before);
  const rest = text.slice(at);
  if (rest.trim() === '') {
    if (open === '(') return refusal(text, text.length, 'unclosed left parenthesis');
    return refusal(
      text,
      text.length,
      open === '{' ? 'unexpected end of input inside braces' : 'unexpected end of input',
    );
  }
  const called = /([A-Za-z_][\w:]*)\s*$/.exec(before);
  if (rest.startsWith('(') && called !== null) {
    return refusal(text, called.index, `unknown function with name "${called[1] ?? ''}"`);
  }
  if (rest.startsWith(')')) return refusal(text, at, "unexpected right parenthesis ')'");
  if (rest.startsWith('}')) return refusal(text, at, "unexpected character: '}'");
  const word = /^[A-Za-z_][\w:]*/.exec(rest);
  if (word !== null) return refusal(text, at, `unexpected identifier "${word[0]}"`);
  const number = /^[\d.]+/.exec(rest);
  if (number !== null && open === '{') {
    return refusal(text, at, `unexpected character inside braces: '${rest[0] ?? ''}'`);
  }
  if (number !== null) return refusal(text, at, `unexpected number "${number[0]}"`);
  return refusal(text, at, `unexpected ${JSON.stringify(rest[0])}`);
}

/** The innermost bracket that is still open, outside of strings. */
function unclosed(text: string): string | null {
  const bare = text.replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`/g, '');
  const open: string[] = [];
  for (const character of bare) {
    if ('({['.includes(character)) open.push(character);
    else if (')}]'.includes(character)) open.pop();
  }
  return open.at(-1) ?? null;
}
