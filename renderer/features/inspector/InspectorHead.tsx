import type { Health } from '../../../shared/model/signals.ts';
import { clearSelection } from '../../state/selection.ts';
import { Button } from '../../ui/Button.tsx';
import { HealthRing } from '../../ui/HealthRing.tsx';
import { plainText } from '../../ui/plainText.ts';

interface InspectorHeadProps {
  readonly title: string;
  readonly health: Health;
  readonly errorRatio: number | null;
  /** Namespace, connection, owner: as far as they are known. */
  readonly where: readonly string[];
}

/** Name and whereabouts of what is inspected, with its health. */
export function InspectorHead({ title, health, errorRatio, where }: InspectorHeadProps) {
  return (
    <header className="inspectorHead">
      <HealthRing health={health} errorRatio={errorRatio} sizePx={22} />
      <div className="inspectorName">
        <h2>{plainText(title, 120)}</h2>
        <span className="visuallyHidden">{health}</span>
        <span className="muted">{where.map((word) => plainText(word, 60)).join(' · ')}</span>
      </div>
      <Button tone="quiet" square aria-label="Close the inspector" onPress={clearSelection}>
        ✕
      </Button>
    </header>
  );
}
