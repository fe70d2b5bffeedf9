import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Collects what nothing refers to, and lets what hears of it run. */
export async function collectGarbage(): Promise<void> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  // What a turn of the loop has in hand, a weak reference that was looked at in it too, is not collected in that turn.
  for (let turn = 0; turn < 3; turn++) {
    await setImmediate();
    collect();
  }
}
