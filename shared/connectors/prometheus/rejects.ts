import type { Expectation } from '../../model/change.ts';
import type { Proof, ProofSource } from '../kit/connector.ts';
import { counterIncreases } from '../../analysis/counterDifferences.ts';
import type { Series } from './answers.ts';
import type { Asking } from './asking.ts';

/** Istio's control plane counts here what proxies refuse to load. */
const METRIC = 'pilot_total_xds_rejects';
/** It counts this from its first proxy on, while METRIC is not exported at all before the first refusal. */
const WITNESS = 'pilot_xds_pushes';
/** Proxies answer within moments; after this, and a few scrapes, no refusal is news. */
const SETTLED_MS = 20_000;

/** What proxies have a part in: of anything else istiod knows nothing. */
const followedByProxies: ReadonlySet<Expectation['kind']> = new Set([
  'shares',
  'refusals',
  'diversion',
  'served',
  'unmeasured',
]);

/** What istiod's own counters say of a write: that proxies refused something since. They cannot say that it is in force. */
export function createRejects(
  begin: () => Asking,
  clock: { now(): number },
  scrapeIntervalSeconds: () => number,
): ProofSource {
  return {
    note: ({ kind }) =>
      !followedByProxies.has(kind)
        ? null
        : 'only refusals can be seen: the control plane counts them, but not that proxies follow',
    async loaded(expectation, since, signal): Promise<Proof | null> {
      // A refusal at the same time is another's.
      if (!followedByProxies.has(expectation.kind)) return null;
      const now = clock.now();
      const scrape = scrapeIntervalSeconds();
      const seconds = Math.min(3_600, Math.max(1, Math.ceil((now - since) / 1000 + 3 * scrape)));
      const asking = begin();
      const rejects = await asking.samples(`${METRIC}[${seconds}s]`, signal);
      const known = rejects.length > 0 && rejects.every((series) => wasRead(series, since));
      const witnesses = known ? [] : await asking.samples(`${WITNESS}[${seconds}s]`, signal);
      if (rejects.length === 0 && witnesses.length === 0) return null;
      const rejected = Math.round(refusedSince(rejects, witnesses, since));
      if (rejected > 0) {
        return {
          state: 'contradicted',
          detail: `Proxies refused a configuration ${rejected} ${rejected === 1 ? 'time' : 'times'} since the write (${METRIC}): see istiod’s log for which and why.`,
        };
      }
      const early = now - since < Math.max(SETTLED_MS, 3_000 * scrape);
      const newest = Math.max(...[...rejects, ...witnesses].map(({ samples }) => samples.at(-1)?.[0] ?? 0));
      const detail =
        newest > since
          ? 'istiod counts no refusal by a proxy since the write; what proxies hold cannot be seen here.'
          : 'istiod’s counters have not been read since the write, so whether proxies refused it is not known.';
      return { state: early ? 'waiting' : 'unobservable', detail };
    },
  };
}

const wasRead = ({ samples }: Series, since: number): boolean => (samples[0]?.[0] ?? Infinity) <= since;

function refusedSince(rejects: readonly Series[], witnesses: readonly Series[], since: number): number {
  const counters = rejects.map(({ labels, samples }, i) => ({
    key: `${i} ${labels['type'] ?? ''}`,
    caller: null,
    host: '',
    subset: null,
    version: null,
    failed: true,
    responseCode: null,
    flags: [],
    // Counted from the last sample before the write: a refusal can come before the first sample after it.
    samples: [...bornAt({ labels, samples }, witnesses, since), ...samples].filter(
      ([at], k, all) => at > since || (all[k + 1]?.[0] ?? Infinity) > since,
    ),
  }));
  // The baseline is the last sample before the write, so the count begins just before that sample.
  const from = Math.min(since, ...counters.map((one) => (one.samples[0]?.[0] ?? Infinity) - 1));
  return counterIncreases(counters, from).series.reduce((sum, one) => sum + one.increase, 0);
}

/** The zero that a counter stood at when the same istiod was read before the write and did not export it yet. */
function bornAt(series: Series, witnesses: readonly Series[], since: number): Series['samples'] {
  if (wasRead(series, since)) return [];
  const same = witnesses.filter(({ labels }) => labels['instance'] === series.labels['instance']);
  const at = same.flatMap(({ samples }) => samples.findLast((sample) => sample[0] <= since)?.[0] ?? []);
  return at.length === 0 ? [] : [[Math.max(...at), 0]];
}
