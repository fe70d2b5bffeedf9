import type { EntityId } from '../../../shared/model/entity.ts';
import { editProtections, type ProposalFigures } from '../../state/protections.ts';
import { askForFallback } from '../../state/trips.ts';
import { Button } from '../../ui/Button.tsx';
import { missingActions, type MissingKind } from './protectionWords.ts';

interface MissingButtonsProps {
  readonly serviceId: EntityId;
  readonly missing: readonly MissingKind[];
  readonly figures: ProposalFigures;
  /** What the buttons are about, for those who hear only them. */
  readonly about?: string;
}

/** One button for each protection that is missing; it opens the right form with a value proposed. */
export function MissingButtons({ serviceId, missing, figures, about }: MissingButtonsProps) {
  if (missing.length === 0) return null;
  return (
    <div className="missingButtons">
      {missing.map((kind) => (
        <Button
          key={kind}
          {...(about === undefined ? {} : { 'aria-label': `${missingActions[kind]} for ${about}` })}
          onPress={() => {
            if (kind === 'fallback') askForFallback(serviceId, null);
            else editProtections(serviceId, { kind, figures });
          }}
        >
          {missingActions[kind]}
        </Button>
      ))}
    </div>
  );
}
