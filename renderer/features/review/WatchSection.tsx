import { firstWatch, type WatchDraft } from '../../../shared/analysis/watchDraft.ts';
import type { Plan } from '../../../shared/model/plan.ts';
import { useServiceSignals } from '../../live/signals.ts';
import { Checkbox } from '../../ui/Field.tsx';
import { plainText } from '../../ui/plainText.ts';
import { Section } from '../../ui/Section.tsx';
import { ConditionsForm, Limit } from '../../ui/WatchForm.tsx';
import { watchHindrance, watchTarget } from './watchTarget.ts';

interface WatchSectionProps {
  readonly plan: Plan;
  /** Null while it was never touched. */
  readonly draft: WatchDraft | null;
  readonly onChange: (draft: WatchDraft) => void;
}

/** Whether the change is watched once it is written, and what takes it back. */
export function WatchSection({ plan, draft, onChange }: WatchSectionProps) {
  const signals = useServiceSignals(plan.serviceId);
  const hindrance = watchHindrance(plan, signals);
  if (hindrance !== null) {
    return (
      <Section title="Watch">
        <Checkbox checked={false} onChange={() => undefined} disabled>
          Go back by itself
        </Checkbox>
        <p className="muted watchWhy">{hindrance}</p>
      </Section>
    );
  }
  const { version, figures } = watchTarget(plan, signals);
  // Untouched, it rests on the newest figures; once touched, it is the operator's.
  const shown = draft ?? firstWatch(figures, version === null ? null : plainText(version, 60));
  return (
    <Section title="Watch">
      <span className="watchCondition">
        <Checkbox checked={shown.on} onChange={(on) => onChange({ ...shown, on })}>
          Watch it for
        </Checkbox>
        <Limit
          label="Watch it for"
          text={shown.minutes}
          unit="min"
          onType={(minutes) => onChange({ ...shown, minutes })}
        />
        <span>{shown.on ? 'and go back if' : 'and go back by itself'}</span>
      </span>
      {shown.on && (
        <ConditionsForm
          draft={shown}
          figures={figures}
          onChange={(conditions) => onChange({ ...shown, conditions })}
        />
      )}
    </Section>
  );
}
