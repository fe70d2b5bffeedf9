/** Resilience4j's states, as its actuator writes them. */
export type BreakerState = 'CLOSED' | 'OPEN' | 'HALF_OPEN' | 'FORCED_OPEN' | 'DISABLED' | 'METRICS_ONLY';

/** What somebody configured, with Resilience4j's names for it. */
export interface BreakerRules {
  /** Per cent of the calls in the window that fail. */
  readonly threshold: number;
  readonly slidingWindowSize: number;
  readonly minimumNumberOfCalls: number;
  readonly waitInOpenMs: number;
  readonly permittedInHalfOpen: number;
}

/** Something that a breaker tells whoever listens. */
export interface BreakerEvent {
  readonly type: 'SUCCESS' | 'ERROR' | 'NOT_PERMITTED' | 'STATE_TRANSITION' | 'FAILURE_RATE_EXCEEDED';
  readonly at: number;
  readonly durationMs: number | null;
  readonly error: string | null;
  readonly transition: string | null;
}

/** One breaker of one process: which calls it lets through, by what became of those before. */
export interface Breaker {
  state: BreakerState;
  readonly threshold: number;
  readonly events: readonly BreakerEvent[];
  /** Whether a call may leave now; one that may not is counted. */
  permits(at: number): boolean;
  record(call: { readonly at: number; readonly durationMs: number; readonly error: string | null }): void;
  /** By hand, which begins a new window. */
  set(state: BreakerState, at: number): void;
  /** As the endpoint tells it. */
  figures(): BreakerFigures;
}

/** Rates are -1 while there are too few calls to say. */
export interface BreakerFigures {
  readonly bufferedCalls: number;
  readonly failedCalls: number;
  readonly failureRate: number;
  readonly notPermittedCalls: number;
}

/** Of a breaker that has none of its own. */
export const usualRules: BreakerRules = {
  threshold: 50,
  slidingWindowSize: 100,
  minimumNumberOfCalls: 100,
  waitInOpenMs: 60_000,
  permittedInHalfOpen: 10,
};

const keptEvents = 100;
/** These tell nobody of single calls, and count none. */
const isSilent = (state: BreakerState): boolean => state === 'FORCED_OPEN' || state === 'DISABLED';

export function createBreaker(rules: BreakerRules): Breaker {
  const events: BreakerEvent[] = [];
  /** Outcomes of the window, oldest first: whether each failed. */
  let window: boolean[] = [];
  let failed = 0;
  let notPermitted = 0;
  let openedAt = 0;
  let tried = 0;

  const tell = (event: Pick<BreakerEvent, 'type' | 'at'> & Partial<BreakerEvent>): void => {
    events.push({ durationMs: null, error: null, transition: null, ...event });
    if (events.length > keptEvents) events.shift();
  };
  const begin = (): void => {
    window = [];
    failed = 0;
    notPermitted = 0;
    tried = 0;
  };
  function enter(state: BreakerState, at: number): void {
    const from = breaker.state;
    if (from === state) return;
    breaker.state = state;
    // Open goes on telling the rate by which it opened.
    if (state === 'OPEN') {
      openedAt = at;
      notPermitted = 0;
    } else begin();
    tell({ type: 'STATE_TRANSITION', at, transition: `State transition from ${from} to ${state}` });
  }
  const size = (): number =>
    breaker.state === 'HALF_OPEN' ? rules.permittedInHalfOpen : rules.slidingWindowSize;
  const least = (): number =>
    breaker.state === 'HALF_OPEN'
      ? rules.permittedInHalfOpen
      : Math.min(rules.minimumNumberOfCalls, rules.slidingWindowSize);
  const rate = (): number => (window.length < least() ? -1 : (failed / window.length) * 100);

  const breaker: Breaker = {
    state: 'CLOSED',
    threshold: rules.threshold,
    events,
    permits(at) {
      if (breaker.state === 'OPEN' && at >= openedAt + rules.waitInOpenMs) enter('HALF_OPEN', at);
      const isRefused =
        breaker.state === 'OPEN' ||
        breaker.state === 'FORCED_OPEN' ||
        (breaker.state === 'HALF_OPEN' && tried >= rules.permittedInHalfOpen);
      if (breaker.state === 'HALF_OPEN') tried += 1;
      if (!isRefused) return true;
      notPermitted += 1;
      if (!isSilent(breaker.state)) tell({ type: 'NOT_PERMITTED', at });
      return false;
    },
    record({ at, durationMs, error }) {
      if (isSilent(breaker.state) || breaker.state === 'OPEN') return;
      tell({ type: error === null ? 'SUCCESS' : 'ERROR', at, durationMs, error });
      window.push(error !== null);
      if (error !== null) failed += 1;
      if (window.length > size() && window.shift() === true) failed -= 1;
      const now = rate();
      if (now < 0 || breaker.state === 'METRICS_ONLY') return;
      if (now >= rules.threshold) {
        tell({ type: 'FAILURE_RATE_EXCEEDED', at });
        enter('OPEN', at);
      } else if (breaker.state === 'HALF_OPEN') enter('CLOSED', at);
    },
    set(state, at) {
      if (state === breaker.state) begin();
      else enter(state, at);
    },
    figures: () => ({
      bufferedCalls: window.length,
      failedCalls: failed,
      failureRate: rateShown(),
      notPermittedCalls: notPermitted,
    }),
  };
  /** Open keeps the window that opened it, which may have been half-open’s smaller one. */
  const rateShown = (): number =>
    breaker.state === 'OPEN' && window.length > 0 ? (failed / window.length) * 100 : rate();
  return breaker;
}
