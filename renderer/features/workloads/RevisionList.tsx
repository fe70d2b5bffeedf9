import type { EntityId } from '../../../shared/model/entity.ts';
import type { WorkloadView } from '../../../shared/model/workload.ts';
import { useNow } from '../../live/clock.ts';
import { showRevisions } from '../../state/objectDialog.ts';
import { useRolloutHistory } from '../../state/rolloutHistory.ts';
import { Button } from '../../ui/Button.tsx';
import { formatCount, formatSpan, formatUtc } from '../../ui/format.ts';
import { plainText } from '../../ui/plainText.ts';

interface RevisionListProps {
  readonly serviceId: EntityId;
  readonly workload: WorkloadView;
  readonly isDenied: boolean;
  readonly onRollBack: (revision: number) => void;
}

/** The recorded revisions, newest first, each to roll back to. */
export function RevisionList(props: RevisionListProps) {
  const { revisions } = props.workload;
  if (revisions.length === 0) return null;
  if (revisions.length === 1)
    return <p className="muted workloadNote">Rollout history: one revision, nothing to compare.</p>;
  return <Revisions {...props} />;
}

function Revisions({ serviceId, workload, isDenied, onRollBack }: RevisionListProps) {
  const { ref, revisions } = workload;
  const now = useNow();
  const asked = useRolloutHistory(({ count, ...last }) => (last.serviceId === serviceId ? count : 0));
  const ordered = [...revisions].sort((a, b) => b.revision - a.revision);
  return (
    <details key={asked} className="workloadPart" open={asked > 0}>
      <summary>Rollout history: {formatCount(revisions.length, 'revision')}</summary>
      <ul className="workloadRows">
        {ordered.map(({ revision, at, cause, images, current }, place) => (
          <li key={revision}>
            <span className="grow">
              <b className="num">revision {revision}</b>{' '}
              <span className="muted" {...(at !== null && { title: formatUtc(at) })}>
                {at === null ? '' : `${formatSpan(now - at)} ago`}
              </span>
              <span className="workloadImages">
                {images.map((image) => plainText(image, 120)).join(', ')}
              </span>
              {cause !== null && <span className="muted workloadImages">{plainText(cause, 200)}</span>}
            </span>
            <WhatChanged
              earlier={ordered[place + 1]?.revision}
              onPress={(earlier) => showRevisions(serviceId, ref, earlier, revision)}
              revision={revision}
            />
            {current ? (
              <span className="muted">in force</span>
            ) : (
              <Button
                aria-label={`Roll back to revision ${revision}`}
                isDisabled={isDenied}
                onPress={() => onRollBack(revision)}
              >
                Roll back…
              </Button>
            )}
          </li>
        ))}
      </ul>
    </details>
  );
}

/** The way to what a revision changed; the oldest that is recorded has nothing to be compared with. */
function WhatChanged({
  revision,
  earlier,
  onPress,
}: {
  readonly revision: number;
  readonly earlier: number | undefined;
  readonly onPress: (earlier: number) => void;
}) {
  if (earlier === undefined) return null;
  return (
    <Button
      aria-label={`What changed from revision ${earlier} to revision ${revision}`}
      onPress={() => onPress(earlier)}
    >
      What changed
    </Button>
  );
}
