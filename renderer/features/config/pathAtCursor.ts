/**
 * The fields that lead to where the cursor stands in a YAML text, outermost first: `spec`, `http`, `route`. Read from the
 * indentation alone, so that it also works while the text is broken, which it mostly is while someone types.
 */
export function pathAtCursor(text: string, offset: number): readonly string[] {
  const lines = text.slice(0, lineEnd(text, offset)).split('\n');
  const path: string[] = [];
  let limit = Infinity;
  for (let at = lines.length - 1; at >= 0; at -= 1) {
    const fields = fieldsOf(lines[at] ?? '');
    // An entry of a list holds a field further in than its dash; what the dash belongs to lies further out, or level with it.
    for (const { column, name } of [...fields].reverse()) {
      if (column >= limit) continue;
      if (name !== null) path.unshift(name);
      limit = name === null ? column + 1 : column;
    }
    if (limit === 0) break;
    if (at === lines.length - 1 && fields.length === 0 && limit === Infinity) {
      const indent = indentOf(lines[at] ?? '');
      limit = indent === 0 && (lines[at] ?? '').trim() === '' ? 0 : Math.max(1, indent);
      if (limit === 0) break;
    }
  }
  return path;
}

interface Field {
  readonly column: number;
  /** Null for the dash of a list. */
  readonly name: string | null;
}

/** The dashes and the field of one line, by the column each begins at. */
function fieldsOf(line: string): readonly Field[] {
  const fields: Field[] = [];
  let column = indentOf(line);
  while (line.startsWith('- ', column) || line.slice(column) === '-') {
    fields.push({ column, name: null });
    column += 1 + (/^ */.exec(line.slice(column + 1))?.[0].length ?? 0);
  }
  const name = /^("[^"]*"|'[^']*'|[^\s#:{}[\],][^:#]*?)\s*:(\s|$)/.exec(line.slice(column))?.[1];
  if (name !== undefined) fields.push({ column, name: name.replace(/^["']|["']$/g, '') });
  return fields;
}

function indentOf(line: string): number {
  return /^ */.exec(line)?.[0].length ?? 0;
}

function lineEnd(text: string, offset: number): number {
  const end = text.indexOf('\n', offset);
  return end === -1 ? text.length : end;
}
