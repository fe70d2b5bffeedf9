import { Decoration, WidgetType } from '@codemirror/view';
import type { Finding } from '../../shared/model/inspect.ts';
import { plainText } from './plainText.ts';

/** Something wrong with a text, where it is. */
export type LineFinding = Pick<Finding, 'severity' | 'text' | 'line'>;

/** What is wrong with a line, to be put under its end. */
export function lineNote(finding: LineFinding): Decoration {
  return Decoration.widget({ widget: new Note(finding), block: true, side: 1 });
}

/** CodeMirror asks for a class: a note has an identity by which it is drawn again or kept. */
class Note extends WidgetType {
  readonly #finding: LineFinding;

  constructor(finding: LineFinding) {
    super();
    this.#finding = finding;
  }

  override eq(other: Note): boolean {
    return other.#finding.text === this.#finding.text && other.#finding.severity === this.#finding.severity;
  }

  override toDOM(): HTMLElement {
    const note = document.createElement('div');
    note.className = `codeNote ${this.#finding.severity}`;
    note.textContent = `${this.#finding.severity === 'error' ? '✕' : '!'} ${plainText(this.#finding.text)}`;
    return note;
  }
}
