import './canary.css';
import { useState } from 'react';
import { Button as AriaButton, DialogTrigger, Popover } from 'react-aria-components';
import { formatCountdown } from '../../../shared/analysis/heldTrips.ts';
import type { Holding } from '../../../shared/model/watch.ts';
import { ask } from '../../client/link.ts';
import { wordsOfError } from '../../client/watch.ts';
import { isUnderWay, useCanaries } from '../../live/canaries.ts';
import { useNow } from '../../live/clock.ts';
import { useHoldingStore } from '../../live/holdings.ts';
import { useFollowed } from '../../live/operations.ts';
import { openReview } from '../../state/review.ts';
import { showToast } from '../../state/toasts.ts';
import { Button } from '../../ui/Button.tsx';
import { plainText } from '../../ui/plainText.ts';
import { WatchReadings } from '../../ui/WatchReadings.tsx';
import { CanaryPanel } from './CanaryPanel.tsx';
import { needsHand, watchChipWords } from './watchWords.ts';

/** What is watched just now and goes back by itself, canaries among it; nothing is drawn while nothing is. */
export function WatchChip() {
  const canaries = useCanaries().filter(isUnderWay);
  const led = new Set(canaries.flatMap(({ operationIds }) => operationIds));
  const watched = useHoldingStore((state) => state.holdings).filter(
    ({ kind, operationId }) => kind !== 'trip' && !led.has(operationId),
  );
  const now = useNow();
  const [open, setOpen] = useState(false);
  const words = watchChipWords(canaries, watched, now);
  if (words === null) return null;
  return (
    <DialogTrigger isOpen={open} onOpenChange={setOpen}>
      <AriaButton className={words.alarm ? 'chip bad' : 'chip pending'}>
        {words.alarm && <span aria-hidden="true">!</span>}
        <span className="num">
          {words.what}
          {words.alarm && <span className="visuallyHidden">, needs you</span>}
          {words.countdown !== null && (
            <>
              {' · '}
              <span className="visuallyHidden">the first is over in </span>
              {words.countdown}
            </>
          )}
        </span>
      </AriaButton>
      <Popover className="popover watchPopover" placement="bottom start" aria-label="Watched changes">
        <div className="watchList">
          {canaries.map((canary) => (
            <CanaryPanel key={canary.id} canary={canary} />
          ))}
          {watched.map((holding) => (
            <WatchedLine key={holding.operationId} holding={holding} now={now} close={() => setOpen(false)} />
          ))}
        </div>
      </Popover>
    </DialogTrigger>
  );
}

interface WatchedLineProps {
  readonly holding: Holding;
  readonly now: number;
  readonly close: () => void;
}

function WatchedLine({ holding, now, close }: WatchedLineProps) {
  const { operationId, title, until, state, note, connection } = holding;
  const watch = useFollowed(operationId)?.watch ?? null;
  const name = plainText(title, 120);
  return (
    <section className="canaryPanel" aria-label={name}>
      <p className="canaryHead">
        <b>{name}</b>
        <span className={needsHand(state) ? 'toneBad' : 'tonePending num'}>
          {state === 'watching' || state === 'held' ? `${formatCountdown(until - now)} left` : state}
        </span>
      </p>
      <p className="muted">
        on {plainText(connection.title, 60)}
        {note !== '' && ` · ${plainText(note, 300)}`}
      </p>
      {watch !== null && <WatchReadings conditions={watch.request.conditions} readings={watch.readings} />}
      <div className="watchButtons">
        {state === 'watching' && (
          <Button
            aria-label={`Stop watching ${name}`}
            onPress={() => {
              ask((client) => client.operations.stopWatch({ operationId })).catch((error: unknown) =>
                showToast({ tone: 'bad', text: wordsOfError(error) }),
              );
            }}
          >
            Stop watching
          </Button>
        )}
        <Button
          aria-label={`Go back from ${name}`}
          onPress={() => {
            close();
            openReview({ kind: 'undo', operationId, title: `Undo: ${title}` });
          }}
        >
          Go back now…
        </Button>
      </div>
    </section>
  );
}
