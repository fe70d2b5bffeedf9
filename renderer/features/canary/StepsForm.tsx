import { Button } from '../../ui/Button.tsx';
import { Limit } from '../../ui/WatchForm.tsx';
import type { StepDraft } from './canaryDraft.ts';

interface StepsFormProps {
  readonly steps: readonly StepDraft[];
  readonly who: string;
  readonly onChange: (steps: readonly StepDraft[]) => void;
}

/** The steps one below the other, each with its share and how long it is watched. */
export function StepsForm({ steps, who, onChange }: StepsFormProps) {
  const put = (at: number, part: Partial<StepDraft>) =>
    onChange(steps.map((each, index) => (index === at ? { ...each, ...part } : each)));
  return (
    <>
      <ol className="canarySteps" aria-label="Steps">
        {steps.map(({ percent, minutes }, index) => (
          <li key={index}>
            <span className="muted num">{index + 1}.</span>
            <Limit
              label={`Step ${index + 1}, share of ${who}`}
              text={percent}
              unit="%"
              onType={(text) => put(index, { percent: text })}
            />
            <span>for</span>
            <Limit
              label={`Step ${index + 1}, time`}
              text={minutes}
              unit="min"
              onType={(text) => put(index, { minutes: text })}
            />
            <Button
              tone="quiet"
              square
              aria-label={`Leave out step ${index + 1}`}
              isDisabled={steps.length === 1}
              onPress={() => onChange(steps.filter((_, each) => each !== index))}
            >
              ✕
            </Button>
          </li>
        ))}
      </ol>
      <div>
        <Button
          isDisabled={steps.length >= 20}
          onPress={() => onChange([...steps, { percent: '', minutes: steps.at(-1)?.minutes ?? '10' }])}
        >
          Add a step
        </Button>
      </div>
    </>
  );
}
