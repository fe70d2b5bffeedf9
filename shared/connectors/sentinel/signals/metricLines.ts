/** What one resource of one instance did in one second, by the instance's own clock. */
export interface MetricLine {
  /** Epoch ms, at which the second began. */
  readonly at: number;
  readonly resource: string;
  readonly passed: number;
  readonly blocked: number;
  /** Passed, and ended in an exception. */
  readonly failed: number;
}

/** Load, processor and the sum over all resources: an instance writes these beside its resources. */
const ownNames = /^__\w+__$/;

/**
 * Reads the metric log: `time|resource|passed|blocked|ended|failed|…`, a line for each second in which there was something.
 * Lines of the instance itself are left out and counted in `all`, for they tell that it ran.
 */
export function readMetric(text: string): {
  readonly lines: readonly MetricLine[];
  readonly all: readonly number[];
} {
  const lines: MetricLine[] = [];
  const all: number[] = [];
  for (const line of text.split('\n')) {
    const [time, resource, passed, blocked, , failed] = line.split('|');
    const at = Number(time);
    if (resource === undefined || !Number.isSafeInteger(at) || at <= 0) continue;
    all.push(at);
    const counts = [passed, blocked, failed].map(Number);
    if (ownNames.test(resource) || counts.some((count) => !(count >= 0))) continue;
    const [pass = 0, block = 0, exceptions = 0] = counts;
    lines.push({ at, resource, passed: pass, blocked: block, failed: exceptions });
  }
  return { lines, all };
}
