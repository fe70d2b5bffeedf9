import { useEffect } from 'react';
import { ask, useLink } from '../../../client/link.ts';
import { openSetReview } from '../../../state/setReview.ts';
import { showToast } from '../../../state/toasts.ts';
import { outcomeOf } from './setWords.ts';

/** Of which sets this window was told already. */
const told = new Set<string>();

/** Says of each set in the middle of which Podium ended how far it came, once the console is there. */
export function useCutOffSets(): void {
  const client = useLink((link) => link.client);
  useEffect(() => {
    if (client === null) return;
    ask((console) => console.operations.cutOffSets()).then(
      (sets) => {
        for (const set of sets) {
          if (told.has(set.id)) continue;
          told.add(set.id);
          const { id: setId } = set;
          const run = () => openSetReview({ kind: 'look', setId });
          const what = set.undoOf === null ? 'Changes applied together' : 'An undo of several changes';
          showToast({ tone: 'bad', text: `${what}: ${outcomeOf(set)}`, action: { title: 'Show', run } });
        }
      },
      // Without a line nothing is known; the next one asks again.
      () => undefined,
    );
  }, [client]);
}
