import type { DocumentThreeWay, ThreeWay, WeightsThreeWay } from '../../../shared/model/change.ts';
import { Button } from '../../ui/Button.tsx';
import { DocumentDiff } from '../../ui/documentViews.tsx';
import { plainText } from '../../ui/plainText.ts';

interface ThreeWayViewProps {
  readonly threeWay: ThreeWay;
  /** Null once something was sent. */
  readonly onPlanAgain: (() => void) | null;
}

/** Someone else wrote between looking and asking: what was seen, what is there now, what is wanted. */
export function ThreeWayView({ threeWay, onPlanAgain }: ThreeWayViewProps) {
  const { changedBy } = threeWay;
  return (
    <section className="threeWay" aria-label="Changed meanwhile">
      <p>
        <b>{changedBy === null ? 'Someone else' : plainText(changedBy, 80)} changed it since you looked.</b>
      </p>
      {threeWay.kind === 'document' ? <Documents {...threeWay} /> : <Weights {...threeWay} />}
      {onPlanAgain && <Button onPress={onPlanAgain}>Plan again on what is there now</Button>}
    </section>
  );
}

function Documents({ document, seen, now }: DocumentThreeWay) {
  return (
    <DocumentDiff
      label={`${document.kind} ${document.name} as you saw it, and as it is now`}
      before={seen}
      after={now}
    />
  );
}

function Weights({ titles, seen, now, wanted }: WeightsThreeWay) {
  const weight = (value: number | null | undefined) => (value === null || value === undefined ? '–' : value);
  return (
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
  );
}
