import { RangeSetBuilder, type Text } from '@codemirror/state';
import { Decoration, type DecorationSet } from '@codemirror/view';
import { type LineFinding, lineNote } from './lineNote.ts';

/** The lines that findings are about, marked by the worst of them, with what is said under each; lines that are not there are left out. */
export function findingMarks(findings: readonly LineFinding[], doc: Text): DecorationSet {
  const byLine = new Map<number, LineFinding[]>();
  for (const finding of findings) {
    if (finding.line === null || finding.line < 1 || finding.line > doc.lines) continue;
    byLine.set(finding.line, [...(byLine.get(finding.line) ?? []), finding]);
  }
  const builder = new RangeSetBuilder<Decoration>();
  // What is added out of order makes the editor fall: of each line first its mark, then all notes behind it.
  for (const [at, said] of [...byLine].sort(([a], [b]) => a - b)) {
    const line = doc.line(at);
    const severity = said.some((one) => one.severity === 'error') ? 'error' : 'warning';
    builder.add(line.from, line.from, Decoration.line({ class: `codeLine ${severity}` }));
    for (const finding of said) builder.add(line.to, line.to, lineNote(finding));
  }
  return builder.finish();
}
