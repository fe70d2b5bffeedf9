import { createRuler, type AlertRule, type Ruler } from './alertmanager/ruler.ts';
import { createAlertmanagerState, type AlertmanagerState } from './alertmanager/state.ts';
import type { Fleet } from './fleet/fleet.ts';
import { followRoutes } from './controllers/routeStatus.ts';
import { createControllers } from './controllers/controllers.ts';
import { createObjectStore, type ObjectStore } from './kube/store.ts';
import { createSampleStore, type SampleStore } from './prometheus/sampleStore.ts';
import type { Script } from './script.ts';
import { createScraper } from './scraper.ts';
import { seedStore } from './seeding.ts';
import { createTraffic, type Traffic } from './traffic/model.ts';

/** The built-in fleet without its servers: objects, traffic and samples, stepped by a clock that someone else owns. */
export interface Rehearsal {
  readonly store: ObjectStore;
  readonly traffic: Traffic;
  readonly samples: SampleStore;
  readonly script: Script | null;
  readonly alertmanager: AlertmanagerState;
  readonly ruler: Ruler;
  /** Lets time pass up to `atMs`. */
  advance(atMs: number): void;
  close(): void;
}

/** How a rehearsal begins. */
export interface RehearsalOptions {
  readonly fleet: Fleet;
  readonly seed: number;
  /** Now, epoch ms; also what the store stamps its objects with. */
  readonly now: () => number;
  /** How much of the past is made up before it opens. */
  readonly historyMs: number;
  readonly scrapeMs: number;
  /** Scrapes of each target that are remembered. */
  readonly keep: number;
  /** What alerts are raised for. */
  readonly alerts?: readonly AlertRule[];
  readonly script?: (parts: {
    readonly store: ObjectStore;
    readonly traffic: Traffic;
    readonly opensAt: number;
  }) => Script;
}

const stepMs = 500;
const historyStepMs = 1_000;
/** So long before it opens alerts are looked for: what fires then has been firing for a while. */
const alertHistoryMs = 3 * 60_000;

/** Makes the fleet and its past, which takes about a second of CPU for the shop and an hour. */
export function createRehearsal(options: RehearsalOptions): Rehearsal {
  const { fleet, now, seed } = options;
  const opensAt = now();
  let madeUpAt: number | null = opensAt - options.historyMs;
  const store = createObjectStore({ now: () => madeUpAt ?? now() });
  seedStore(store, fleet.objects);
  const traffic = createTraffic({ store, behaviour: fleet.behaviour, seed, startAt: madeUpAt });
  const controllers = createControllers(store, { startAt: madeUpAt });
  const unfollow = followRoutes(store, () => madeUpAt ?? now());
  const samples = createSampleStore();
  const scraper = createScraper({
    traffic,
    store: samples,
    intervalMs: options.scrapeMs,
    keep: options.keep,
  });
  const script = options.script?.({ store, traffic, opensAt }) ?? null;
  const alertmanager = createAlertmanagerState(() => madeUpAt ?? now());
  const ruler = createRuler(samples, options.alerts ?? [], (alerts) => alertmanager.post(alerts));
  let at = madeUpAt;

  const stepTo = (atMs: number, bundle: number): void => {
    at = atMs;
    script?.advance(at);
    controllers.step(at);
    traffic.step(at, bundle);
    scraper.scrape(at);
    if (at > opensAt - alertHistoryMs) ruler.evaluate(at);
  };

  while (at + historyStepMs <= opensAt) {
    madeUpAt = at + historyStepMs;
    // Long ago, requests are followed in larger bundles: nobody looks that closely, and it has to be quick.
    stepTo(madeUpAt, opensAt - at > 12 * 60_000 ? 24 : 6);
  }
  madeUpAt = null;

  return {
    store,
    traffic,
    samples,
    script,
    alertmanager,
    ruler,
    advance(atMs) {
      // After the machine has slept there is a gap, as there would be in a cluster that nobody scraped.
      if (atMs - at > 60_000) at = atMs - stepMs;
      while (at + stepMs <= atMs) stepTo(at + stepMs, 1);
    },
    close() {
      controllers.close();
      unfollow();
      traffic.close();
    },
  };
}
