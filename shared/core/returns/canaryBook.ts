import { type Canary, openCanaryStates } from '../../model/watch.ts';
import { createPulse, type Pulse } from '../pulse.ts';
import type { Ports } from '../ports.ts';
import { Refusal } from '../refusal.ts';

/** Guided canaries as the console uses them: durable first, then told to whoever watches. */
export interface CanaryBook {
  readonly changes: Pulse;
  load(): Promise<void>;
  put(canary: Canary): Promise<Canary>;
  /** Replaces one by its change. */
  update(id: string, change: Partial<Canary>): Promise<Canary>;
  /** Throws a Refusal where there is none. */
  get(id: string): Canary;
  find(id: string): Canary | undefined;
  /** All that are open and the newest that are over, newest first. */
  all(): Canary[];
}

/** So many that are over are shown beside those that run. */
const kept = 50;

export function createCanaryBook({ canaries }: Pick<Ports, 'canaries'>): CanaryBook {
  const known = new Map<string, Canary>();
  const changes = createPulse();

  async function put(canary: Canary): Promise<Canary> {
    await canaries.put(canary);
    known.set(canary.id, canary);
    changes.bump();
    return canary;
  }

  function get(id: string): Canary {
    const canary = known.get(id);
    if (canary === undefined) throw new Refusal('REFUSED', 'There is no such canary.');
    return canary;
  }

  return {
    changes,
    async load() {
      for (const canary of [...(await canaries.open()), ...(await canaries.list(kept))])
        if (!known.has(canary.id)) known.set(canary.id, canary);
      changes.bump();
    },
    put,
    update: (id, change) => put({ ...get(id), ...change }),
    get,
    find: (id) => known.get(id),
    all: () =>
      [...known.values()]
        .sort((a, b) => b.startedAt - a.startedAt)
        .filter((canary, place) => place < kept || isOpen(canary)),
  };
}

/** Whether a canary may still set weights. */
export function isOpen({ state }: Canary): boolean {
  return openCanaryStates.includes(state);
}
