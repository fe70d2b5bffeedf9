import { needsAttention } from '../analysis/attention.ts';
import { diffSignals, type SignalsDifference, type SignalsPicture } from '../analysis/graphDiff.ts';
import type { SignalsTick } from '../model/signals.ts';
import { follow } from './pulse.ts';
import type { OneMap } from './oneMap.ts';
import type { World } from './world.ts';

/** Ticks of figures over all open connections: the whole first, then what changed. Reading stops when the watcher goes. */
export async function* watchSignals(
  windowSeconds: number,
  { world, oneMap }: { readonly world: World; readonly oneMap: OneMap },
  signal: AbortSignal | undefined,
): AsyncGenerator<SignalsTick> {
  const release = world.holdAll(windowSeconds, 'looking');
  let before: SignalsPicture | null = null;
  let told = '';
  let sequence = 0;
  try {
    for await (const picture of follow(world.changes, () => oneMap.signals(windowSeconds), signal)) {
      const changed = diffSignals(before, picture);
      const { provenance, awaited } = picture;
      const beside = JSON.stringify({ provenance, awaited });
      if (before !== null && isEmpty(changed) && beside === told) continue;
      sequence += 1;
      const full = before === null;
      yield {
        sequence,
        full,
        provenance,
        awaited,
        ...changed,
        attention: needsAttention(picture.services),
      };
      before = picture;
      told = beside;
    }
  } finally {
    release();
  }
}

function isEmpty({ services, calls, gone }: SignalsDifference): boolean {
  return (
    Object.keys(services).length + Object.keys(calls).length + gone.services.length + gone.calls.length === 0
  );
}
