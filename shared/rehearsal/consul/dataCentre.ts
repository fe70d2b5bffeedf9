import { randomUUID } from 'node:crypto';
import { createObjectStore, type ObjectStore } from '../kube/store.ts';
import { writeExposition } from '../prometheus/exposition.ts';
import { createSampleStore, type SampleStore } from '../prometheus/sampleStore.ts';
import { startPrometheus } from '../prometheus/server.ts';
import { createTraffic, type Traffic } from '../traffic/model.ts';
import { allRules, type ConsulUser } from './access.ts';
import { createDc2, dc2Behaviour, registerShop, shared } from './dc2.ts';
import { consulFamilies, consulMetricMetadata, createConsulScraper } from './envoyMetrics.ts';
import { mirrorMesh } from './mirror.ts';
import { startConsul } from './server.ts';
import type { ConsulState } from './state.ts';

/** The rehearsal's second data centre without its servers, stepped by a clock that someone else owns. */
export interface DataCentre {
  readonly state: ConsulState;
  readonly traffic: Traffic;
  readonly samples: SampleStore;
  /** Lets time pass up to `atMs`; `demand` is how busy the shop is, 1 being as usual. */
  advance(atMs: number, demand?: number): void;
  close(): void;
}

export interface DataCentreOptions {
  /** Kubernetes of the shop, whose instances are registered here as well. */
  readonly shop: ObjectStore;
  readonly seed: number;
  readonly now: () => number;
  readonly historyMs: number;
  readonly scrapeMs: number;
  /** Scrapes that are remembered. */
  readonly keep: number;
}

const stepMs = 500;

/** Makes the data centre and its past. */
export function createDataCentre(options: DataCentreOptions): DataCentre {
  const { seed, now } = options;
  const opensAt = now();
  const startAt = opensAt - options.historyMs;
  const state = createDc2();
  const stopShop = registerShop(state, options.shop);
  const store = createObjectStore({ now });
  const stopMirror = mirrorMesh(state, store, { hosts: [], foreign: shared });
  const traffic = createTraffic({
    store,
    behaviour: dc2Behaviour,
    seed: seed ^ 0x2c9277b5,
    startAt,
    countBy: 'cluster',
  });
  const samples = createSampleStore();
  const scraper = createConsulScraper({
    state,
    traffic,
    store: samples,
    intervalMs: options.scrapeMs,
    keep: options.keep,
  });
  let at = startAt;
  const stepTo = (atMs: number, bundle: number): void => {
    at = atMs;
    traffic.step(at, bundle);
    scraper.scrape(at);
  };
  for (;;) {
    // Long ago is made up in larger steps and bundles: nobody looks that closely, and it has to be quick.
    const longAgo = opensAt - at > 12 * 60_000;
    const next = at + (longAgo ? 3 * options.scrapeMs : options.scrapeMs / 2);
    if (next > opensAt) break;
    stepTo(next, longAgo ? 24 : 6);
  }
  return {
    state,
    traffic,
    samples,
    advance(atMs, demand = 1) {
      traffic.setDemand(demand);
      if (atMs - at > 60_000) at = atMs - stepMs;
      while (at + stepMs <= atMs) stepTo(at + stepMs, 1);
    },
    close() {
      stopShop();
      stopMirror();
      traffic.close();
    },
  };
}

/** Where the data centre is reached. */
export interface DataCentreServers extends AsyncDisposable {
  readonly address: string;
  readonly datacenter: string;
  /** Of somebody who may do everything. */
  readonly token: string;
  readonly prometheusUrl: string;
}

/** Puts the data centre behind Consul's API and a Prometheus, on loopback and ports that are free. */
export async function startDataCentre(
  { state, traffic, samples }: DataCentre,
  now: () => number = Date.now,
): Promise<DataCentreServers> {
  const token = randomUUID();
  const operator: ConsulUser = { accessor: randomUUID(), description: 'operator', rules: allRules };
  const consul = await startConsul(state, new Map([[token, operator]]));
  const prometheus = await startPrometheus(
    { store: samples, now, metadata: consulMetricMetadata },
    { exposition: () => writeExposition(consulFamilies(state, traffic)) },
  );
  return {
    address: consul.url,
    datacenter: state.datacenter,
    token,
    prometheusUrl: prometheus.url,
    [Symbol.asyncDispose]: async () => {
      await consul.close();
      await prometheus.close();
    },
  };
}
