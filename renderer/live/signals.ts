import { create } from 'zustand';
import type { CallId, EntityId } from '../../shared/model/entity.ts';
import type {
  Attention,
  CallSignals,
  Provenance,
  ServiceSignals,
  SignalsTick,
} from '../../shared/model/signals.ts';
import { watchWhileSeen } from '../client/watch.ts';
import { plainProvenance } from './plain.ts';

/**
 * Figures by id. The maps are the same objects for ever and written in place: two thousand entries are not copied for the
 * fifty that changed, and a per-id selector sees a new object exactly when its own figures are new.
 */
interface SignalsState {
  readonly services: Map<EntityId, ServiceSignals>;
  readonly calls: Map<CallId, CallSignals>;
  readonly attention: readonly Attention[];
  readonly provenance: readonly Provenance[];
  /** Some source has still to give its first figures. */
  readonly awaited: boolean;
  readonly sequence: number;
  readonly receivedAt: number | null;
  readonly streamProblem: string | null;
}

export const useSignals = create<SignalsState>(() => ({
  services: new Map(),
  calls: new Map(),
  attention: [],
  provenance: [],
  awaited: false,
  sequence: -1,
  receivedAt: null,
  streamProblem: null,
}));

/** Figures of one service; null when no source has any. */
export function useServiceSignals(id: EntityId | null): ServiceSignals | null {
  return useSignals((signals) => (id === null ? null : (signals.services.get(id) ?? null)));
}

/** Figures of one call; null when no source has any. */
export function useCallSignals(id: CallId | null): CallSignals | null {
  return useSignals((signals) => (id === null ? null : (signals.calls.get(id) ?? null)));
}

export function useAttention(): readonly Attention[] {
  return useSignals((signals) => signals.attention);
}

/** Where the figures come from and how old they are, one entry for each source. */
export function useProvenance(): readonly Provenance[] {
  return useSignals((signals) => signals.provenance);
}

/** Adds ticks in their order and tells subscribers once. */
export function applyTicks(ticks: readonly SignalsTick[], now: number): void {
  const newest = ticks.at(-1);
  if (newest === undefined) return;
  const { services, calls } = useSignals.getState();
  for (const tick of ticks) {
    if (tick.full) {
      removeMissing(services, tick.services);
      removeMissing(calls, tick.calls);
    }
    for (const [id, value] of Object.entries(tick.services)) services.set(id, value);
    for (const [id, value] of Object.entries(tick.calls)) calls.set(id, value);
    for (const id of tick.gone.services) services.delete(id);
    for (const id of tick.gone.calls) calls.delete(id);
  }
  useSignals.setState({
    attention: newest.attention,
    provenance: newest.provenance.map(plainProvenance),
    awaited: newest.awaited,
    sequence: newest.sequence,
    receivedAt: now,
    streamProblem: null,
  });
}

function removeMissing(held: Map<string, unknown>, whole: Readonly<Record<string, unknown>>): void {
  for (const id of held.keys()) if (!Object.hasOwn(whole, id)) held.delete(id);
}

/** Listens to figures over a stretch of time while the window can be seen, until the returned function is called. Ticks that pile up are applied together. */
export function watchSignals(windowSeconds: number): () => void {
  let waiting: SignalsTick[] = [];
  let frame: number | null = null;
  const flush = (): void => {
    frame = null;
    const ticks = waiting;
    waiting = [];
    applyTicks(ticks, Date.now());
  };
  const stop = watchWhileSeen((client, signal) => client.signals.watch({ windowSeconds }, { signal }), {
    onValue: (tick) => {
      if (tick.full) waiting = [];
      waiting.push(tick);
      // A window that was hidden a moment ago gets no animation frame; there the figures are applied at once.
      if (document.hidden) return flush();
      frame ??= requestAnimationFrame(flush);
    },
    onProblem: (streamProblem) => useSignals.setState({ streamProblem }),
  });
  return () => {
    stop();
    if (frame !== null) cancelAnimationFrame(frame);
  };
}
