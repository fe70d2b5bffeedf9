import './Watch.css';
import { conditionInWords, readingInWords } from '../../shared/analysis/watchDraft.ts';
import type { WatchCondition } from '../../shared/model/watch.ts';
import { plainText } from './plainText.ts';

interface WatchReadingsProps {
  readonly conditions: readonly WatchCondition[];
  /** The newest of each; null where nothing measures it, missing before the first. */
  readonly readings: readonly (number | null)[];
}

/** What is watched for, each with what is measured now. */
export function WatchReadings({ conditions, readings }: WatchReadingsProps) {
  return (
    <ul className="watchReadings">
      {conditions.map((condition, index) => {
        const reading = readings[index] ?? null;
        return (
          <li key={index}>
            <span>{plainText(conditionInWords(condition), 120)}</span>
            <span className={isBroken(condition, reading) ? 'num toneBad' : 'num'}>
              {readingInWords(condition, reading)}
            </span>
          </li>
        );
      })}
    </ul>
  );
}

function isBroken(condition: WatchCondition, reading: number | null): boolean {
  if (reading === null) return false;
  switch (condition.kind) {
    case 'errors':
      return reading > condition.aboveRatio;
    case 'latency':
      return reading > condition.aboveP99Ms;
    case 'noTraffic':
      return reading === 0;
  }
}
