import { sumOfKnown } from '../../../shared/analysis/sumIfKnown.ts';
import type { Plan } from '../../../shared/model/plan.ts';
import type { OperationRecord } from '../../../shared/model/record.ts';
import { useNow } from '../../live/clock.ts';
import { atItsDeadline } from '../../ui/deadlineWords.ts';
import { formatClock, formatRate, formatSpan, formatUtc } from '../../ui/format.ts';
import { plainText } from '../../ui/plainText.ts';
import { Section } from '../../ui/Section.tsx';
import { formatHold } from './holdWords.ts';

/** Who feels a change at once, busiest first. */
export function AffectedSection({ affected }: Pick<Plan, 'affected'>) {
  if (affected.length === 0) return null;
  const { sum, isAll } = sumOfKnown(affected.map(({ requestsPerSecond }) => requestsPerSecond));
  return (
    <Section title="Who is affected">
      <table className="reviewAffected">
        <thead className="visuallyHidden">
          <tr>
            <th scope="col">Caller</th>
            <th scope="col">Requests a second</th>
          </tr>
        </thead>
        <tbody>
          {affected.map(({ callerId, callerName, requestsPerSecond }) => (
            <tr key={callerId}>
              <th scope="row">{plainText(callerName, 80)}</th>
              <td className="num">{formatRate(requestsPerSecond)} rps</td>
            </tr>
          ))}
          {affected.length > 1 && sum !== null && (
            <tr>
              <th scope="row">together</th>
              <td className="num">
                {!isAll && 'at least '}
                {formatRate(sum)} rps
              </td>
            </tr>
          )}
        </tbody>
      </table>
    </Section>
  );
}

/** For how long a trip is held and what ends it; once it is held, until when. */
export function HoldSection({
  plan,
  record,
}: {
  readonly plan: Plan;
  readonly record: OperationRecord | null;
}) {
  const now = useNow();
  const hold = record?.hold ?? null;
  if (plan.holdSeconds === null) return null;
  return (
    <Section title="Held for">
      {hold === null ? (
        <p>
          <b className="tonePending">{formatHold(plan.holdSeconds)}</b> from the moment it is applied.
        </p>
      ) : (
        <p className={hold.state === 'stuck' || hold.state === 'changed' ? 'toneBad' : ''}>
          <b className="tonePending" title={formatUtc(hold.until)}>
            until {formatClock(hold.until)}
          </b>
          {hold.state === 'held' && `, ${formatSpan(Math.max(0, hold.until - now))} left`}
          {hold.note !== '' && ` · ${plainText(hold.note, 300)}`}
        </p>
      )}
      <p className="muted">It ends {atItsDeadline}</p>
    </Section>
  );
}
