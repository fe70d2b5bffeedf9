import { useState } from 'react';
import type { Plan } from '../../../shared/model/plan.ts';
import { Button } from '../../ui/Button.tsx';

const kinds = [
  { id: 'kubectl', title: 'kubectl' },
  { id: 'curl', title: 'curl' },
  { id: 'patch', title: 'patch' },
] as const;

/** The same change for a terminal or a pull request: copied, or shown where the clipboard is out of reach. */
export function Copies({ copies }: { readonly copies: Plan['copies'] }) {
  const [said, setSaid] = useState<{ readonly text: string; readonly shown: string | null } | null>(null);
  const copy = async (kind: (typeof kinds)[number]) => {
    try {
      await navigator.clipboard.writeText(copies[kind.id]);
      setSaid({ text: `Copied as ${kind.title}.`, shown: null });
    } catch {
      setSaid({ text: 'The clipboard is out of reach here. Select and copy:', shown: copies[kind.id] });
    }
  };
  return (
    <div className="copies">
      <span className="muted">Copy as</span>
      {kinds.map((kind) => (
        <Button key={kind.id} aria-label={`Copy as ${kind.title}`} onPress={() => void copy(kind)}>
          {kind.title}
        </Button>
      ))}
      <span role="status" className="muted">
        {said?.text}
      </span>
      {said?.shown && (
        <textarea className="input" readOnly aria-label="The change to copy" rows={5} value={said.shown} />
      )}
    </div>
  );
}
