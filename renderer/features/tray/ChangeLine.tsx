import { useConnection } from '../../live/connections.ts';
import { discardPending, type PendingChange } from '../../state/pending.ts';
import { openReview } from '../../state/review.ts';
import { Button } from '../../ui/Button.tsx';
import { Place } from '../../ui/Place.tsx';
import { plainText } from '../../ui/plainText.ts';

/** A change that was put aside: what it would do and where, and the two ways on. */
export function ChangeLine({ change, isOnly }: { readonly change: PendingChange; readonly isOnly: boolean }) {
  const { id, operation, title, reason } = change;
  const connection = useConnection(operation.connectionId);
  const name = plainText(title, 120);
  const isGone = connection === null || connection.state === 'closed';
  return (
    <li className="trayLine">
      <div className="trayWords">
        <span>
          {name} on{' '}
          {connection === null ? (
            <b>a closed connection</b>
          ) : (
            <Place title={connection.title} environment={connection.environment} />
          )}
        </span>
      </div>
      <Button aria-label={`Discard: ${name}`} onPress={() => discardPending(id)}>
        Discard
      </Button>
      <Button
        {...(isOnly && { tone: 'primary' as const })}
        aria-label={`Review: ${name}`}
        isDisabled={isGone}
        onPress={() => openReview({ kind: 'plan', operation, title, reason })}
      >
        Review
      </Button>
    </li>
  );
}
