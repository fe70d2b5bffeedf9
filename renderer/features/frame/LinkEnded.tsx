import { useLink } from '../../client/link.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';

/** Stands alone when this window may not speak to the console any more. */
export function LinkEnded() {
  const text = useLink((link) => link.text);
  return (
    <main className="appWhole">
      <h1 className="visuallyHidden">Podium</h1>
      <EmptyState title="This window is closed to the console">{text}</EmptyState>
    </main>
  );
}
