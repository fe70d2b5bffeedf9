import { formatCount, formatPercentNumber } from './formats.ts';
import { logBetaMixture } from './betaMixture.ts';

/** Bounds of a share, 0..1. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** One look at the calls counted so far. */
export interface ShareLook {
  readonly at: number;
  readonly counts: readonly number[];
  /** Whether this look by itself speaks against the expectation. */
  readonly against: boolean;
}

/** What counted calls say about expected shares. */
export interface ShareJudgement {
  readonly state: 'waiting' | 'seen' | 'contradicted';
  /** "v2 had 6.8 % of 3,816 calls since it took effect (95 %: 6.0–7.6), wanted 5". */
  readonly detail: string;
  readonly total: number;
  readonly shares: readonly (Interval & { readonly count: number; readonly share: number })[];
  /** Earlier looks, for the next judgement. */
  readonly looks: readonly ShareLook[];
}

/** What is judged. Counts are cumulative since the write took effect, in the order of `expected`. */
export interface ShareEvidence {
  readonly expected: readonly {
    readonly share: number;
    readonly version?: string | null;
    readonly subset?: string | null;
    readonly host?: string;
  }[];
  readonly counts: readonly number[];
  readonly now: number;
  readonly previous: ShareJudgement | null;
  /** Shares before the write; "seen" then also needs the counts to exclude them. */
  readonly before?: readonly number[] | null;
  /** What makes counts of calls differ from choices of the route, if it is known to be there. */
  readonly skewedBy?: readonly ('affinity' | 'retries')[];
  /** Fewer calls give no verdict; `MINIMUM_CALLS` where absent. All or nothing can be told from fewer than a share can. */
  readonly minimumCalls?: number;
}

/** Fewer calls than this say nothing about a share. */
export const MINIMUM_CALLS = 100;
/** Chance of a wrong contradiction over all looks together. */
const ALPHA = 0.05;
/** So many looks in a row must speak against it, over at least this long. */
const LOOKS_AGAINST = 3;
const AGAINST_MS = 10_000;
/** A share of nothing or of all may be off by this much: a call in flight, a retry, must not contradict for ever. */
const STRAGGLERS = 0.001;
/** Proxies take a moment to follow; after this, calls are also judged without those first ones. */
const SETTLE_MS = 15_000;
const KEPT_LOOKS = 240;

/**
 * Wilson's score interval of a share (E. B. Wilson, JASA 22, 1927): keeps its width at 0 and 1, unlike the plain one.
 * `z` 1.96 gives 95 %. Of no calls it is 0..1.
 */
export function wilson(count: number, total: number, z = 1.959964): Interval {
  if (total <= 0) return { low: 0, high: 1 };
  const share = count / total;
  const z2 = z * z;
  const centre = (share + z2 / (2 * total)) / (1 + z2 / total);
  const half = (z / (1 + z2 / total)) * Math.sqrt((share * (1 - share)) / total + z2 / (4 * total * total));
  return {
    low: count <= 0 ? 0 : Math.max(0, centre - half),
    high: count >= total ? 1 : Math.min(1, centre + half),
  };
}

/**
 * Whether counts exclude a share at level `alpha`, however often one looks: the beta-binomial mixture martingale exceeds
 * 1/alpha with probability at most alpha over all time (Ville's inequality; Robbins, Ann. Math. Statist. 41, 1970).
 */
export function excludes(count: number, total: number, share: number, alpha = ALPHA): boolean {
  if (total <= 0) return false;
  const tested = Math.min(1 - STRAGGLERS, Math.max(STRAGGLERS, share));
  // A share of nothing is contradicted by too much only, a share of all by too little only.
  if (share <= STRAGGLERS && count / total <= STRAGGLERS) return false;
  if (share >= 1 - STRAGGLERS && count / total >= 1 - STRAGGLERS) return false;
  return logBetaMixture(count, total, tested) >= Math.log(1 / alpha);
}

/** Judges one more look. Give the previous judgement back, so that a contradiction must last before it is said. */
export function judgeShares(evidence: ShareEvidence): ShareJudgement {
  const { expected, now, previous } = evidence;
  const counts = expected.map((_, i) => evidence.counts[i] ?? 0);
  const total = sum(counts);
  const shares = counts.map((count) => ({
    count,
    share: total === 0 ? 0 : count / total,
    ...wilson(count, total),
  }));
  const earlier = previous?.looks ?? [];
  const level = ALPHA / Math.max(1, expected.length - 1);
  const minimum = evidence.minimumCalls ?? MINIMUM_CALLS;
  const speaksAgainst =
    total >= minimum && counts.some((count, i) => excludes(count, total, expected[i]?.share ?? 0, level));
  const looks = [...earlier, { at: now, counts, against: speaksAgainst }].slice(-KEPT_LOOKS);
  const answer = (state: ShareJudgement['state'], detail: string): ShareJudgement => ({
    state,
    detail,
    total,
    shares,
    looks,
  });

  if (total === 0)
    return answer(
      'waiting',
      'no calls counted yet since it took effect: without traffic nothing can be measured',
    );
  const words = describe(evidence, counts, total, 'since it took effect');
  if (total < minimum)
    return answer('waiting', `${words}; at least ${minimum} calls are needed for a verdict`);
  if (fits(counts, evidence, level)) return answer('seen', words);

  const settled = sinceSettled(looks, counts);
  if (settled !== null && fits(settled, evidence, level)) {
    return answer('seen', describe(evidence, settled, sum(settled), 'since proxies had followed'));
  }
  if (!staysAgainst(looks, expected, level, minimum)) return answer('waiting', `${words}; not there yet`);
  const skew = skewWords(evidence.skewedBy ?? []);
  return skew === null
    ? answer('contradicted', `${words}; it stays so`)
    : answer('waiting', `${words}; ${skew}`);
}

/** Every wanted share lies within its interval, and what was there before is excluded. */
function fits(counts: readonly number[], evidence: ShareEvidence, level: number): boolean {
  const total = sum(counts);
  if (total < (evidence.minimumCalls ?? MINIMUM_CALLS)) return false;
  const inside = evidence.expected.every(({ share }, i) => {
    const { low, high } = wilson(counts[i] ?? 0, total);
    return low <= Math.max(share, STRAGGLERS) && high >= Math.min(share, 1 - STRAGGLERS);
  });
  if (!inside) return false;
  const { before } = evidence;
  if (before === undefined || before === null) return true;
  const moved = evidence.expected.some(({ share }, i) => Math.abs(share - (before[i] ?? 0)) > 1e-9);
  return !moved || counts.some((count, i) => excludes(count, total, before[i] ?? 0, level));
}

/** Calls counted after the first seconds; null while they are too few looks. */
function sinceSettled(looks: readonly ShareLook[], counts: readonly number[]): number[] | null {
  const first = looks[0];
  const base = first === undefined ? undefined : looks.find((look) => look.at >= first.at + SETTLE_MS);
  if (base === undefined) return null;
  return counts.map((count, i) => Math.max(0, count - (base.counts[i] ?? 0)));
}

/** The newest looks all speak against it, for long enough, and so do the calls that came between them by themselves. */
function staysAgainst(
  looks: readonly ShareLook[],
  expected: ShareEvidence['expected'],
  level: number,
  minimum: number,
): boolean {
  let first = looks.length;
  while (first > 0 && looks[first - 1]?.against) first -= 1;
  const run = looks.slice(first);
  const [oldest, newest] = [run[0], run[run.length - 1]];
  if (oldest === undefined || newest === undefined) return false;
  if (run.length < LOOKS_AGAINST || newest.at - oldest.at < AGAINST_MS) return false;
  const fresh = newest.counts.map((count, i) => Math.max(0, count - (oldest.counts[i] ?? 0)));
  const total = sum(fresh);
  return total >= minimum && fresh.some((count, i) => excludes(count, total, expected[i]?.share ?? 0, level));
}

/** Told of the destination that is furthest off; of two, of the second, the canary. */
function describe(evidence: ShareEvidence, counts: readonly number[], total: number, since: string): string {
  const { expected } = evidence;
  const off = (i: number): number => Math.abs((counts[i] ?? 0) / total - (expected[i]?.share ?? 0));
  let told = expected.length - 1;
  for (let i = expected.length - 2; i >= 0; i -= 1) if (off(i) > off(told) + 1e-9) told = i;
  const one = expected[told];
  const name = one?.version ?? one?.subset ?? one?.host ?? `destination ${told + 1}`;
  const { low, high } = wilson(counts[told] ?? 0, total);
  const share = formatPercentNumber((counts[told] ?? 0) / total, 1);
  const range = `${formatPercentNumber(low, 1)}–${formatPercentNumber(high, 1)}`;
  const wanted = formatPercentNumber(one?.share ?? 0);
  return `${name} had ${share} % of ${formatCount(total)} calls ${since} (95 %: ${range}), wanted ${wanted}`;
}

function skewWords(skewedBy: readonly ('affinity' | 'retries')[]): string | null {
  if (skewedBy.includes('affinity')) {
    return 'callers are kept where they were by session affinity, so shares of calls follow the weights slowly or never';
  }
  if (skewedBy.includes('retries')) {
    return 'retries stay with the version that failed and count as further calls of it, so its share reads higher than its weight';
  }
  return null;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
