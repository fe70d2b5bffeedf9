import { describe, expect, test } from 'vitest';
import { parseCallId } from '../../shared/analysis/entityIds.ts';
import { foldSignals, type FoldedSignals } from '../../shared/analysis/foldSignals.ts';
import { foldTopology } from '../../shared/analysis/foldTopology.ts';
import type { Session, SignalSource } from '../../shared/connectors/kit/connector.ts';
import type { SignalsObservation } from '../../shared/connectors/kit/signals.ts';
import { scopeOf } from '../../shared/core/charts.ts';
import type { GraphService } from '../../shared/model/graph.ts';
import type { CallSignals } from '../../shared/model/signals.ts';
import { defaultSettings } from '../../shared/model/settings.ts';
import type { TopologyObservation } from '../../shared/model/topology.ts';
import { families, marketServices } from './metricFamilies.ts';
import type { MetricFamily } from './metricFamily.ts';

/** A Prometheus that has scraped the families for a while, and the console's session with it. */
export interface DialectsUnderTest extends AsyncDisposable {
  readonly session: Session;
  /** Over how long it has certainly scraped. */
  readonly windowSeconds: number;
  now(): number;
  /** How far a rate may be off, as a part of it: scrapes come at times of their own. */
  readonly tolerance: number;
}

const limit = (): AbortSignal => AbortSignal.timeout(20_000);

/** What every kind of metrics comes to, alone and beside others, whoever holds them. */
export function dialectsConformance(
  name: string,
  open: (held: readonly MetricFamily[]) => Promise<DialectsUnderTest>,
): void {
  describe(`metrics of calls in ${name}`, () => {
    test('agree with what each exporter counted: calls, failures, latency', async () => {
      await using peer = await open(families);
      const read = await readAll(peer);
      for (const family of families) {
        const own = read.filter(({ source }) => source.endsWith(` · ${family.title}`));
        expect(own, family.title).toHaveLength(1);
        expectCalls(foldOf(own), family, peer.tolerance);
      }
    });

    test('are counted once where several know the same call, and say whose figures they are', async () => {
      await using peer = await open(families);
      const folded = foldOf(await readAll(peer));
      const toCart = callsOf(folded).get('web > cart');
      expect(toCart?.counted).toMatchObject({ evidence: 'mesh' });
      expect(toCart?.counted?.by).toMatch(/Linkerd metrics$/);
      expect(toCart?.counted?.also.map((source) => source.split(' · ')[1])).toEqual([
        'OpenTelemetry service graph',
        'OpenTelemetry HTTP client metrics',
      ]);
      near(toCart?.requestsPerSecond, 10, peer.tolerance);
      // Cart's own proxy counts five more, of callers without one; cart itself counts all fifteen.
      const stranger = callsOf(folded).get('? > cart');
      expect(stranger?.counted).toMatchObject({ evidence: 'mesh' });
      near(stranger?.requestsPerSecond, 5, peer.tolerance);
      near(folded.serviceSignals.get('c/market/cart')?.requestsPerSecond, 15, peer.tolerance);
      // Proxies at stock saw everything, so what its program counts adds nothing.
      near(folded.serviceSignals.get('c/market/stock')?.requestsPerSecond, 10, peer.tolerance);
      // Payment counts 20; traces pair six of them, and know two more that no caller counted.
      near(folded.serviceSignals.get('c/market/payment')?.requestsPerSecond, 20, peer.tolerance);
    });

    test('draw a callee’s chart by whose counts its figures are', async () => {
      await using peer = await open(families);
      const folded = foldOf(await readAll(peer));
      for (const [name, title] of [
        ['cart', 'Linkerd metrics'],
        // Traces know eight of them.
        ['payment', 'Micrometer HTTP server metrics'],
        ['stock', 'Hubble metrics'],
        ['search', 'OpenTelemetry HTTP client metrics'],
        ['audit', 'OpenTelemetry service graph'],
        ['web', 'ingress-nginx metrics'],
        ['front', 'Traefik metrics'],
        ['front-api', 'Traefik metrics'],
        ['prices', 'Spring Cloud Gateway metrics'],
        ['rates', 'Spring Cloud Gateway metrics'],
        ['basket', 'Contour’s Envoy metrics'],
        ['offers', 'Kong metrics'],
        ['orders', 'HAProxy metrics'],
        ['returns', 'HAProxy metrics'],
        ['posts', 'NGINX Ingress Controller metrics'],
      ] as const) {
        const figures = folded.serviceSignals.get(`c/market/${name}`);
        expect(figures?.countedBy, name).toMatch(new RegExp(` · ${title}$`));
        const to = Math.floor(peer.now() / 2_000) * 2_000;
        const { windowSeconds } = peer;
        const range = { from: to - 4_000, to, stepSeconds: 2, windowSeconds, latency: true };
        const scope = scopeOf(inMarket, serviceIn(name), figures);
        const { lines, source } = await signalsOf(peer).series({ scope, ...range }, limit());
        expect(source, name).toBe(figures?.countedBy);
        expect(lines, name).toHaveLength(1);
        near(lines[0]?.requestsPerSecond.at(-1), figures?.requestsPerSecond ?? NaN, peer.tolerance);
        near(lines[0]?.failedPerSecond.at(-1), figures?.failedPerSecond ?? NaN, 2 * peer.tolerance);
      }
    });
  });
}

function signalsOf({ session }: DialectsUnderTest): SignalSource {
  if (session.signals === undefined) throw new Error('the session has no signals');
  return session.signals;
}

async function readAll(peer: DialectsUnderTest): Promise<readonly SignalsObservation[]> {
  const read = await signalsOf(peer).read(peer.windowSeconds, limit());
  expect(read.problems).toEqual([]);
  return [read, ...(read.beside ?? [])];
}

/** Folds readings without what stands beside each of them; in a cluster that holds the market, or nothing. */
export function foldOf(
  observations: readonly SignalsObservation[],
  cluster: readonly TopologyObservation[] = [market],
): FoldedSignals {
  return foldSignals({
    connectionId: 'c',
    topology: foldTopology('c', cluster, 0),
    observations: observations.map(({ beside: _, ...own }) => own),
    health: defaultSettings.health,
    now: 0,
  });
}

/** Calls of the market by "caller > callee". */
function callsOf(folded: FoldedSignals): Map<string, CallSignals> {
  const extras = new Map(folded.extraServices.map((one) => [one.id, one]));
  const nameOf = (id: string): string => {
    const extra = extras.get(id);
    if (extra === undefined) return id.split('/').at(-1) ?? id;
    return extra.kind === 'unknown' ? '?' : extra.name;
  };
  return new Map(
    [...folded.callSignals].flatMap(([id, signals]) => {
      const ends = parseCallId(id);
      return ends === null ? [] : [[`${nameOf(ends.callerId)} > ${nameOf(ends.calleeId)}`, signals] as const];
    }),
  );
}

/** Checks a family's own reading. */
export function expectCalls(folded: FoldedSignals, family: MetricFamily, tolerance: number): void {
  const calls = callsOf(folded);
  expect([...calls.keys()].sort(), family.title).toEqual(Object.keys(family.calls).sort());
  for (const [name, expected] of Object.entries(family.calls)) {
    const told = calls.get(name);
    near(told?.requestsPerSecond, expected.requests, tolerance);
    near(told?.failedPerSecond, expected.failed, tolerance);
    if (expected.p50Ms === null) expect(told?.p50Ms, name).toBeNull();
    else near(told?.p50Ms, expected.p50Ms, tolerance);
  }
}

function near(value: number | null | undefined, expected: number, tolerance: number): void {
  expect(value).toBeTypeOf('number');
  expect(Math.abs((value ?? NaN) - expected)).toBeLessThanOrEqual(Math.max(expected * tolerance, 0.051));
}

const market: TopologyObservation = {
  observedAt: 0,
  services: marketServices.map((name) => ({
    namespace: 'market',
    name,
    kind: 'service',
    hosts: [`${name}.market.svc.cluster.local`, `${name}.market.svc`, `${name}.market`, name],
    owner: null,
    createdAt: null,
  })),
  workloads: marketServices.map((name) => ({
    namespace: 'market',
    name,
    kind: 'Deployment',
    services: [{ namespace: 'market', name }],
    canonicalService: name,
    version: null,
    labels: {},
    desiredInstances: 1,
    readyInstances: 1,
    image: null,
    deployments: [],
  })),
  instances: marketServices.map((name) => ({
    namespace: 'market',
    name: name === 'web' ? 'web-5c9d7-x2x4z' : `${name}-1`,
    uid: name,
    workload: name,
    version: null,
    ready: true,
    reason: null,
    restarts: 0,
    lastRestartAt: null,
    startedAt: null,
    node: null,
  })),
  problems: [],
};

const inMarket = { topology: () => foldTopology('c', [market], 0) };

function serviceIn(name: string): GraphService {
  const service = inMarket.topology().service(`c/market/${name}`);
  if (service === undefined) throw new Error(`the market has no ${name}`);
  return service;
}
