import { useForwardStore } from '../../live/forwards.ts';
import { listForwards } from '../../state/forwards.ts';
import { Chip } from '../../ui/Chip.tsx';
import { formatCount } from '../../ui/format.ts';

/** How many port-forwards are open; it opens the list. Nothing is drawn while there is none to tell of. */
export function ForwardsChip() {
  const forwards = useForwardStore((state) => state.forwards);
  if (forwards.length === 0) return null;
  const open = forwards.filter(({ ended }) => ended === null);
  const inTrouble = forwards.some(({ ended, note }) => ended !== null || note?.tone === 'warn');
  return (
    <Chip tone={inTrouble ? 'warn' : 'normal'} onPress={listForwards}>
      <span className="num">
        {open.length === 0 ? 'forward ended' : formatCount(open.length, 'forward')}
        {inTrouble && open.length > 0 && <span className="visuallyHidden">, something to tell</span>}
      </span>
    </Chip>
  );
}
