import type { ChangeSet, SetItem } from '../../../../shared/model/watch.ts';
import { plainText } from '../../../ui/plainText.ts';
import { outcomeOf } from './setWords.ts';

interface SetProgressProps {
  /** What is known before the console said how far it is. */
  readonly titles: readonly string[];
  /** Null until the console said how far it is. */
  readonly set: ChangeSet | null;
}

const looks = {
  waiting: { sign: '○', word: 'waiting', tone: 'muted' },
  writing: { sign: '◐', word: 'being written', tone: 'tonePending' },
  unknown: { sign: '?', word: 'sent; whether it was written is being found out', tone: 'tonePending' },
  written: { sign: '✓', word: 'written', tone: 'toneOk' },
  partly: { sign: '◑', word: 'written in part: it ends here', tone: 'toneBad' },
  undone: { sign: '↶', word: 'written, and undone since', tone: 'muted' },
  stopped: { sign: '✕', word: 'not written: it ends here', tone: 'toneBad' },
  leftOut: { sign: '–', word: 'left out', tone: 'muted' },
  neverBegun: { sign: '–', word: 'never begun', tone: 'toneWarn' },
} as const;

/** How far a set is: one line for each change, and what became of the whole. */
export function SetProgress({ titles, set }: SetProgressProps) {
  const items: readonly SetItem[] =
    set?.items ?? titles.map((title) => ({ title, state: 'waiting', operationId: null, error: null }));
  return (
    <>
      <ol className="setItems" aria-label="Progress">
        {items.map(({ title, state, error }, index) => {
          const { sign, word, tone } = looks[state];
          return (
            <li key={index}>
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
      <p role="status">{set === null ? '' : outcomeOf(set)}</p>
    </>
  );
}
