import type { Plan } from '../../../../shared/model/plan.ts';
import type { ChangeSet } from '../../../../shared/model/watch.ts';
import { formatCount } from '../../../ui/format.ts';
import { plainText } from '../../../ui/plainText.ts';

interface SetProgressProps {
  readonly plans: readonly Plan[];
  /** Null until the console said how far it is. */
  readonly set: ChangeSet | null;
}

const looks = {
  waiting: { sign: '○', word: 'waiting', tone: 'muted' },
  writing: { sign: '◐', word: 'being written', tone: 'tonePending' },
  written: { sign: '✓', word: 'written', tone: 'toneOk' },
  stopped: { sign: '✕', word: 'not written: it ends here', tone: 'toneBad' },
  leftOut: { sign: '–', word: 'left out', tone: 'muted' },
} as const;

/** How far a set is: one line for each change, and what became of the whole. */
export function SetProgress({ plans, set }: SetProgressProps) {
  const items =
    set?.items ??
    plans.map(({ id, title }) => ({
      planId: id,
      title,
      state: 'waiting' as const,
      operationId: null,
      error: null,
    }));
  const written = items.filter(({ state }) => state === 'written').length;
  return (
    <>
      <ol className="setItems" aria-label="Progress">
        {items.map(({ planId, title, state, error }) => {
          const { sign, word, tone } = looks[state];
          return (
            <li key={planId}>
              <span className={tone} aria-hidden="true">
                {sign}
              </span>
              <span>
                {plainText(title, 160)} <span className={tone}>{word}</span>
                {error !== null && <span className="setError">{plainText(error, 400)}</span>}
              </span>
            </li>
          );
        })}
      </ol>
      <p role="status">
        {set?.finishedAt != null &&
          (written === items.length
            ? `All ${formatCount(written, 'change')} were written.`
            : `${written} of ${formatCount(items.length, 'change')} were written; the rest was not tried.`)}
      </p>
    </>
  );
}
