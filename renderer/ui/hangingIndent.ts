import { type Extension, RangeSetBuilder } from '@codemirror/state';
import { Decoration, type DecorationSet, EditorView, ViewPlugin, type ViewUpdate } from '@codemirror/view';

/** Deeper lines hang no deeper: at some depth there would be no room left for their words. */
const deepest = 40;
/** By how much what follows a break stands right of where its line began. */
const further = 1;

/** The class that has a wrapped line go on under its own beginning, by the spaces the line begins with. */
export function hangingClass(line: string): string {
  const spaces = line.length - line.trimStart().length;
  return `codeHang${Math.min(deepest, spaces)}`;
}

/**
 * Keeps the shape of a document whose long lines wrap: what follows the break stands under its line, not at the edge. By
 * classes, for the page's policy lets in no style attributes.
 */
export function hangingIndent(): Extension {
  return [plugin, theme];
}

const theme = EditorView.baseTheme(
  Object.fromEntries(
    Array.from({ length: deepest + 1 }, (_, spaces) => [
      `.codeHang${spaces}`,
      { '--code-hang': `${spaces + further}ch` },
    ]),
  ),
);

const plugin = ViewPlugin.fromClass(
  // CodeMirror asks for something with an identity here.
  class {
    decorations: DecorationSet;

    constructor(view: EditorView) {
      this.decorations = decorationsOf(view);
      hangDeleted(view);
    }

    update(update: ViewUpdate) {
      if (update.docChanged || update.viewportChanged) this.decorations = decorationsOf(update.view);
      hangDeleted(update.view);
    }
  },
  { decorations: ({ decorations }) => decorations },
);

function decorationsOf(view: EditorView): DecorationSet {
  const builder = new RangeSetBuilder<Decoration>();
  for (const { from, to } of view.visibleRanges) {
    for (let at = from; at <= to;) {
      const line = view.state.doc.lineAt(at);
      builder.add(line.from, line.from, Decoration.line({ class: hangingClass(line.text) }));
      at = line.to + 1;
    }
  }
  return builder.finish();
}

/** Lines that a diff shows as taken are no lines of the document: the diff draws them itself, and they are found in the page. */
function hangDeleted(view: EditorView): void {
  view.requestMeasure({
    key: hangDeleted,
    read: () => [...view.dom.querySelectorAll('.cm-deletedLine:not([class*=codeHang])')],
    write: (lines) => {
      for (const line of lines) line.classList.add(hangingClass(line.textContent ?? ''));
    },
  });
}
