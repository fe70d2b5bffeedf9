import type { OperationRecord } from '../../../shared/model/record.ts';
import { formatDayAndClock } from '../../ui/format.ts';
import { Place } from '../../ui/Place.tsx';
import { plainText } from '../../ui/plainText.ts';
import { Time } from '../../ui/Time.tsx';
import { effectOf, standingOf } from './journalWords.ts';

interface JournalListProps {
  readonly records: readonly OperationRecord[];
  readonly shownId: string;
  readonly onChoose: (id: string) => void;
}

/** Operations, newest first: who and when, what and why, how it came out. */
export function JournalList({ records, shownId, onChoose }: JournalListProps) {
  return (
    <ul className="journalList" aria-label="Operations">
      {records.map((record) => {
        const standing = standingOf(record);
        const effect = effectOf(record.effect);
        return (
          <li key={record.id}>
            <button
              type="button"
              className={record.id === shownId ? 'journalItem on' : 'journalItem'}
              aria-current={record.id === shownId ? 'true' : undefined}
              onClick={() => onChoose(record.id)}
            >
              <span className="journalLine">
                <b>{plainText(record.title, 120)}</b>
                <span className={`journalStanding ${standing.tone}`}>
                  <span aria-hidden="true">{standing.sign}</span> {standing.word}
                </span>
              </span>
              <span className="journalLine muted">
                <span>
                  <Time at={record.at}>{formatDayAndClock(record.at)}</Time> · {plainText(record.actor, 60)} ·
                  on <Place title={record.connection.title} environment={record.connection.environment} />
                </span>
              </span>
              {record.reason !== '' && <span className="journalReason">{plainText(record.reason, 160)}</span>}
              {effect !== null && <span className="muted num">{effect}</span>}
            </button>
          </li>
        );
      })}
    </ul>
  );
}
