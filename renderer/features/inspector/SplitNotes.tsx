import type { MeasuredSplit, Split } from '../../../shared/model/weights.ts';
import { divide } from '../../../shared/analysis/weights.ts';
import { discardDraft, draftWeights } from '../../state/drafts.ts';
import { Button } from '../../ui/Button.tsx';
import { formatSpan, formatUtc } from '../../ui/format.ts';
import { plainText } from '../../ui/plainText.ts';
import { sumOf } from '../../ui/splitBarGeometry.ts';
import { type Counting, countingWords } from './splitView.ts';

interface SplitNotesProps {
  readonly split: Split;
  /** The operator's pending change rests on weights that are no longer there. */
  readonly overtaken: boolean;
  readonly measured: MeasuredSplit | null;
  readonly counting: Counting;
  /** Nothing is pending: the weights are as declared. */
  readonly isWhole: boolean;
  readonly now: number;
}

const toneOf = { working: 'muted', waiting: 'toneWarn', refused: 'toneBad' } as const;
const wordsOf = {
  working: 'Accepted',
  waiting: 'Not accepted yet',
  refused: 'Not followed as it is',
} as const;

/** What must be known before these weights are moved: who else writes them, what is wrong with where they lead. */
export function SplitNotes({ split, overtaken, measured, counting, isWhole, now }: SplitNotesProps) {
  const { ownership, changedBy, standing } = split;
  const weights = split.destinations.map(({ weight }) => weight ?? 0);
  const counted = countingWords(measured, counting);
  return (
    <ul className="splitNotes">
      {overtaken && (
        <li className="toneWarn">
          Changed by someone else since you began; the review shows what you saw, what is there now and what
          you want.{' '}
          <Button tone="quiet" onPress={() => discardDraft(split)}>
            Put mine back
          </Button>
        </li>
      )}
      {split.readOnly !== null && <li className="toneWarn">Read-only: {plainText(split.readOnly)}</li>}
      {ownership && ownership.consequence !== split.readOnly && (
        <li className="toneWarn">{plainText(ownership.consequence)}</li>
      )}
      {standing && (
        <li className={toneOf[standing.state]}>
          {wordsOf[standing.state]}: {plainText(standing.text, 400)}
        </li>
      )}
      {split.freeSum === true && isWhole && weights.length > 1 && split.readOnly === null && (
        <li className="muted">
          These weights add up to {sumOf(weights)}, which leaves few steps between them.{' '}
          <Button tone="quiet" onPress={() => draftWeights(split, divide(100, weights))}>
            Divide in hundredths
          </Button>
        </li>
      )}
      {split.destinations
        .filter((destination) => destination.problem !== null)
        .map((destination) => (
          <li key={destination.index} className="toneBad">
            {plainText(destination.title, 40)}: {plainText(destination.problem ?? '')}
          </li>
        ))}
      {counted !== null && <li className="muted">{plainText(counted, 400)}</li>}
      {changedBy && (
        <li className="muted" {...(changedBy.at === null ? {} : { title: formatUtc(changedBy.at) })}>
          Last set by {plainText(changedBy.who, 80)}
          {changedBy.at !== null && `, ${formatSpan(now - changedBy.at)} ago`}
        </li>
      )}
    </ul>
  );
}
