import type { EntityId } from '../../../shared/model/entity.ts';
import type { Health } from '../../../shared/model/signals.ts';
import { copyLinkTo } from '../../state/copyLink.ts';
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
  /** What a link copied here leads to; null where none leads. */
  readonly serviceId: EntityId | null;
}

/** Name and whereabouts of what is inspected, with its health. */
export function InspectorHead({ title, health, errorRatio, where, serviceId }: InspectorHeadProps) {
  return (
    <header className="inspectorHead">
      <HealthRing health={health} errorRatio={errorRatio} sizePx={22} />
      <div className="inspectorName">
        <h2>{plainText(title, 120)}</h2>
        <span className="visuallyHidden">{health}</span>
        <span className="muted">{where.map((word) => plainText(word, 60)).join(' · ')}</span>
      </div>
      {serviceId !== null && (
        <Button
          tone="quiet"
          square
          aria-label={`Copy a link to ${plainText(title, 120)}, at this minute`}
          onPress={() => void copyLinkTo(serviceId)}
        >
          <LinkSign />
        </Button>
      )}
      <Button tone="quiet" square aria-label="Close the inspector" onPress={clearSelection}>
        ✕
      </Button>
    </header>
  );
}

/** Two links of a chain. */
function LinkSign() {
  return (
    <svg width="14" height="14" viewBox="0 0 16 16" fill="none" stroke="currentColor" aria-hidden="true">
      <path
        strokeWidth="1.5"
        strokeLinecap="round"
        d="M6.5 9.5a3 3 0 0 0 4.2 0l2.4-2.4a3 3 0 0 0-4.2-4.2L7.7 4.1M9.5 6.5a3 3 0 0 0-4.2 0L2.9 8.9a3 3 0 0 0 4.2 4.2l1.2-1.2"
      />
    </svg>
  );
}
