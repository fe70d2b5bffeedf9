import { paperHost, type Paper } from './paperConnector.ts';

/** How one version fares from a moment on. */
export interface PaperTraffic {
  readonly callsPerSecond: number;
  readonly errorRatio: number;
  readonly p99Ms: number;
}

/** Gives the paper calls that are counted every two seconds since a minute ago; each version may change again and again. */
export function createTraffic(paper: Paper, clock: { now(): number }, versions: readonly string[]) {
  const from = clock.now() - 120_000;
  const stretches = versions.map(() => [{ at: from, is: { callsPerSecond: 50, errorRatio: 0, p99Ms: 40 } }]);

  /** Calls of a version up to a time, and how many of them failed. */
  function counted(version: number, at: number): { readonly calls: number; readonly failed: number } {
    let calls = 0;
    let failed = 0;
    const all = stretches[version] ?? [];
    for (const [i, { at: begin, is }] of all.entries()) {
      const end = Math.min(at, all[i + 1]?.at ?? Infinity);
      if (end <= begin) continue;
      const more = (is.callsPerSecond * (end - begin)) / 1000;
      calls += more;
      failed += more * is.errorRatio;
    }
    return { calls, failed };
  }

  const isNow = (version: number, at: number) => stretches[version]?.findLast((one) => one.at <= at)?.is;

  paper.counters = () =>
    versions.flatMap((version, i) =>
      [true, false].map((isFailed) => ({
        key: `${version} ${isFailed}`,
        caller: 'order',
        host: paperHost,
        subset: version,
        version,
        failed: isFailed,
        responseCode: null,
        flags: [],
        samples: Array.from({ length: Math.floor((clock.now() - from) / 2_000) }, (_, step) => {
          const at = from + step * 2_000;
          const { calls, failed } = counted(i, at);
          return [at, isFailed ? failed : calls - failed] as const;
        }),
      })),
    );
  paper.lines = (at) =>
    versions.map((version, i) => {
      const { callsPerSecond = 0, errorRatio = 0, p99Ms = 0 } = isNow(i, at) ?? {};
      return {
        version,
        requestsPerSecond: [callsPerSecond],
        failedPerSecond: [callsPerSecond * errorRatio],
        p50Ms: [p99Ms / 2],
        p99Ms: [p99Ms],
      };
    });

  return {
    /** From now on a version fares so. */
    set(version: string, change: Partial<PaperTraffic>) {
      const i = versions.indexOf(version);
      const before = isNow(i, clock.now());
      if (before === undefined) throw new Error(`no version ${version}`);
      stretches[i]?.push({ at: clock.now(), is: { ...before, ...change } });
    },
    /** What ranges of the past say; nothing else answers for a stretch. */
    remember(points: readonly (number | null)[], version: string) {
      paper.lines = () => [
        {
          version,
          requestsPerSecond: points.map((point) => (point === null ? null : 50)),
          failedPerSecond: points.map((point) => (point === null ? null : 50 * point)),
          p50Ms: points.map(() => null),
          p99Ms: points.map(() => null),
        },
      ];
    },
  };
}
