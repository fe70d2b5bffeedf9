import './breakers.css';
import { useId, useState } from 'react';
import { Button as AriaButton, DialogTrigger, Popover } from 'react-aria-components';
import { useNow } from '../../live/clock.ts';
import { useHoldingStore } from '../../live/holdings.ts';
import { useTrips } from '../../live/trips.ts';
import { atItsDeadline } from '../../ui/deadlineWords.ts';
import { HeldLine } from './HeldLine.tsx';
import { chipWords, heldRows } from './heldWords.ts';

/** How many trips are held and when the first ends; it opens the list of them. Nothing is drawn while none is held. */
export function HeldChip() {
  const trips = useTrips();
  const holdings = useHoldingStore((state) => state.holdings);
  const now = useNow();
  const titleId = useId();
  const [open, setOpen] = useState(false);
  const rows = heldRows(trips, holdings);
  const words = chipWords(rows, now);
  if (words === null) return null;
  return (
    <DialogTrigger isOpen={open} onOpenChange={setOpen}>
      <AriaButton className={words.alarm ? 'chip bad heldChip' : 'chip pending heldChip'}>
        {words.alarm && <span aria-hidden="true">!</span>}
        <span className="num">
          {words.held} ·{' '}
          <span className="visuallyHidden">{words.alarm ? 'needs you, ' : 'the first ends in '}</span>
          {words.countdown}
        </span>
      </AriaButton>
      <Popover className="popover heldPopover" placement="bottom start" aria-labelledby={titleId}>
        <div className="heldList">
          <h2 className="sectionTitle" id={titleId}>
            Held trips
          </h2>
          <ul>
            {rows.map((row) => (
              <HeldLine key={row.key} row={row} now={now} close={() => setOpen(false)} />
            ))}
          </ul>
          <p className="muted">Each ends {atItsDeadline}</p>
        </div>
      </Popover>
    </DialogTrigger>
  );
}
