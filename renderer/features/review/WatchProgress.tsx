import { formatCountdown } from '../../../shared/analysis/heldTrips.ts';
import { canUndo } from '../../../shared/analysis/recordEnd.ts';
import type { OperationRecord } from '../../../shared/model/record.ts';
import type { WatchState } from '../../../shared/model/watch.ts';
import { ask } from '../../client/link.ts';
import { wordsOfError } from '../../client/watch.ts';
import { useNow } from '../../live/clock.ts';
import { openReview } from '../../state/review.ts';
import { showToast } from '../../state/toasts.ts';
import { Button } from '../../ui/Button.tsx';
import { formatClock, formatUtc } from '../../ui/format.ts';
import { plainText } from '../../ui/plainText.ts';
import { Section } from '../../ui/Section.tsx';
import { WatchReadings } from '../../ui/WatchReadings.tsx';
import { isByHand, undoTitle } from './outcome.ts';

/** A watch under way: the time left, what is read, and the two ways to end it early. Nothing where nothing is watched. */
export function WatchProgress({ record }: { readonly record: OperationRecord }) {
  const now = useNow();
  const { watch } = record;
  if (watch === null) return null;
  const { state, endsAt, request, readings, note } = watch;
  const isOn = state === 'watching';
  return (
    <Section
      title="Watch"
      aside={
        isOn && (
          <span className="num tonePending" title={formatUtc(endsAt)}>
            {formatCountdown(endsAt - now)} left
          </span>
        )
      }
    >
      <p className={tones[state]} role="status">
        {wordsOf(watch)}
        {note !== '' && !isOn && ` ${plainText(note, 400)}`}
      </p>
      <WatchReadings conditions={request.conditions} readings={readings} />
      {isOn && note !== '' && <p className="muted watchNote">{plainText(note, 400)}</p>}
      {isOn && (
        <div className="watchButtons">
          <Button onPress={() => stopWatching(record.id)}>Stop watching</Button>
          {canUndo(record) && (
            <Button
              onPress={() => openReview({ kind: 'undo', operationId: record.id, title: undoTitle(record) })}
            >
              Go back now…
            </Button>
          )}
        </div>
      )}
    </Section>
  );
}

const tones: Readonly<Record<WatchState['state'], string>> = {
  watching: '',
  passed: 'toneOk',
  returning: 'toneWarn',
  returned: 'toneWarn',
  stopped: 'muted',
  stuck: 'toneBad',
};

function wordsOf(watch: WatchState): string {
  const { state, endsAt } = watch;
  if (isByHand(watch)) return '';
  switch (state) {
    case 'watching':
      return `Watched until ${formatClock(endsAt)}; it goes back by itself if`;
    case 'passed':
      return 'Watched to the end: nothing came true, it stays.';
    case 'returning':
      return 'A condition came true: going back.';
    case 'returned':
      return 'A condition came true: it was taken back.';
    case 'stopped':
      return 'No longer watched: it stays as it is.';
    case 'stuck':
      return 'It should go back and cannot.';
  }
}

function stopWatching(operationId: string): void {
  ask((client) => client.operations.stopWatch({ operationId })).catch((error: unknown) =>
    showToast({ tone: 'bad', text: wordsOfError(error) }),
  );
}
