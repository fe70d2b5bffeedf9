import { useState } from 'react';
import type { Permission } from '../../../shared/model/connection.ts';
import type { InstanceRates, WorkloadAction, WorkloadView } from '../../../shared/model/workload.ts';
import { useNow } from '../../live/clock.ts';
import { Button } from '../../ui/Button.tsx';
import { DeniedNote } from '../../ui/DeniedNote.tsx';
import { formatCount, formatSpan, formatUtc } from '../../ui/format.ts';
import { plainText } from '../../ui/plainText.ts';
import { nameOf, rateInWords, ratesFrom } from './workloadWords.ts';

interface InstanceListProps {
  readonly workload: WorkloadView;
  readonly rates: InstanceRates | null;
  readonly denied: Permission | null;
  readonly onAct: (action: WorkloadAction) => void;
}

const mostShown = 60;

/** The running copies, each to be taken out of the traffic or put back where its kind knows that; those out of it and in trouble stand first. */
export function InstanceList({ workload, rates, denied, onAct }: InstanceListProps) {
  const now = useNow();
  const { instances, verbs } = workload;
  const canDrain = verbs?.includes('drain') ?? true;
  const drained = instances.filter((instance) => instance.drained !== null).length;
  // Who put an instance back still looks at it.
  const [isOpen, setOpen] = useState(drained > 0);
  const ordered = [...instances].sort(
    (a, b) =>
      Number(b.drained !== null) - Number(a.drained !== null) ||
      Number(a.ready) - Number(b.ready) ||
      a.name.localeCompare(b.name, 'en'),
  );
  if (ordered.length === 0) return null;
  return (
    <details
      className="workloadPart"
      open={isOpen}
      onToggle={({ currentTarget }) => setOpen(currentTarget.open)}
    >
      <summary>
        {formatCount(instances.length, 'instance')}
        {drained > 0 && <span className="tonePending">, {drained} out of the traffic</span>}
      </summary>
      <p className="muted workloadNote">{ratesFrom(rates)}</p>
      <ul className="workloadRows" aria-label={`Instances of ${nameOf(workload)}`}>
        {ordered.slice(0, mostShown).map(({ name, uid, ready, startedAt, drained: out }) => (
          <li key={uid}>
            <span className="grow">
              {plainText(name, 90)}
              <span className="muted workloadImages">
                <span className="num">{rateInWords(rates, uid)}</span>
                {startedAt !== null && (
                  <span title={formatUtc(startedAt)}>, {formatSpan(now - startedAt)} old</span>
                )}
              </span>
              {out !== null && (
                <span className="tonePending workloadImages">
                  out of the traffic{out.by !== null && `, by ${plainText(out.by, 60)}`}
                  {out.at !== null && `, since ${formatSpan(now - out.at)}`}
                </span>
              )}
              {out === null && !ready && <span className="toneBad workloadImages">not ready</span>}
            </span>
            {!canDrain ? null : out === null ? (
              <Button
                aria-label={`Take ${plainText(name, 90)} out of the traffic`}
                isDisabled={denied !== null}
                onPress={() => onAct({ verb: 'drain', instance: name })}
              >
                Take out…
              </Button>
            ) : (
              <Button
                aria-label={`Put ${plainText(name, 90)} back`}
                isDisabled={denied !== null}
                onPress={() => onAct({ verb: 'putBack', instance: name })}
              >
                Put back…
              </Button>
            )}
          </li>
        ))}
      </ul>
      {ordered.length > mostShown && <p className="muted">and {ordered.length - mostShown} more</p>}
      {canDrain && denied !== null && <DeniedNote denied={denied} />}
    </details>
  );
}
