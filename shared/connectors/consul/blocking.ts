import { createBackoff } from '../kit/backoff.ts';
import type { ConnectorHost } from '../kit/connector.ts';
import { sayError } from '../kit/peerError.ts';
import type { SourceHealth } from '../kit/reading.ts';
import type { Answer } from './answers.ts';
import type { Newer } from './api.ts';

/** Consul's own default; every answer comes at the latest after this and a sixteenth. */
const waitSeconds = 300;
/** So many reads at once after a quiet time, then one each second: an agent that returns at once is not asked in a circle. */
const burst = 2;
const refillMs = 1_000;

export interface Following {
  /** What is followed, for messages: "Reading nodes and services". */
  readonly tried: string;
  read(newer: Newer, signal: AbortSignal): Promise<Answer>;
}

/**
 * Follows one blocking query (developer.hashicorp.com, Blocking Queries): yields a body whenever its index moved. An index
 * that goes backwards starts over, 0 counts as 1, and a return is no proof of a change. Troubles are told and outlived; the
 * generator ends when the signal aborts.
 */
export async function* followIndex(
  following: Following,
  { clock, random }: Pick<ConnectorHost, 'clock' | 'random'>,
  onHealth: (health: SourceHealth) => void,
  signal: AbortSignal,
): AsyncGenerator<Answer, void, undefined> {
  const backoff = createBackoff(() => clock.now(), random.fraction);
  const bucket = createBucket(() => clock.now());
  let index: bigint | null = null;
  while (!signal.aborted) {
    let pauseMs = bucket.takeMs();
    let fresh: Answer | null = null;
    try {
      if (pauseMs > 0) await clock.sleep(pauseMs, signal);
      pauseMs = 0;
      const answer = await following.read({ index, waitSeconds }, signal);
      const { index: said, knownLeader } = answer.meta;
      const next = said === null ? null : said < 1n ? 1n : said;
      if (next !== null && index !== null && next < index) {
        // A restored or replaced cluster: what was seen is of another history.
        index = null;
        continue;
      }
      if (next === null || next !== index) fresh = answer;
      // Without an index there is nothing to wait for, and asking at once would be a circle.
      if (next === null) pauseMs = 5_000;
      index = next;
      onHealth(
        knownLeader === false
          ? {
              ok: false,
              at: clock.now(),
              error: 'The Consul server that answers knows of no leader: this may be old.',
            }
          : { ok: true, at: clock.now() },
      );
      backoff.reset();
    } catch (error) {
      if (signal.aborted) return;
      onHealth({ ok: false, at: clock.now(), error: sayError(error, following.tried) });
      index = null;
      pauseMs = backoff.nextMs();
    }
    if (fresh !== null) yield fresh;
    if (pauseMs > 0) await clock.sleep(pauseMs, signal).catch(() => undefined);
  }
}

/** A token bucket: how long to wait before the next read. */
function createBucket(now: () => number): { takeMs(): number } {
  let tokens = burst;
  let at = now();
  return {
    takeMs() {
      const time = now();
      tokens = Math.min(burst, tokens + Math.max(0, time - at) / refillMs);
      at = time;
      tokens -= 1;
      return tokens >= 0 ? 0 : Math.ceil(-tokens * refillMs);
    },
  };
}
