import { foldSignals } from '../../shared/analysis/foldSignals.ts';
import { foldTopology } from '../../shared/analysis/foldTopology.ts';
import { diffSignals, type SignalsDifference, type SignalsPicture } from '../../shared/analysis/graphDiff.ts';
import { layoutGraph } from '../../shared/analysis/layout.ts';
import type { LayoutEdge, LayoutNode, Position } from '../../shared/analysis/layoutShapes.ts';
import { updateLayout } from '../../shared/analysis/placeNew.ts';
import { prometheus } from '../../shared/connectors/prometheus/connector.ts';
import type { PeerAnswer } from '../../shared/connectors/kit/transport.ts';
import type { SignalsObservation } from '../../shared/model/observations.ts';
import { defaultSettings } from '../../shared/model/settings.ts';
import { createBenchFleet, type BenchFleet } from './benchFleet.ts';

/** Our own layout of one size of map: CPU ms, and how far others moved when one service came. */
export interface LayoutFigures {
  readonly services: number;
  readonly wholeMs: number;
  readonly oneMoreMs: number;
  readonly othersMovedPx: number;
}

/** From an answer's series to what is sent to the window, in CPU ms. */
export interface FoldFigures {
  readonly series: number;
  readonly calls: number;
  readonly changed: number;
  readonly rowsToDifferenceMs: number;
  readonly answerMb: number;
  readonly answerToRowsMs: number;
}

const rounds = 15;
const enoughMs = 400;
const seriesWanted = 10_000;

export function measureLayout(services: number): LayoutFigures {
  const { nodes, edges } = mapOf(createBenchFleet(services));
  const before = layoutGraph(nodes, edges);
  const first = nodes[0];
  if (first === undefined) throw new Error('a fleet of nothing has no layout');
  const added: LayoutNode = { ...first, id: `${first.id}-more` };
  const more = [...nodes, added];
  const edgesMore = [...edges, { from: added.id, to: nodes[1]?.id ?? first.id }];
  const after = updateLayout(more, edgesMore, before);
  return {
    services,
    wholeMs: cpuMean(() => layoutGraph(nodes, edges)),
    oneMoreMs: cpuMean(() => updateLayout(more, edgesMore, before)),
    othersMovedPx: Math.max(...[...before].map(([id, at]) => distance(at, after.get(id)))),
  };
}

/** Folds two readings that differ everywhere, as the console does between two ticks, and reads the same from its text. */
export async function measureFold(): Promise<FoldFigures> {
  const fleet = createBenchFleet(2_800);
  const topology = foldTopology('bench', [fleet.topology], 0);
  const readings = [0, 1].map((turn) => trimmed(fleet.reading(turn, 60)));
  const fold = (observation: SignalsObservation): SignalsPicture => {
    const { serviceSignals, callSignals } = foldSignals({
      connectionId: 'bench',
      topology,
      observations: [observation],
      health: defaultSettings.health,
      now: 0,
    });
    return { services: serviceSignals, calls: callSignals };
  };
  const [first, second] = readings;
  if (first === undefined || second === undefined) throw new Error('there are two readings');
  const before = fold(first);
  const difference: SignalsDifference = diffSignals(before, fold(second));
  const body = answerOf(second);
  const open = await openOn(body);
  const signal = new AbortController().signal;
  const began = process.threadCpuUsage();
  for (let i = 0; i < rounds; i += 1) await open.read(60, signal);
  const answerToRowsMs = spentMs(began) / rounds;
  return {
    series: first.calls.length,
    calls: before.calls.size,
    changed: Object.keys(difference.calls).length,
    rowsToDifferenceMs: cpuMean(() => diffSignals(before, fold(second))),
    answerMb: body.length / 1e6,
    answerToRowsMs,
  };
}

/** Exactly as many series as are wanted, whole calls first, and no histograms: those are a query of their own. */
function trimmed(observation: SignalsObservation): SignalsObservation {
  const calls = observation.calls.slice(0, seriesWanted);
  if (calls.length < seriesWanted) throw new Error(`the fleet has only ${calls.length} series`);
  return { ...observation, calls, latency: [] };
}

function mapOf({ topology, reading }: BenchFleet): {
  readonly nodes: readonly LayoutNode[];
  readonly edges: readonly LayoutEdge[];
} {
  const nodes = topology.services.map(({ namespace, name }) => ({
    id: `bench/${namespace ?? ''}/${name}`,
    group: namespace,
    width: 176,
    height: 58,
  }));
  const edges = new Map<string, LayoutEdge>();
  for (const { source, destination } of reading(0, 60).calls) {
    const from = `bench/${source.namespace ?? ''}/${source.service ?? ''}`;
    const to = `bench/${destination.namespace ?? ''}/${destination.service ?? ''}`;
    edges.set(`${from} ${to}`, { from, to });
  }
  return { nodes, edges: [...edges.values()] };
}

/** The answer that Prometheus would give to the query for requests. */
function answerOf({ calls }: SignalsObservation): string {
  const result = calls.map(({ reporter, source, destination, host, protocol, responseCode, perSecond }) => ({
    metric: {
      reporter,
      source_workload_namespace: source.namespace ?? 'unknown',
      source_workload: source.workload ?? 'unknown',
      source_canonical_service: source.service ?? 'unknown',
      source_version: source.version ?? 'unknown',
      destination_workload_namespace: destination.namespace ?? 'unknown',
      destination_workload: destination.workload ?? 'unknown',
      destination_canonical_service: destination.service ?? 'unknown',
      destination_canonical_revision: destination.version ?? 'latest',
      destination_version: destination.version ?? 'unknown',
      destination_service: host ?? 'unknown',
      destination_service_name: destination.service ?? 'unknown',
      destination_service_namespace: destination.namespace ?? 'unknown',
      request_protocol: protocol,
      response_code: responseCode ?? '0',
      response_flags: '-',
    },
    value: [1_790_000_000, String(perSecond)],
  }));
  return JSON.stringify({ status: 'success', data: { resultType: 'vector', result } });
}

/** The real connector on a transport that answers at once from memory. */
async function openOn(requests: string) {
  const json = (body: string): PeerAnswer => ({
    status: 200,
    headers: { 'content-type': 'application/json' },
    body,
  });
  const vector = (result: readonly object[]): PeerAnswer =>
    json(JSON.stringify({ status: 'success', data: { resultType: 'vector', result } }));
  const session = await prometheus.open(
    {},
    {
      connectionId: 'bench',
      clock: { now: () => 1_790_000_000_000, sleep: () => Promise.resolve() },
      random: { id: () => 'id', fraction: () => 0.5 },
      log: { info: () => undefined, warn: () => undefined },
      ownPorts: () => [],
      lent: {
        transport: {
          route: 'in memory',
          request({ path, body }) {
            const query = new URLSearchParams(body ?? new URL(path, 'http://peer').search).get('query') ?? '';
            if (path.includes('buildinfo'))
              return Promise.resolve(json('{"status":"success","data":{"version":"2.53.0"}}'));
            if (query.startsWith('sum by') && query.includes('istio_requests_total'))
              return Promise.resolve(json(requests));
            if (query.startsWith('label_replace(count(istio') || query.startsWith('max('))
              return Promise.resolve(
                vector([{ metric: { found: 'istio' }, value: [1_790_000_000, '1790000000'] }]),
              );
            return Promise.resolve(vector([]));
          },
        },
      },
    },
  );
  if (session.signals === undefined) throw new Error('the connector gives no figures');
  const { signals } = session;
  const { calls } = await signals.read(60, new AbortController().signal);
  if (calls.length !== seriesWanted) throw new Error(`only ${calls.length} series were read`);
  return signals;
}

/** The mean of many runs in this thread's own CPU time, after some that warm up: its clock ticks too slowly for one run. */
function cpuMean(run: () => unknown): number {
  for (let i = 0; i < 5; i += 1) run();
  const began = process.threadCpuUsage();
  let runs = 0;
  do {
    run();
    runs += 1;
  } while (spentMs(began) < enoughMs);
  return spentMs(began) / runs;
}

function spentMs(began: NodeJS.CpuUsage): number {
  const { user, system } = process.threadCpuUsage(began);
  return (user + system) / 1_000;
}

function distance(a: Position, b: Position | undefined): number {
  return b === undefined ? Infinity : Math.hypot(a.x - b.x, a.y - b.y);
}
