import './Code.css';
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { yaml } from '@codemirror/lang-yaml';
import { EditorState, type Extension, StateEffect, StateField } from '@codemirror/state';
import { Decoration, type DecorationSet, EditorView, keymap, lineNumbers } from '@codemirror/view';
import { useEffect, useEffectEvent, useRef } from 'react';
import { codeLook } from './codeView.ts';
import { findingMarks } from './findingMarks.ts';
import type { LineFinding } from './lineNote.ts';
import type { TextRange } from './textRange.ts';

interface EditorProps {
  readonly label: string;
  readonly text: string;
  readonly language: 'yaml' | 'plain';
  /** What is wrong, said under the line it is about; null lines are left to the caller. */
  readonly findings: readonly LineFinding[];
  readonly isReadOnly?: boolean;
  readonly onChange: (text: string) => void;
  /** Where the cursor stands, from 0. */
  readonly onCursor?: (offset: number) => void;
  /** Goes there, selects it and takes the focus, whenever another place is given. */
  readonly goTo?: TextRange | null;
}

/** A text that can be edited. Tab indents; after Escape it leaves, as everywhere else. */
export function Editor({
  label,
  text,
  language,
  findings,
  isReadOnly = false,
  goTo = null,
  ...told
}: EditorProps) {
  const frame = useRef<HTMLDivElement>(null);
  const held = useRef<EditorView | null>(null);
  const onUpdate = useEffectEvent((next: string | null, offset: number) => {
    if (next !== null && next !== text) told.onChange(next);
    told.onCursor?.(offset);
  });
  const initial = useEffectEvent(() => ({ text, findings }));

  useEffect(() => {
    if (!frame.current) return;
    const view = new EditorView({
      parent: frame.current,
      doc: initial().text,
      extensions: [
        language === 'yaml' ? yaml() : [],
        codeLook(),
        lineNumbers(),
        history(),
        leavesByEscape(),
        keymap.of([indentWithTab, ...defaultKeymap, ...historyKeymap]),
        marks,
        EditorState.readOnly.of(isReadOnly),
        EditorState.tabSize.of(2),
        EditorView.contentAttributes.of({
          'aria-label': label,
          'aria-multiline': 'true',
          // Editable is focusable, but those who check ask for it in so many words.
          tabindex: '0',
          ...(isReadOnly && { 'aria-readonly': 'true' }),
        }),
        EditorView.updateListener.of((update) => {
          if (!update.docChanged && !update.selectionSet) return;
          onUpdate(update.docChanged ? update.state.doc.toString() : null, update.state.selection.main.head);
        }),
      ],
    });
    view.dispatch({ effects: setFindings.of(initial().findings) });
    held.current = view;
    return () => {
      held.current = null;
      view.destroy();
    };
  }, [label, language, isReadOnly]);

  // What is put in from outside (another version, "put it back") replaces the text; what was typed is there already.
  useEffect(() => {
    const view = held.current;
    if (view === null || view.state.doc.toString() === text) return;
    view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
  }, [text]);
  useEffect(() => {
    held.current?.dispatch({ effects: setFindings.of(findings) });
  }, [findings]);
  useEffect(() => {
    const view = held.current;
    if (view === null || goTo === null) return;
    const [anchor, head] = [goTo.from, goTo.to].map((at) => Math.min(at, view.state.doc.length));
    view.dispatch({
      selection: { anchor: anchor ?? 0, head: head ?? 0 },
      effects: EditorView.scrollIntoView(anchor ?? 0, { y: 'center' }),
    });
    view.focus();
  }, [goTo]);
  return <div className="code codeEditor" ref={frame} />;
}

/** A keyboard must get out of an editor in which Tab indents: Escape hands the next Tab to the page. */
function leavesByEscape(): Extension {
  return keymap.of([
    {
      key: 'Escape',
      stopPropagation: true,
      run: (view) => {
        view.setTabFocusMode(2000);
        return true;
      },
    },
  ]);
}

const setFindings = StateEffect.define<readonly LineFinding[]>();

const marks = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(before, transaction) {
    const effect = transaction.effects.find((each) => each.is(setFindings));
    if (effect === undefined) return before.map(transaction.changes);
    return findingMarks(effect.value, transaction.state.doc);
  },
  provide: (field) => EditorView.decorations.from(field),
});
