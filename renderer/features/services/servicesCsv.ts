import { type CsvColumn, csvOf } from '../../../shared/analysis/csv.ts';
import type { GraphService } from '../../../shared/model/graph.ts';
import type { Provenance, ServiceSignals } from '../../../shared/model/signals.ts';

/** What the list shows, where and when its figures are from, and what connections are called. */
interface CsvInput {
  /** In their order. */
  readonly services: readonly GraphService[];
  readonly signals: ReadonlyMap<string, ServiceSignals>;
  readonly provenance: readonly Provenance[];
  /** Titles of connections by their ids. */
  readonly titles: ReadonlyMap<string, string>;
  readonly now: number;
}

interface Row {
  readonly service: GraphService;
  readonly signals: ServiceSignals | null;
}

/** The list as it stands, for a spreadsheet: figures as plain numbers, what is not known as empty cells. */
export function servicesCsv({ services, signals: known, provenance, titles, now }: CsvInput): string {
  const source = provenance.map((one) => one.source).join('; ');
  const takenAt = new Date(now).toISOString();
  const columns: readonly CsvColumn<Row>[] = [
    ['health', ({ signals }) => signals?.health ?? 'unknown'],
    ['name', ({ service }) => service.name],
    ['kind', ({ service }) => service.kind],
    ['namespace', ({ service }) => service.namespace],
    ['connection', ({ service }) => titles.get(service.connectionId) ?? null],
    ['owner', ({ service }) => service.owner],
    ['versions', ({ service }) => service.versions.map(({ version }) => version).join('; ')],
    ['ready', ({ service }) => service.readyInstances],
    ['desired', ({ service }) => service.desiredInstances],
    ['requests a second', ({ signals }) => signals?.requestsPerSecond ?? null],
    ['failed a second', ({ signals }) => signals?.failedPerSecond ?? null],
    ['error ratio', ({ signals }) => signals?.errorRatio ?? null],
    ['p50 (ms)', ({ signals }) => signals?.p50Ms ?? null],
    ['p90 (ms)', ({ signals }) => signals?.p90Ms ?? null],
    ['p99 (ms)', ({ signals }) => signals?.p99Ms ?? null],
    ['taken at', () => takenAt],
    ['source', () => source],
  ];
  return csvOf(
    columns,
    services.map((service) => ({ service, signals: known.get(service.id) ?? null })),
  );
}
