/** How long to wait before trying again: from 0.8 s doubling to 30 s, each spread over once to twice its length. */
export interface Backoff {
  /** Ms to wait now; longer at each call until it was quiet for two minutes or `reset`. */
  nextMs(): number;
  reset(): void;
}

const firstMs = 800;
const longestMs = 30_000;
const forgottenAfterMs = 120_000;

/** `fraction` gives 0..1; the spread keeps twenty watches that fell together from coming back together. */
export function createBackoff(now: () => number, fraction: () => number): Backoff {
  let step = 0;
  let lastAt = -Infinity;
  return {
    nextMs() {
      const at = now();
      if (at - lastAt > forgottenAfterMs + longestMs * 2) step = 0;
      const base = Math.min(firstMs * 2 ** step, longestMs);
      step = Math.min(step + 1, 10);
      lastAt = at;
      return base * (1 + fraction());
    },
    reset() {
      step = 0;
    },
  };
}
