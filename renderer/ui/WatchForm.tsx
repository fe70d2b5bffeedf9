import './Watch.css';
import { Input, TextField } from 'react-aria-components';
import {
  brokenNow,
  type ConditionDraft,
  type PresentFigures,
  type WatchDraft,
} from '../../shared/analysis/watchDraft.ts';
import { Checkbox } from './Field.tsx';
import { plainText } from './plainText.ts';

interface ConditionsFormProps {
  readonly draft: Pick<WatchDraft, 'version' | 'conditions'>;
  readonly figures: PresentFigures;
  /** Why what is measured tells nothing of how it is now; null where it does. */
  readonly mixed: string | null;
  readonly onChange: (conditions: readonly ConditionDraft[]) => void;
}

/** What takes a change back: each with a tick and its limit; what holds already cannot be ticked and says why. */
export function ConditionsForm({ draft, figures, mixed, onChange }: ConditionsFormProps) {
  const who = draft.version === null ? 'the service' : plainText(draft.version, 40);
  const put = (at: number, part: Partial<ConditionDraft>) =>
    onChange(draft.conditions.map((each, index) => (index === at ? { ...each, ...part } : each)));
  return (
    <>
      {mixed !== null && <p className="watchMixed toneWarn">{mixed} No limit is proposed from them.</p>}
      <ul className="watchConditions">
        {draft.conditions.map((condition, index) => {
          const broken = brokenNow(condition, figures);
          const words = wordsOf(condition.kind, who);
          return (
            <li key={condition.kind}>
              <span className="watchCondition">
                <Checkbox
                  checked={condition.on && broken === null}
                  disabled={broken !== null}
                  onChange={(on) => put(index, { on })}
                >
                  {words.title}
                </Checkbox>
                <Limit
                  label={words.limit}
                  text={condition.text}
                  unit={words.unit}
                  onType={(text) => put(index, { text, on: condition.on || text !== '' })}
                />
              </span>
              {broken !== null && <span className="watchBroken">{broken}</span>}
            </li>
          );
        })}
      </ul>
    </>
  );
}

interface LimitProps {
  readonly label: string;
  readonly text: string;
  readonly unit: string;
  readonly onType: (text: string) => void;
}

/** A short figure within a sentence, with its unit. */
export function Limit({ label, text, unit, onType }: LimitProps) {
  return (
    <span className="watchLimit">
      <TextField aria-label={`${label}, ${unit}`} value={text} onChange={onType}>
        <Input className="input num" inputMode="decimal" />
      </TextField>
      <span aria-hidden="true">{unit}</span>
    </span>
  );
}

function wordsOf(kind: ConditionDraft['kind'], who: string) {
  switch (kind) {
    case 'errors':
      return { title: `errors of ${who} pass`, limit: `Most errors of ${who}`, unit: '%' };
    case 'latency':
      return { title: `p99 of ${who} passes`, limit: `Highest p99 of ${who}`, unit: 'ms' };
    case 'noTraffic':
      return {
        title: `no call comes to ${who} for`,
        limit: `Longest time without calls of ${who}`,
        unit: 's',
      };
  }
}
