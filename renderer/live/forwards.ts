import { create } from 'zustand';
import type { Forward } from '../../shared/model/forward.ts';
import { watch } from '../client/watch.ts';
import { plainName, plainSentence } from './plain.ts';

/** Ports of the machine that runs the console, as far as it opened them: those that are open, and those that ended lately. */
export const useForwardStore = create<{ readonly forwards: readonly Forward[] }>(() => ({ forwards: [] }));

/** Listens to them until the returned function is called. */
export function watchForwards(): () => void {
  return watch((client, signal) => client.forwards.watch(undefined, { signal }), {
    onValue: (forwards) => useForwardStore.setState({ forwards: forwards.map(plainForward) }),
  });
}

const plainForward = (forward: Forward): Forward => ({
  ...forward,
  serviceName: plainName(forward.serviceName),
  namespace: plainName(forward.namespace),
  instance: plainName(forward.instance),
  ended: plainSentence(forward.ended),
  note: forward.note && { ...forward.note, text: plainSentence(forward.note.text) },
});
