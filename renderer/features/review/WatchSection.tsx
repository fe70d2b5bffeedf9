import { firstWatch, type WatchDraft } from '../../../shared/analysis/watchDraft.ts';
import { Checkbox } from '../../ui/Field.tsx';
import { plainText } from '../../ui/plainText.ts';
import { Section } from '../../ui/Section.tsx';
import { ConditionsForm, Limit } from '../../ui/WatchForm.tsx';
import type { WatchTarget } from './watchTarget.ts';

interface WatchSectionProps {
  readonly target: WatchTarget;
  /** Null while it was never touched. */
  readonly draft: WatchDraft | null;
  readonly onChange: (draft: WatchDraft) => void;
}

/** Whether the change is watched once it is written, and what takes it back. */
export function WatchSection({ target, draft, onChange }: WatchSectionProps) {
  const { hindrance, version, expected, present, mixed } = target;
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
  // Untouched, it rests on the newest figures; once touched, it is the operator's.
  const shown = draft ?? firstWatch(expected, version === null ? null : plainText(version, 60));
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
          figures={present}
          mixed={mixed}
          onChange={(conditions) => onChange({ ...shown, conditions })}
        />
      )}
    </Section>
  );
}
