import './find.css';
import { useState } from 'react';
import { parseSearch } from '../../../shared/analysis/search.ts';
import { useService } from '../../live/topology.ts';
import { addQuery, removeQuery, setFocus, setHideIdle, setPath, useFilters } from '../../state/filters.ts';
import { Button } from '../../ui/Button.tsx';
import { Chip } from '../../ui/Chip.tsx';

/** Find by expression; each becomes a chip that narrows what is shown until it is removed. */
export function FindBar() {
  const { queries, hideIdle } = useFilters();
  const [text, setText] = useState('');
  const problems = parseSearch(text).problems;
  return (
    <div className="findBar">
      <input
        className="input findInput"
        data-find
        type="search"
        aria-label="Find services"
        aria-describedby="find-problem"
        placeholder="Find:  pay  health:failing  p99>200"
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') {
            event.preventDefault();
            setText('');
            event.currentTarget.blur();
          }
          if (event.key !== 'Enter' || problems.length > 0) return;
          addQuery(text);
          setText('');
        }}
      />
      {queries.map((query) => (
        <Chip key={query} remove={{ label: `Remove the filter ${query}`, onPress: () => removeQuery(query) }}>
          {query}
        </Chip>
      ))}
      {hideIdle && (
        <Chip remove={{ label: 'Show idle services again', onPress: () => setHideIdle(false) }}>
          idle hidden
        </Chip>
      )}
      <FocusChip />
      <PathChip />
      <span id="find-problem" className="findProblem toneWarn" role="status">
        {problems[0] ?? ''}
      </span>
    </div>
  );
}

function FocusChip() {
  const focus = useFilters((filters) => filters.focus);
  const service = useService(focus?.serviceId ?? null);
  if (focus === null || service === null) return null;
  const hopsTo = (hops: number): void => setFocus({ serviceId: focus.serviceId, hops });
  return (
    <Chip remove={{ label: `Leave the focus on ${service.name}`, onPress: () => setFocus(null) }}>
      focus: {service.name}, {focus.hops === 1 ? '1 hop' : `${focus.hops} hops`}
      <Button
        tone="quiet"
        square
        aria-label="One hop less"
        isDisabled={focus.hops <= 1}
        onPress={() => hopsTo(focus.hops - 1)}
      >
        −
      </Button>
      <Button tone="quiet" square aria-label="One hop more" onPress={() => hopsTo(focus.hops + 1)}>
        +
      </Button>
    </Chip>
  );
}

function PathChip() {
  const path = useFilters((filters) => filters.path);
  const from = useService(path?.from ?? null);
  const to = useService(path?.to ?? null);
  if (path === null || from === null || to === null) return null;
  return (
    <Chip remove={{ label: `Leave the path from ${from.name} to ${to.name}`, onPress: () => setPath(null) }}>
      path: {from.name} → {to.name}
    </Chip>
  );
}
