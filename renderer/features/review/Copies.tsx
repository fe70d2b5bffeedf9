import { useState } from 'react';
import type { Plan } from '../../../shared/model/plan.ts';
import { Button } from '../../ui/Button.tsx';

const kinds = [
  { id: 'curl', title: 'curl' },
  { id: 'patch', title: 'JSON Patch' },
  { id: 'strategicMerge', title: 'strategic merge' },
  { id: 'kustomize', title: 'kustomize patch' },
] as const;

type Kind = { readonly id: (typeof kinds)[number]['id'] | 'command'; readonly title: string };

/** The same change for a terminal or a pull request: copied, or shown where the clipboard is out of reach. */
export function Copies({ copies }: { readonly copies: Plan['copies'] }) {
  const [said, setSaid] = useState<{ readonly text: string; readonly shown: string | null } | null>(null);
  const copy = async (kind: Kind) => {
    const text = copies[kind.id] ?? '';
    try {
      await navigator.clipboard.writeText(text);
      setSaid({ text: `Copied as ${kind.title}.`, shown: null });
    } catch {
      setSaid({ text: 'The clipboard is out of reach here. Select and copy:', shown: text });
    }
  };
  const command: Kind = { id: 'command', title: copies.tool ?? 'kubectl' };
  // Where curl is the system's own tool, it is one command and is offered once.
  const isOneTool = copies.curl === copies.command;
  const forms = kinds
    .filter(({ id }) => id !== 'curl' || !isOneTool)
    // What such a system is sent is not told as steps.
    .map((kind): Kind => (kind.id === 'patch' && isOneTool ? { ...kind, title: 'content' } : kind));
  const offered = [command, ...forms].filter(({ id }) => copies[id] !== null && copies[id] !== '');
  return (
    <div className="copies">
      <span className="muted">Copy as</span>
      {offered.map((kind) => (
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
