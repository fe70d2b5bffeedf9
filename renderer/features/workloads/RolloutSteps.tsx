import type { WorkloadAction, WorkloadView } from '../../../shared/model/workload.ts';
import { Button } from '../../ui/Button.tsx';
import { plainText } from '../../ui/plainText.ts';
import { nameOf } from './workloadWords.ts';

interface RolloutStepsProps {
  readonly workload: WorkloadView;
  readonly isDenied: boolean;
  readonly onAct: (action: WorkloadAction) => void;
}

const marks = { done: '✓', now: '▸', ahead: '·' } as const;
const words = { done: 'done', now: 'now', ahead: 'not reached' } as const;
const buttons = [
  ['promote', 'Promote…'],
  ['promoteFull', 'Promote fully…'],
  ['abort', 'Abort…'],
  ['retry', 'Retry…'],
] as const;

/** The steps of a rollout that a controller of its own leads, what it analyses, and that controller’s verbs. */
export function RolloutSteps({ workload, isDenied, onAct }: RolloutStepsProps) {
  const { steps, verbs = [], paused } = workload;
  if (steps === undefined) return null;
  const about = nameOf(workload);
  const hold = paused ? 'resume' : 'pause';
  return (
    <>
      {steps.weight !== null && (
        <p className="workloadNote">
          The new version gets <span className="num">{steps.weight} %</span>, says {steps.owner}.
        </p>
      )}
      {steps.items.length > 0 && (
        <ol className="rolloutSteps" aria-label={`Steps of ${about}`}>
          {steps.items.map(({ text, state }, index) => (
            <li
              // Steps have no names, and the same one may come twice.
              key={index}
              className={state === 'now' ? 'tonePending' : state === 'done' ? 'toneOk' : 'muted'}
              {...(state === 'now' ? { 'aria-current': 'step' as const } : {})}
            >
              <span className="rolloutMark" aria-hidden="true">
                {marks[state]}
              </span>
              {plainText(text, 120)}
              <span className="visuallyHidden">, {words[state]}</span>
            </li>
          ))}
        </ol>
      )}
      {steps.analysis.length > 0 && (
        <ul className="rolloutSteps" aria-label={`Analysis of ${about}`}>
          {steps.analysis.map(({ name, state, text }) => (
            <li key={`${name} ${state}`} className={/fail|error/i.test(state) ? 'toneBad' : 'muted'}>
              analysis {plainText(name, 80)}: {plainText(state, 40)}
              {text !== '' && `, ${plainText(text, 200)}`}
            </li>
          ))}
        </ul>
      )}
      <div className="workloadButtons">
        {verbs.includes(hold) && (
          <Button isDisabled={isDenied} onPress={() => onAct({ verb: hold })}>
            {paused ? 'Resume…' : 'Pause…'}
          </Button>
        )}
        {buttons
          .filter(([verb]) => verbs.includes(verb))
          .map(([verb, title]) => (
            <Button
              key={verb}
              tone={verb === 'abort' ? 'danger' : 'normal'}
              isDisabled={isDenied}
              onPress={() => onAct({ verb })}
            >
              {title}
            </Button>
          ))}
      </div>
      <p className="muted workloadNote">{plainText(steps.note, 400)}</p>
    </>
  );
}
