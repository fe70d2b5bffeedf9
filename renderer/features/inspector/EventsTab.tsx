import type { EventView } from '../../../shared/model/inspect.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { formatClockSeconds, formatUtc } from '../../ui/format.ts';
import { plainText } from '../../ui/plainText.ts';

/** What the cluster noted about the service and what runs it, newest first. */
export function EventsTab({ events }: { readonly events: readonly EventView[] }) {
  if (events.length === 0) {
    return (
      <EmptyState title="No events">
        The cluster keeps events for about an hour; there are none now.
      </EmptyState>
    );
  }
  return (
    <ol className="inspectorPart events" aria-label="Events">
      {events.map((event, index) => (
        <li key={index}>
          {event.at === null ? (
            <span className="muted">no time</span>
          ) : (
            <time
              className="muted num"
              dateTime={new Date(event.at).toISOString()}
              title={formatUtc(event.at)}
            >
              {formatClockSeconds(event.at)}
            </time>
          )}
          <div>
            <b className={event.kind === 'warning' ? 'toneWarn' : ''}>{plainText(event.reason, 60)}</b>{' '}
            <span className="muted">{plainText(event.about, 120)}</span>
            {event.count !== null && event.count > 1 && (
              <span className="muted num"> · {event.count} times</span>
            )}
            <p>{plainText(event.text)}</p>
          </div>
        </li>
      ))}
    </ol>
  );
}
