import { describe, expect, test } from 'vitest';
import { counterDifferences } from '../../shared/analysis/counterDifferences.ts';
import type { Session, SignalSource } from '../../shared/connectors/kit/connector.ts';
import type { CallRow } from '../../shared/connectors/kit/signals.ts';

/** A peer with calls from one service to two versions of another, and how to let time pass there. */
export interface SignalsUnderTest extends AsyncDisposable {
  readonly session: Session;
  /** Fully qualified host of the callee. */
  readonly host: string;
  /** Its versions or, where the peer knows no versions, its subsets. */
  readonly versions: readonly string[];
  /** Whether the peer's figures begin with the callee's own reports (not with callers' only). */
  readonly namesVersions: boolean;
  /** Resolves once the peer holds samples of at least so much later. */
  pass(milliseconds: number): Promise<void>;
  now(): number;
}

const never = new AbortController().signal;

/** What every source of signals does, whoever serves it. */
export function signalsConformance(name: string, open: () => Promise<SignalsUnderTest>): void {
  describe(`signals from ${name}`, () => {
    test('tell who calls whom and how often, in a handful of queries', async () => {
      await using peer = await open();
      const read = await signalsOf(peer).read(60, never);
      const calls = read.calls.filter((row) => row.host === peer.host);
      expect(calls.length).toBeGreaterThan(0);
      expect(calls.every((row) => row.perSecond > 0 && row.source.namespace !== '')).toBe(true);
      expect(new Set(calls.map(versionOf))).toEqual(
        expect.toSatisfy((seen: Set<string | null>) => peer.versions.every((one) => seen.has(one))),
      );
      expect(read.queries).toBeLessThanOrEqual(8);
      expect(read.problems).toEqual([]);
      expect((await signalsOf(peer).read(60, never)).queries).toBeLessThanOrEqual(4);
    });

    test('tell how old they are, and how often new ones come', async () => {
      await using peer = await open();
      const { newestSampleAt, observedAt } = await signalsOf(peer).read(60, never);
      expect(newestSampleAt).not.toBeNull();
      expect(Math.abs(observedAt - (newestSampleAt ?? 0))).toBeLessThan(60_000);
      expect(signalsOf(peer).scrapeIntervalSeconds).toEqual(
        expect.toSatisfy((value) => Number(value) >= 1 && Number(value) <= 60),
      );
    });

    test('carry cumulative buckets that end in infinity', async () => {
      await using peer = await open();
      const { latency } = await signalsOf(peer).read(60, never);
      const rows = latency.filter((row) => row.host === peer.host);
      expect(rows.length).toBeGreaterThan(0);
      for (const { buckets } of rows) {
        expect(buckets.at(-1)?.leMs).toBe(Infinity);
        expect(buckets.every((one, i) => i === 0 || one.leMs > (buckets[i - 1]?.leMs ?? Infinity))).toBe(
          true,
        );
      }
    });

    test('draw lines by version on the grid that was asked for', async () => {
      await using peer = await open();
      const to = Math.floor(peer.now() / 5_000) * 5_000;
      const scope = { hosts: [peer.host] };
      const range = { from: to - 60_000, to, stepSeconds: 10, windowSeconds: 30, latency: true };
      const { lines, from, stepSeconds } = await signalsOf(peer).series({ scope, ...range }, never);
      expect([from, stepSeconds]).toEqual([range.from, 10]);
      for (const version of peer.versions) {
        const line = lines.find((one) => one.version === version);
        expect(line?.requestsPerSecond).toHaveLength(7);
        expect(line?.requestsPerSecond.at(-1)).toBeGreaterThan(0);
        expect(line?.failedPerSecond.at(-1)).toBeGreaterThanOrEqual(0);
        expect(line?.p99Ms.at(-1)).toBeGreaterThanOrEqual(line?.p50Ms.at(-1) ?? Infinity);
      }
    });

    test('draw one line over everything, in no more points than a chart has', async () => {
      await using peer = await open();
      const to = peer.now();
      const range = { from: to - 600_000, to, stepSeconds: 1, windowSeconds: 30, latency: false };
      const { lines } = await signalsOf(peer).series({ scope: {}, ...range }, never);
      expect(lines).toHaveLength(1);
      expect(lines[0]?.version).toBeNull();
      expect(lines[0]?.requestsPerSecond.length).toBeLessThanOrEqual(121);
      expect(lines[0]?.requestsPerSecond.at(-1)).toBeGreaterThan(0);
    });

    test('count calls between samples after a moment, by destination', async () => {
      await using peer = await open();
      const since = peer.now();
      await peer.pass(30_000);
      const { series } = await signalsOf(peer).counters({ hosts: [peer.host], since }, never);
      expect(series.every((one) => one.host === peer.host)).toBe(true);
      const destinations = peer.versions.map((version, index) => ({
        index,
        host: peer.host,
        subset: version,
        version,
        share: 1 / peer.versions.length,
      }));
      const counts = counterDifferences(series, { destinations }, since);
      expect(counts.every((count) => count > 0)).toBe(true);
      // Rates of the same calls over the same time must agree with what was counted.
      const rates = (await signalsOf(peer).read(30, never)).calls.filter(
        (row) => row.host === peer.host && sideOf(peer, row),
      );
      const perSecond = rates.reduce((sum, row) => sum + row.perSecond, 0);
      expect(counts.reduce((sum, count) => sum + count, 0)).toBeLessThan(perSecond * 30 * 1.5);
    });

    test('ask for nothing more than the host, also when its name is hostile', async () => {
      await using peer = await open();
      const { series } = await signalsOf(peer).counters(
        { hosts: ['x"} or up or {a=".*'], since: peer.now() - 30_000 },
        never,
      );
      expect(series).toEqual([]);
    });

    test('end when they are aborted', async () => {
      await using peer = await open();
      const stop = AbortSignal.abort(new Error('nobody looks'));
      await expect(signalsOf(peer).read(60, stop)).rejects.toThrow('nobody looks');
    });
  });
}

function signalsOf(peer: SignalsUnderTest): SignalSource {
  const { signals } = peer.session;
  if (signals === undefined) throw new Error('the session has no signals');
  return signals;
}

function versionOf(row: CallRow): string | null {
  return row.destination.version ?? row.subset;
}

function sideOf(peer: SignalsUnderTest, row: CallRow): boolean {
  return !peer.namesVersions || row.reporter === 'destination';
}
