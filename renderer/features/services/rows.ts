import type { EntityId } from '../../../shared/model/entity.ts';
import type { GraphService } from '../../../shared/model/graph.ts';
import type { ServiceSignals } from '../../../shared/model/signals.ts';

/** A column of the list. */
export interface ServiceColumn {
  readonly id:
    'health' | 'name' | 'namespace' | 'owner' | 'versions' | 'ready' | 'rps' | 'failed' | 'p50' | 'p99';
  readonly title: string;
  readonly numeric: boolean;
  /** In pixels, or a part of what the others leave. */
  readonly width: number | `${number}fr`;
  readonly minWidth?: number;
  /** In a list narrower than this it is left out: the figures that say where to look come first. */
  readonly fromPx?: number;
}

/** In a list narrower than this each service's namespace stands below its name. */
export const placeBelowPx = 640;

/** Narrower than this not all columns find room beside each other. */
const widePx = 860;
/** Narrower than this the median gives way to p99, where clusters are named too. */
const widestPx = 1060;

/** The columns of the list, in their order. */
const columns: readonly ServiceColumn[] = [
  { id: 'health', title: 'Health', numeric: false, width: 100 },
  { id: 'name', title: 'Name', numeric: false, width: '6fr', minWidth: 112 },
  { id: 'namespace', title: 'Namespace', numeric: false, width: '5fr', fromPx: placeBelowPx },
  { id: 'owner', title: 'Owner', numeric: false, width: '4fr', fromPx: widePx },
  { id: 'versions', title: 'Versions', numeric: false, width: '3fr', fromPx: widePx },
  { id: 'ready', title: 'Ready', numeric: true, width: 60, fromPx: 500 },
  { id: 'rps', title: 'Requests/s', numeric: true, width: 92 },
  { id: 'failed', title: 'Failed', numeric: true, width: 68 },
  { id: 'p50', title: 'p50', numeric: true, width: 68, fromPx: widestPx },
  { id: 'p99', title: 'p99', numeric: true, width: 68 },
];

const steps = [...new Set(columns.map(({ fromPx = 0 }) => fromPx))].sort((a, b) => b - a);
const columnsByStep = new Map(
  steps.map((step) => [step, columns.filter(({ fromPx = 0 }) => fromPx <= step)]),
);

/** Those that find room in a list of this width; all while it is not known. The same array while they are the same. */
export function columnsIn(widthPx: number): readonly ServiceColumn[] {
  const step = widthPx === 0 ? undefined : steps.find((fromPx) => fromPx <= widthPx);
  return columnsByStep.get(step ?? widestPx) ?? columns;
}

const healthOrder = { failing: 0, degraded: 1, unknown: 2, healthy: 3 };

/** The services in the order of one column, then of their names. What is not known stands last either way. */
export function sortServices(
  services: readonly GraphService[],
  signals: ReadonlyMap<EntityId, ServiceSignals>,
  column: string,
  descending: boolean,
): GraphService[] {
  const rows = services.map((service) => ({
    service,
    value: valueOf(service, signals.get(service.id) ?? null, column),
  }));
  rows.sort(({ service: a, value: x }, { service: b, value: y }) => {
    if (x === null || y === null) return x === y ? byName(a, b) : x === null ? 1 : -1;
    const order =
      typeof x === 'string' || typeof y === 'string' ? words.compare(String(x), String(y)) : x - y;
    return (descending ? -order : order) || byName(a, b);
  });
  return rows.map(({ service }) => service);
}

// Made once: of two thousand names some twenty thousand pairs are compared with each reading.
const words = new Intl.Collator();

function byName(a: GraphService, b: GraphService): number {
  return words.compare(a.name, b.name) || words.compare(a.id, b.id);
}

function valueOf(
  service: GraphService,
  signals: ServiceSignals | null,
  column: string,
): string | number | null {
  switch (column) {
    case 'health':
      return healthOrder[signals?.health ?? 'unknown'];
    case 'name':
      return service.name;
    case 'namespace':
      return service.namespace;
    case 'owner':
      return service.owner;
    case 'versions':
      return service.versions.length;
    case 'ready':
      return service.readyInstances;
    case 'rps':
      return signals?.requestsPerSecond ?? null;
    case 'failed':
      return signals?.errorRatio ?? null;
    case 'p50':
      return signals?.p50Ms ?? null;
    case 'p99':
      return signals?.p99Ms ?? null;
  }
  return null;
}
