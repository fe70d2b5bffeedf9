import type { LogFilter } from './logFilter.ts';

interface LogFilterBarProps {
  readonly filter: LogFilter;
  readonly onFilter: (filter: LogFilter) => void;
}

/** Which lines are shown: words or an expression, in their case or any, and the other way round. */
export function LogFilterBar({ filter, onFilter }: LogFilterBarProps) {
  const toggle = (field: 'isExpression' | 'matchesCase' | 'isInverted', sign: string, words: string) => (
    <button
      type="button"
      className="logToggle"
      aria-label={words}
      title={words}
      aria-pressed={filter[field]}
      onClick={() => onFilter({ ...filter, [field]: !filter[field] })}
    >
      {sign}
    </button>
  );
  return (
    <span className="logFilter">
      <input
        className="input"
        data-log-filter
        aria-label="Show lines that hold"
        placeholder="filter lines"
        value={filter.text}
        onChange={(event) => onFilter({ ...filter, text: event.target.value.slice(0, 500) })}
      />
      {toggle('isExpression', '.*', 'Regular expression')}
      {toggle('matchesCase', 'Aa', 'Match case')}
      {toggle('isInverted', 'not', 'Show what does not match')}
    </span>
  );
}
