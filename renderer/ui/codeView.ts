import { yaml } from '@codemirror/lang-yaml';
import { syntaxHighlighting } from '@codemirror/language';
import { EditorState, type Extension } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { classHighlighter } from '@lezer/highlight';

/** What every read-only view of a document needs; `label` names it for those who hear it. */
export function readOnlyYaml(label: string): Extension {
  return [
    yaml(),
    syntaxHighlighting(classHighlighter),
    EditorState.readOnly.of(true),
    EditorView.lineWrapping,
    EditorView.editable.of(false),
    // Not editable, yet reachable: the keyboard must be able to scroll it.
    EditorView.contentAttributes.of({ 'aria-label': label, 'aria-readonly': 'true', tabindex: '0' }),
    nonceOfPage(),
  ];
}

/** CodeMirror brings its sheet as a `<style>`, which the page's policy lets in only with the nonce of this response. */
function nonceOfPage(): Extension {
  const nonce = document.querySelector<HTMLMetaElement>('meta[property=csp-nonce]')?.nonce;
  return nonce ? EditorView.cspNonce.of(nonce) : [];
}
