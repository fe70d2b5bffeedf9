import { yaml } from '@codemirror/lang-yaml';
import { syntaxHighlighting } from '@codemirror/language';
import { EditorState, type Extension } from '@codemirror/state';
import { EditorView, highlightSpecialChars } from '@codemirror/view';
import { classHighlighter } from '@lezer/highlight';
import { hangingIndent } from './hangingIndent.ts';
import { namedPoint, steering } from './plainText.ts';

/** What every read-only view of a document needs; `label` names it for those who hear it. */
export function readOnlyYaml(label: string): Extension {
  return [
    yaml(),
    codeLook(),
    EditorState.readOnly.of(true),
    EditorView.editable.of(false),
    // Not editable, yet reachable: the keyboard must be able to scroll it.
    EditorView.contentAttributes.of({ 'aria-label': label, 'aria-readonly': 'true', tabindex: '0' }),
  ];
}

/** How any text is drawn, read or edited. */
export function codeLook(): Extension {
  return [
    syntaxHighlighting(classHighlighter),
    EditorView.lineWrapping,
    hangingIndent(),
    steeringShown(),
    nonceOfPage(),
  ];
}

/** CodeMirror brings its sheet as a `<style>`, which the page's policy lets in only with the nonce of this response. */
function nonceOfPage(): Extension {
  const nonce = document.querySelector<HTMLMetaElement>('meta[property=csp-nonce]')?.nonce;
  return nonce ? EditorView.cspNonce.of(nonce) : [];
}

/** A document is shown as it stands, but for what would steer how it is drawn: that is named instead, as everywhere. */
function steeringShown(): Extension {
  return highlightSpecialChars({
    specialChars: steering,
    render: (point, description) => {
      const shown = document.createElement('span');
      shown.textContent = namedPoint(point);
      shown.title = description ?? '';
      return shown;
    },
  });
}
