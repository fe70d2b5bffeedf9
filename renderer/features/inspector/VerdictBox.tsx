import type { Verdict } from '../../../shared/model/inspect.ts';
import type { ServiceSignals } from '../../../shared/model/signals.ts';
import { useSplitStore } from '../../live/splits.ts';
import { useService } from '../../live/topology.ts';
import { draftOf, draftWeights, operationOf } from '../../state/drafts.ts';
import { openReview } from '../../state/review.ts';
import { selectService } from '../../state/selection.ts';
import { Button } from '../../ui/Button.tsx';
import { plainText } from '../../ui/plainText.ts';
import { canBeDragged } from './splitView.ts';

interface VerdictBoxProps {
  /** Null until the console has judged. */
  readonly verdict: Verdict | null;
  /** What stands in until then. */
  readonly signals: ServiceSignals | null;
  /** Why there is no verdict, when it could not be read. */
  readonly problem: string | null;
}

/** What fails and how much, since when, what changed before, what to do: each sentence opens to its evidence. */
export function VerdictBox({ verdict, signals, problem }: VerdictBoxProps) {
  const cause = useService(verdict?.causeId ?? null);
  const splits = useSplitStore((state) => state.splits);
  const isUnread = verdict === null && problem !== null;
  const health = verdict?.health ?? (isUnread ? 'unknown' : (signals?.health ?? 'unknown'));
  const fallback = isUnread ? 'No verdict: what is known could not be read' : 'Reading what is known…';
  const headline = verdict?.headline ?? signals?.reasons[0] ?? fallback;
  const offers = (verdict?.suggestions ?? []).flatMap((suggestion) => {
    const split = splits.find(
      ({ connectionId, id }) => connectionId === suggestion.connectionId && id === suggestion.splitId,
    );
    return split && canBeDragged(split) ? [{ ...suggestion, split }] : [];
  });
  return (
    <section className={`verdict ${health}`} aria-label="Verdict">
      <b>{plainText(headline)}</b>
      {isUnread && <p>{plainText(problem)} It is tried again.</p>}
      {verdict?.sentences.map(({ text, evidence }) =>
        evidence === '' ? (
          <p key={text}>{plainText(text)}</p>
        ) : (
          <details key={text} className="verdictSentence">
            <summary title={plainText(evidence)}>{plainText(text)}</summary>
            <p className="verdictEvidence">{plainText(evidence, 1_200)}</p>
          </details>
        ),
      )}
      {(cause !== null || offers.length > 0) && (
        <div className="verdictOffers">
          {cause !== null && (
            <Button onPress={() => selectService(cause.id, { centre: true })}>
              Go to {plainText(cause.name, 40)}
            </Button>
          )}
          {offers.map(({ title, split, weights }) => (
            <Button
              key={title}
              tone="danger"
              onPress={() => {
                draftWeights(split, weights);
                const draft = draftOf(split);
                if (draft) openReview({ kind: 'plan', operation: operationOf(draft), title });
              }}
            >
              {plainText(title, 60)}
            </Button>
          ))}
        </div>
      )}
    </section>
  );
}
