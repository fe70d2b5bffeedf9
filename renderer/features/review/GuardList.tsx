import type { Guard } from '../../../shared/model/change.ts';
import { openHelpAt } from '../../state/view.ts';
import { Checkbox } from '../../ui/Field.tsx';
import { HelpMark } from '../../ui/HelpMark.tsx';
import { plainText } from '../../ui/plainText.ts';

interface GuardListProps {
  readonly guards: readonly Guard[];
  readonly ticked: ReadonlySet<string>;
  readonly onTick: (id: string, ticked: boolean) => void;
  /** Once sent, ticks are history. */
  readonly frozen: boolean;
}

const signs = {
  pass: { sign: '✓', word: 'passed' },
  tick: { sign: '!', word: 'needs your tick' },
  typeName: { sign: '!', word: 'asks for the name' },
  block: { sign: '✕', word: 'blocks' },
};

/** What was checked: ✓ passed, ! asks for a tick or the name, ✕ blocks. */
export function GuardList({ guards, ticked, onTick, frozen }: GuardListProps) {
  return (
    <ul className="guards">
      {guards.map((guard) => (
        <li key={guard.id} className={`guard ${guard.verdict}`}>
          <span className="guardSign" aria-hidden="true">
            {signs[guard.verdict].sign}
          </span>
          <div>
            <span className="visuallyHidden">{signs[guard.verdict].word}: </span>
            {plainText(guard.title)} <HelpMark onPress={() => openHelpAt('guard', guard.id)} />
            {guard.detail !== null && <div className="muted">{plainText(guard.detail)}</div>}
            {guard.verdict === 'tick' && (
              <Checkbox
                checked={ticked.has(guard.id)}
                onChange={(on) => onTick(guard.id, on)}
                disabled={frozen}
              >
                I know, apply all the same
              </Checkbox>
            )}
          </div>
        </li>
      ))}
    </ul>
  );
}
