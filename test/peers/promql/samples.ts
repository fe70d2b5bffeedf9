import { createShop } from '../../../shared/rehearsal/fleet/shop.ts';
import { formatValue } from '../../../shared/rehearsal/prometheus/format.ts';
import { labelValue, metricName } from '../../../shared/rehearsal/prometheus/labels.ts';
import {
  createSampleStore,
  metricLabels,
  type SampleStore,
} from '../../../shared/rehearsal/prometheus/sampleStore.ts';
import { createTimeline, type Series } from '../../../shared/rehearsal/prometheus/series.ts';
import { createRehearsal } from '../../../shared/rehearsal/rehearsal.ts';
import { createShopScript } from '../../../shared/rehearsal/script.ts';

/** Samples that both sides are loaded with, and the moment at which they are asked. */
export interface SharedSamples {
  readonly store: SampleStore;
  readonly now: number;
  readonly count: number;
  /** The same in the text form that promtool makes blocks from. */
  readonly openMetrics: string;
}

const historyMs = 20 * 60_000;

/**
 * Twenty minutes of the shop under load, and counters and gauges that are as odd as can be: resets, gaps longer than a
 * lookback, irregular scrapes. They end some hours ago, at an odd second, inside one block of Prometheus's storage.
 */
export function makeSamples(): SharedSamples {
  const blockMs = 2 * 3_600_000;
  const now = Math.floor((Date.now() - 8 * 3_600_000) / blockMs) * blockMs + 5_400_123;
  using rehearsal = shopUntil(now);
  addOddities(rehearsal.samples, now);
  const store = createSampleStore();
  const families = new Map<string, Series[]>();
  for (const series of rehearsal.samples.all()) {
    const callee = labelValue(series.labels, 'destination_service_name');
    // Three of the callees have every kind of series; with all of them the comparison takes minutes.
    if (callee !== '' && !/refunds|bank|ledger/.test(callee)) continue;
    adopt(store, series);
    const name = metricName(series.labels);
    families.set(name, [...(families.get(name) ?? []), series]);
  }
  const lines = [...families].flatMap(([name, list]) => [
    `# TYPE ${name} unknown`,
    ...list.flatMap((series) => linesOf(name, series)),
  ]);
  return { store, now, count: lines.length - families.size, openMetrics: [...lines, '# EOF', ''].join('\n') };
}

function shopUntil(now: number) {
  const rehearsal = createRehearsal({
    fleet: createShop(now),
    seed: 7,
    now: () => now,
    historyMs,
    scrapeMs: 5_000,
    keep: 1_440,
    script: createShopScript,
  });
  return { samples: rehearsal.samples, [Symbol.dispose]: () => rehearsal.close() };
}

function addOddities(samples: SampleStore, now: number): void {
  const random = randomFrom(12_345);
  for (let k = 0; k < 6; k += 1) {
    const timeline = createTimeline(400);
    const labels = { k: String(k), g: k % 2 === 1 ? 'a' : 'b' };
    const counter = samples.series(metricLabels('odd_total', labels), timeline);
    const gauge = samples.series(metricLabels('odd_gauge', labels), timeline);
    let value = Math.floor(random() * 20);
    for (let at = now - 1_100_000; at < now; at += 3_000 + Math.floor(random() * (k < 3 ? 4_000 : 40_000))) {
      timeline.push(at);
      counter.append(value);
      gauge.append(k === 5 && random() < 0.1 ? 0.1 + random() : (random() - 0.5) * 10);
      value += random() < 0.05 ? -value : Math.floor(random() * 5);
    }
  }
}

/** Puts a series as it is into another store. */
function adopt(store: SampleStore, series: Series): void {
  const { labels, timeline } = series;
  const copy = createTimeline(timeline.capacity);
  const into = store.series(labels, copy);
  for (let i = timeline.oldest(); i < timeline.count(); i += 1) {
    copy.push(timeline.at(i));
    into.append(series.value(i));
  }
}

function linesOf(name: string, { labels, timeline, value }: Series): string[] {
  const pairs = labels.pairs.filter((pair) => pair.name !== '__name__');
  const braces = pairs.map((pair) => `${pair.name}=${JSON.stringify(pair.value)}`).join(',');
  const lines: string[] = [];
  for (let i = timeline.oldest(); i < timeline.count(); i += 1) {
    // NaN is how a store remembers that a scrape did not see the series.
    if (Number.isNaN(value(i))) continue;
    lines.push(`${name}{${braces}} ${formatValue(value(i))} ${(timeline.at(i) / 1_000).toFixed(3)}`);
  }
  return lines;
}

/** A linear congruential generator: the same oddities in every run. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state / 4_294_967_296;
  };
}
