import { conditionInWords } from '../../../shared/analysis/watchDraft.ts';
import type { CanaryOutlook, CanaryRequest } from '../../../shared/model/watch.ts';
import { plainText } from '../../ui/plainText.ts';
import { Section } from '../../ui/Section.tsx';

interface CanaryStepsProps {
  readonly request: CanaryRequest;
  readonly steps: readonly CanaryOutlook[];
}

/** What the whole canary will do after its first step, and what takes it back. */
export function CanarySteps({ request, steps }: CanaryStepsProps) {
  return (
    <Section title="Steps of this canary">
      <ol className="canaryOutlook">
        {steps.map(({ text }, index) => (
          <li key={index} className={index === 0 ? 'tonePending' : ''}>
            {index === 0 ? 'now: ' : 'then: '}
            {plainText(text, 300)}
          </li>
        ))}
      </ol>
      <p className="muted">
        At each step it goes back to what was there before the first one if{' '}
        {request.conditions.map((condition) => plainText(conditionInWords(condition), 100)).join(', or ')}.
      </p>
    </Section>
  );
}
