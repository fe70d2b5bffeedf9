import './canary.css';
import type { Split } from '../../../shared/model/weights.ts';
import { isUnderWay, useCanaryOf } from '../../live/canaries.ts';
import { useNow } from '../../live/clock.ts';
import { useDenied } from '../../live/rights.ts';
import { askAboutSplit } from '../../state/splitDialogs.ts';
import { Button } from '../../ui/Button.tsx';
import { DeniedNote } from '../../ui/DeniedNote.tsx';
import { CanaryPanel } from './CanaryPanel.tsx';

/** One that is over is shown for so long: then the journal has it. */
const shownAfterMs = 10 * 60_000;

interface SplitCanaryProps {
  readonly split: Split;
  /** Why weights cannot be moved here is said by the card itself. */
  readonly editable: boolean;
}

/** The canary over a split, or the way to begin one. */
export function SplitCanary({ split, editable }: SplitCanaryProps) {
  const canary = useCanaryOf(split);
  const now = useNow();
  const { connectionId, document } = split;
  const denied = useDenied(connectionId, {
    verb: 'patch',
    kind: document.kind,
    namespace: document.namespace,
  });
  const isShown =
    canary !== null && (isUnderWay(canary) || now - (canary.finishedAt ?? canary.startedAt) < shownAfterMs);
  const canBegin = editable && (canary === null || !isUnderWay(canary));
  return (
    <>
      {isShown && <CanaryPanel canary={canary} />}
      {canBegin && (
        <Button isDisabled={denied !== null} onPress={() => askAboutSplit('canary', split)}>
          Guided canary…
        </Button>
      )}
      {denied !== null && editable && <DeniedNote denied={denied} />}
    </>
  );
}
