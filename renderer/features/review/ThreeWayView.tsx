import type { ThreeWay } from '../../../shared/model/operation.ts';
import { Button } from '../../ui/Button.tsx';
import { plainText } from '../../ui/plainText.ts';

interface ThreeWayViewProps {
  readonly threeWay: ThreeWay;
  /** Null once something was sent. */
  readonly onPlanAgain: (() => void) | null;
}

/** Someone else wrote between looking and asking: what was seen, what is there now, what is wanted. */
export function ThreeWayView({ threeWay, onPlanAgain }: ThreeWayViewProps) {
  const { titles, seen, now, wanted, changedBy } = threeWay;
  const weight = (value: number | null | undefined) => (value === null || value === undefined ? '–' : value);
  return (
    <section className="threeWay" aria-label="Changed meanwhile">
      <p>
        <b>{changedBy === null ? 'Someone else' : plainText(changedBy, 80)} changed it since you looked.</b>
      </p>
      <table>
        <thead>
          <tr>
            <th scope="col">Version</th>
            <th scope="col">You saw</th>
            <th scope="col">There now</th>
            <th scope="col">You want</th>
          </tr>
        </thead>
        <tbody className="num">
          {titles.map((title, index) => (
            <tr key={index}>
              <th scope="row">{plainText(title, 60)}</th>
              <td>{weight(seen[index])}</td>
              <td className={seen[index] === now[index] ? '' : 'toneWarn'}>{weight(now[index])}</td>
              <td className="tonePending">{weight(wanted[index])}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {onPlanAgain && <Button onPress={onPlanAgain}>Plan again on what is there now</Button>}
    </section>
  );
}
