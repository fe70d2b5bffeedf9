import { sayReachBefore } from '../../shared/analysis/figuresAge.ts';
import type { Split } from '../../shared/model/weights.ts';
import { plainText } from '../ui/plainText.ts';
import { useNow } from './clock.ts';
import { useProvenance } from './signals.ts';

/** That the figures shown are in part of before a split's document was changed last, in words; null once they are not. */
export function useMixedFigures(split: Split | null): string | null {
  const now = useNow();
  const taken = useProvenance();
  const mixed = sayReachBefore(split?.changedBy?.at ?? null, taken, now);
  return split === null || mixed === null
    ? null
    : `${plainText(split.document.name, 80)} was changed ${mixed}.`;
}
