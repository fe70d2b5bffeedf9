import type { Proof, ProofSource } from '../kit/connector.ts';
import { counterIncreases } from '../../analysis/counterDifferences.ts';
import type { Asking } from './asking.ts';

/** Istio's control plane counts here what proxies refuse to load. */
const METRIC = 'pilot_total_xds_rejects';
/** Proxies answer within moments; after this, and a few scrapes, no refusal is news. */
const SETTLED_MS = 20_000;

/** What istiod's own counters say of a write: that proxies refused something since. They cannot say that it is in force. */
export function createRejects(
  begin: () => Asking,
  clock: { now(): number },
  scrapeIntervalSeconds: () => number,
): ProofSource {
  return {
    async loaded(_expectation, since, signal): Promise<Proof | null> {
      const now = clock.now();
      const scrape = scrapeIntervalSeconds();
      const seconds = Math.max(1, Math.ceil((now - since) / 1000 + 3 * scrape));
      const series = await begin().samples(`${METRIC}[${Math.min(seconds, 3_600)}s]`, signal);
      if (series.length === 0) return null;
      const counters = series.map(({ labels, samples }, i) => ({
        key: `${i} ${labels['type'] ?? ''}`,
        caller: null,
        host: '',
        subset: null,
        version: null,
        failed: true,
        // Counted from the last sample before the write: a refusal can come before the first sample after it.
        samples: samples.filter(([at], k) => at > since || (samples[k + 1]?.[0] ?? Infinity) > since),
      }));
      const rejected = increaseSince(counters, since);
      if (rejected > 0) {
        return {
          state: 'contradicted',
          detail: `Proxies refused a configuration ${Math.round(rejected)} ${Math.round(rejected) === 1 ? 'time' : 'times'} since the write (${METRIC}): see istiod’s log for which and why.`,
        };
      }
      const early = now - since < Math.max(SETTLED_MS, 3_000 * scrape);
      const detail =
        'istiod counts no refusal by a proxy since the write; what proxies hold cannot be seen here.';
      return { state: early ? 'waiting' : 'unobservable', detail };
    },
  };
}

function increaseSince(counters: Parameters<typeof counterIncreases>[0], since: number): number {
  // The baseline is the last sample before the write, so the count begins just before that sample.
  const from = Math.min(since, ...counters.map((one) => (one.samples[0]?.[0] ?? Infinity) - 1));
  return counterIncreases(counters, from).series.reduce((sum, one) => sum + one.increase, 0);
}
