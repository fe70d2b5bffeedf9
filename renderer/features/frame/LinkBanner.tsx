import { useLink } from '../../client/link.ts';
import { useConnectionStore } from '../../live/connections.ts';

/** Says that the console is lost and what happens about it; what is drawn below stays, and grows old. */
export function LinkBanner() {
  const { state, text, attempt } = useLink();
  const seenBefore = useConnectionStore((store) => store.receivedAt !== null);
  if (state === 'open' || state === 'ended') return null;
  if (state === 'connecting' && attempt === 0) return null;
  return (
    <div className="banner" role="status">
      <span className="spinner" aria-hidden="true" />
      <b>Lost the console, trying again.</b>
      <span className="muted">
        {text} {seenBefore && 'What you see is as it was when the line went.'}
      </span>
    </div>
  );
}
