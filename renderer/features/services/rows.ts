import { heldUntil } from '../../../shared/analysis/heldTrips.ts';
import type { EntityId } from '../../../shared/model/entity.ts';
import type { GraphService } from '../../../shared/model/graph.ts';
import type { ServiceSignals } from '../../../shared/model/signals.ts';
import type { HeldTrip } from '../../../shared/model/trip.ts';

/** A line of the list. */
export interface ServiceRow {
  readonly id: string;
  readonly service: GraphService;
  readonly signals: ServiceSignals | null;
  /** "held until 14:05"; null while nobody holds calls to it. */
  readonly held: string | null;
}

/** A column of the list. */
export interface ServiceColumn {
  readonly id:
    'health' | 'name' | 'namespace' | 'owner' | 'versions' | 'ready' | 'rps' | 'failed' | 'p50' | 'p99';
  readonly title: string;
  readonly numeric: boolean;
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
  { id: 'health', title: 'Health', numeric: false },
  { id: 'name', title: 'Name', numeric: false },
  { id: 'namespace', title: 'Namespace', numeric: false, fromPx: placeBelowPx },
  { id: 'owner', title: 'Owner', numeric: false, fromPx: widePx },
  { id: 'versions', title: 'Versions', numeric: false, fromPx: widePx },
  { id: 'ready', title: 'Ready', numeric: true, fromPx: 500 },
  { id: 'rps', title: 'Requests/s', numeric: true },
  { id: 'failed', title: 'Failed', numeric: true },
  { id: 'p50', title: 'p50', numeric: true, fromPx: widestPx },
  { id: 'p99', title: 'p99', numeric: true },
];

/** Those that find room in a list of this width; all while it is not known. */
export const columnsIn = (widthPx: number): readonly ServiceColumn[] =>
  widthPx === 0 ? columns : columns.filter(({ fromPx = 0 }) => widthPx >= fromPx);

const healthOrder = { failing: 0, degraded: 1, unknown: 2, healthy: 3 };

/** Sorts by one column, then by name. What is not known stands last either way. */
export function sortRows(rows: readonly ServiceRow[], column: string, descending: boolean): ServiceRow[] {
  return [...rows].sort((a, b) => {
    const [x, y] = [valueOf(a, column), valueOf(b, column)];
    if (x === null || y === null) return x === y ? byName(a, b) : x === null ? 1 : -1;
    const order = typeof x === 'string' || typeof y === 'string' ? String(x).localeCompare(String(y)) : x - y;
    return (descending ? -order : order) || byName(a, b);
  });
}

/** The lines of the list in the order of the ids; what the map does not know any more has none. */
export function rowsOf(
  ids: readonly EntityId[],
  known: {
    readonly services: ReadonlyMap<EntityId, GraphService>;
    readonly signals: ReadonlyMap<EntityId, ServiceSignals>;
    readonly trips: readonly HeldTrip[];
  },
  clock: (at: number) => string,
): ServiceRow[] {
  const trips = Map.groupBy(known.trips, ({ calleeId }) => calleeId);
  return ids.flatMap((id): ServiceRow[] => {
    const service = known.services.get(id);
    if (service === undefined) return [];
    return [
      { id, service, signals: known.signals.get(id) ?? null, held: heldUntil(trips.get(id) ?? [], clock) },
    ];
  });
}

function byName(a: ServiceRow, b: ServiceRow): number {
  return a.service.name.localeCompare(b.service.name) || a.id.localeCompare(b.id);
}

function valueOf({ service, signals }: ServiceRow, column: string): string | number | null {
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
