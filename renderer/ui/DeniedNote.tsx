import { useState } from 'react';
import { deniedInWords } from '../../shared/analysis/rights.ts';
import { roleFor } from '../../shared/analysis/roleFor.ts';
import type { Permission } from '../../shared/model/connection.ts';
import { Button } from './Button.tsx';
import { plainText } from './plainText.ts';

/** What the credentials forbid, with a Role to ask for. */
export function DeniedNote({ denied }: { readonly denied: Permission }) {
  const [said, setSaid] = useState<{ readonly text: string; readonly shown: string | null } | null>(null);
  const copy = async () => {
    const role = roleFor([denied]) ?? '';
    try {
      await navigator.clipboard.writeText(role);
      setSaid({ text: 'Copied.', shown: null });
    } catch {
      setSaid({ text: 'The clipboard is out of reach here. Select and copy:', shown: role });
    }
  };
  return (
    <div className="deniedNote">
      <span className="toneWarn">{plainText(deniedInWords(denied), 200)}</span>
      <Button tone="quiet" onPress={() => void copy()}>
        Copy a Role to ask for
      </Button>
      <span role="status" className="muted">
        {said?.text}
      </span>
      {said?.shown && (
        <textarea
          className="input mono"
          readOnly
          aria-label="A Role to ask for"
          rows={6}
          value={said.shown}
        />
      )}
    </div>
  );
}
