import type { Ports } from '../ports.ts';

/** When something that failed may be tried again. */
export interface Attempts {
  mayTry(id: string): boolean;
  /** Not before a while, longer with each try: 5 s, 10 s, … 5 min, a little apart from others. */
  later(id: string, tries: number): void;
  forget(id: string): void;
  /** Lets everything be tried at once: a connection was opened. */
  forgetAll(): void;
}

const firstMs = 2_500;
const longestMs = 5 * 60_000;

export function createAttempts({ clock, random }: Pick<Ports, 'clock' | 'random'>): Attempts {
  const notBefore = new Map<string, number>();
  return {
    mayTry: (id) => clock.elapsed() >= (notBefore.get(id) ?? 0),
    later(id, tries) {
      const pauseMs = Math.min(longestMs, firstMs * 2 ** Math.min(tries, 10));
      notBefore.set(id, clock.elapsed() + pauseMs * (1 + random.fraction() / 5));
    },
    forget: (id) => void notBefore.delete(id),
    forgetAll: () => notBefore.clear(),
  };
}
