import './canary.css';
import { formatCountdown } from '../../../shared/analysis/heldTrips.ts';
import type { Canary } from '../../../shared/model/watch.ts';
import { ask, type ConsoleClient } from '../../client/link.ts';
import { wordsOfError } from '../../client/watch.ts';
import { isUnderWay } from '../../live/canaries.ts';
import { useNow } from '../../live/clock.ts';
import { useFollowed } from '../../live/operations.ts';
import { openReview } from '../../state/review.ts';
import { showToast } from '../../state/toasts.ts';
import { Button } from '../../ui/Button.tsx';
import { plainText } from '../../ui/plainText.ts';
import { WatchReadings } from '../../ui/WatchReadings.tsx';

/** A guided canary as it stands: its steps, the time left, what is read, and what can be asked of it. */
export function CanaryPanel({ canary }: { readonly canary: Canary }) {
  const now = useNow();
  const { id, request, state, step, note, title } = canary;
  const record = useFollowed(canary.operationIds.at(-1) ?? null);
  const watch = record?.watch ?? null;
  const isWatching = watch?.state === 'watching';
  // What is at its last step already has nothing to skip.
  const isLast = step === request.steps.length - 1 && canary.stepStartedAt !== null;
  const forLeft = isWatching ? formatCountdown(watch.endsAt - now) : null;
  return (
    <section className={`canaryPanel ${state}`} aria-label={plainText(title, 120)}>
      <p className="canaryHead">
        <b>{plainText(title, 120)}</b>
        <span className={toneOf[state]}>{stateWords[state]}</span>
      </p>
      <ol className="canaryTrack" aria-label="Steps">
        {request.steps.map(({ percent, forSeconds }, index) => (
          <li
            key={index}
            className={index === step && isUnderWay(canary) ? 'now' : index < step ? 'done' : 'ahead'}
            aria-current={index === step && isUnderWay(canary) ? 'step' : undefined}
          >
            <b className="num">{percent} %</b>
            <span className="num">
              {index === step && forLeft !== null
                ? `${forLeft} left`
                : `${Math.round(forSeconds / 6) / 10} min`}
            </span>
          </li>
        ))}
      </ol>
      {note !== '' && <p className={state === 'stuck' ? 'toneBad' : 'muted'}>{plainText(note, 400)}</p>}
      {isUnderWay(canary) && (
        <>
          <p className="muted">It goes back if</p>
          <WatchReadings conditions={request.conditions} readings={watch?.readings ?? []} />
          <div className="watchButtons">
            {state === 'running' && (
              <Button onPress={() => tell((client) => client.canaries.pause({ canaryId: id }))}>Pause</Button>
            )}
            {state === 'paused' && (
              <Button onPress={() => tell((client) => client.canaries.resume({ canaryId: id }))}>
                Resume
              </Button>
            )}
            {state !== 'stuck' && !isLast && (
              <Button
                onPress={() => openReview({ kind: 'finishCanary', canaryId: id, title: `Finish ${title}` })}
              >
                Finish now…
              </Button>
            )}
            <Button
              tone="danger"
              onPress={() => tell((client) => client.canaries.takeBack({ canaryId: id }))}
            >
              Take back
            </Button>
          </div>
        </>
      )}
    </section>
  );
}

const stateWords: Readonly<Record<Canary['state'], string>> = {
  running: 'running',
  paused: 'paused',
  finished: 'finished',
  takenBack: 'taken back',
  stuck: 'stuck',
};

const toneOf: Readonly<Record<Canary['state'], string>> = {
  running: 'tonePending',
  paused: 'toneWarn',
  finished: 'toneOk',
  takenBack: 'muted',
  stuck: 'toneBad',
};

function tell(asked: (client: ConsoleClient) => Promise<unknown>): void {
  ask(asked).catch((error: unknown) => showToast({ tone: 'bad', text: wordsOfError(error) }));
}
