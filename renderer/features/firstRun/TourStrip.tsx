import { useEffect, useState } from 'react';
import type { Operation } from '../../../shared/model/operation.ts';
import { useConnections } from '../../live/connections.ts';
import { useOperations } from '../../live/operations.ts';
import { useSettings, writeSettings } from '../../live/settings.ts';
import { useSplitsOf } from '../../live/splits.ts';
import { useDrafts } from '../../state/drafts.ts';
import { useReview } from '../../state/review.ts';
import { useSelectedServiceId } from '../../state/selection.ts';
import { Button } from '../../ui/Button.tsx';
import { tourProgress, tourSteps, type TourSeen } from './tour.ts';

/** Five steps through the rehearsal, told from what the operator does; never in the way. */
export function TourStrip() {
  const rehearsing = useConnections().some(({ rehearsal }) => rehearsal);
  const { tourDone } = useSettings((state) => state.settings);
  const read = useSettings((state) => state.read);
  if (!rehearsing || !read || tourDone) return null;
  return <Strip />;
}

function Strip() {
  const seen = useTourSeen();
  const [done, setDone] = useState(0);
  const reached = tourProgress(done, seen);
  if (reached !== done) setDone(reached);
  const finished = reached === tourSteps.length;
  return (
    <section className="tour" aria-label="Tour">
      <ol aria-hidden="true">
        {tourSteps.map((step, index) => (
          <li
            key={step.text}
            className={`tourStep ${index < reached ? 'done' : index === reached ? 'now' : ''}`}
          >
            {index < reached ? '✓' : index + 1}
          </li>
        ))}
      </ol>
      <p className="grow" role="status">
        {finished ? (
          'Done: you shifted a weight, saw it in the traffic, and took it back. That is how it works on a real cluster too.'
        ) : (
          <>
            <span className="visuallyHidden">
              Step {reached + 1} of {tourSteps.length}:{' '}
            </span>
            {tourSteps[reached]?.text}
          </>
        )}
      </p>
      <Button
        onPress={() => {
          // If it cannot be remembered the tour is offered again next time, no worse.
          void writeSettings({ tourDone: true }).catch(() => undefined);
        }}
      >
        {finished ? 'Finish the tour' : 'Leave the tour'}
      </Button>
    </section>
  );
}

/** What else is changed meanwhile is no step of the tour. */
const isShift = ({ kind }: Operation): boolean => kind === 'setWeights';

function useTourSeen(): TourSeen {
  const splits = useSplitsOf(useSelectedServiceId());
  const pending = useDrafts((drafts) => Object.keys(drafts.bySplit).length > 0);
  const reviewing = useReview(({ request }) => request?.kind === 'plan' && isShift(request.operation));
  const records = useOperations((operations) => operations.records);
  const [startedAt, setStartedAt] = useState<number | null>(null);
  useEffect(() => setStartedAt(Date.now()), []);
  const own = [...records.values()].filter(
    (record) =>
      startedAt !== null && record.at >= startedAt && record.state === 'written' && isShift(record.operation),
  );
  const shifts = own.filter((record) => record.undoOf === null);
  return {
    splitServiceSelected: splits.some((split) => split.destinations.length > 1),
    pending,
    reviewing,
    applied: shifts.length > 0,
    measured: shifts.some((record) =>
      record.rungs.some(({ rung, state }) => rung === 'measured' && state === 'seen'),
    ),
    undone: own.some((record) => record.undoOf !== null),
  };
}
