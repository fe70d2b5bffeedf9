import { describe, expect, test } from 'vitest';
import type { AwayLine, AwaySummary } from '../../shared/model/away.ts';
import { first, startConsole } from '../peers/console.ts';

/** A cluster with traffic in which something went wrong, and was rolled out, since a time. */
export interface AwayUnderTest extends AsyncDisposable {
  readonly kubeconfigFile: string;
  readonly context: string;
  /** When nobody looked any more; epoch ms. */
  readonly since: number;
  /** The service whose calls failed for some seconds, and the share of them that did at worst, at least. */
  readonly failed: { readonly name: string; readonly leastWorst: number };
  /** The workload that was given another image, whose service has this name. */
  readonly deployed: { readonly name: string; readonly before: string; readonly after: string };
  /** What a pod of that namespace was warned of. */
  readonly warned: { readonly reason: string };
}

/** What Podium tells of a time in which nobody looked, on a simulated and on a real cluster with its Prometheus. */
export function awayConformance(name: string, start: () => Promise<AwayUnderTest>): void {
  describe(`what happened meanwhile at ${name}`, () => {
    test('names who failed and how badly, what was rolled out, and what the cluster warned of', async () => {
      await using under = await start();
      process.env['KUBECONFIG'] = under.kubeconfigFile;
      await using console = await startConsole();
      const { client } = console;
      const { candidates } = await client.connections.discover();
      const key = candidates.find(({ title }) => title === under.context)?.key;
      if (key === undefined) throw new Error(`the kubeconfig has no context ${under.context}`);
      const { id } = await client.connections.open({ key });
      await first(
        (signal) => client.connections.watch(undefined, { signal }),
        (all) =>
          all.some((one) => one.id === id && one.sources.some(({ connector }) => connector === 'prometheus')),
      );
      await first(
        (signal) => client.graph.watch(undefined, { signal }),
        ({ services }) => services.some((service) => service.name === under.deployed.name),
      );
      const { before, after } = under.deployed;
      const failureIn = ({ lines }: AwaySummary) =>
        lines.find(({ kind, name: who }) => kind === 'failure' && who === under.failed.name);
      const worstIn = (summary: AwaySummary): number =>
        Number(/worst (\d+(\.\d+)?) %/.exec(failureIn(summary)?.text ?? '')?.[1] ?? 0);
      const isWarning = ({ kind, name: who, text }: AwayLine): boolean =>
        kind === 'warning' &&
        who === under.deployed.name &&
        text.startsWith(`${under.warned.reason} (3 times)`);
      const isChange = ({ kind, name: who, text }: AwayLine): boolean =>
        kind === 'change' && who === under.deployed.name && text.includes(`${before} → ${after}`);
      // All of it in one answer: failures need another scrape, and what the cluster notes and rolls out comes when it comes.
      const summary = await untilTold(
        () => client.away.read({ connectionId: id, from: under.since }),
        (told) =>
          Number(failureIn(told)?.lostCalls ?? 0) > 10 &&
          worstIn(told) > under.failed.leastWorst * 100 &&
          failureIn(told)?.tone === 'bad' &&
          told.counted &&
          told.lines.some(isChange) &&
          told.lines.some(isWarning),
      );
      const failure = failureIn(summary);
      expect(failure?.serviceId).toEqual(expect.any(String));
      expect(failure?.from).toBeGreaterThanOrEqual(under.since - 60_000);
      // Calls lost come first.
      expect(summary.lines[0]?.lostCalls).not.toBeNull();
      // A peer may be slow for a moment, and says so; rights and words are another matter.
      for (const problem of summary.problems)
        expect(problem).not.toMatch(/undefined|\[object|forbidden|may not|not a function|aborted/i);
    }, 60_000);

    test('says how far back each source reaches, and of the last second tells nothing', async () => {
      await using under = await start();
      process.env['KUBECONFIG'] = under.kubeconfigFile;
      await using console = await startConsole();
      const { client } = console;
      const { candidates } = await client.connections.discover();
      const { id } = await client.connections.open({
        key: candidates.find(({ title }) => title === under.context)?.key ?? '',
      });
      await first(
        (signal) => client.connections.watch(undefined, { signal }),
        (all) =>
          all.some((one) => one.id === id && one.sources.some(({ connector }) => connector === 'prometheus')),
      );
      const day = await untilTold(
        () => client.away.read({ connectionId: id, from: Date.now() - 86_400_000 }),
        ({ reaches }) => ['figures', 'Events'].every((source) => reaches.some(({ what }) => what === source)),
      );
      const events = day.reaches.find(({ what }) => what === 'Events');
      expect(events?.since).toBeGreaterThan(Date.now() - 86_400_000);
      expect(events?.since).toBeLessThanOrEqual(Date.now() - 3_500_000);
      const month = await client.away.read({ connectionId: id, from: Date.now() - 30 * 86_400_000 });
      expect(month.from).toBeGreaterThan(Date.now() - 8 * 86_400_000);
      expect(month.reaches[0]?.what).toBe('everything');
    }, 60_000);
  });
}

/** Asks until it is told: figures are scraped, and caches follow, some seconds later. */
async function untilTold(
  ask: () => Promise<AwaySummary>,
  isTold: (summary: AwaySummary) => boolean,
  limitMs = 40_000,
): Promise<AwaySummary> {
  const deadline = Date.now() + limitMs;
  for (;;) {
    const summary = await ask();
    if (isTold(summary)) return summary;
    if (Date.now() > deadline)
      throw new Error(`not told within ${limitMs} ms: ${JSON.stringify(summary).slice(0, 3_000)}`);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

/** A warning about a pod, as a kubelet writes it. */
export function warningOf(namespace: string, pod: string): unknown {
  const time = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: `${pod}.17a`, namespace },
    involvedObject: { apiVersion: 'v1', kind: 'Pod', namespace, name: pod },
    reason: 'BackOff',
    message: 'Back-off restarting failed container',
    type: 'Warning',
    source: { component: 'kubelet' },
    firstTimestamp: time,
    lastTimestamp: time,
    count: 3,
  };
}
