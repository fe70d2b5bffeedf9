import { heldUntil } from '../../../shared/analysis/heldTrips.ts';
import type { GraphService } from '../../../shared/model/graph.ts';
import type { ServiceSignals } from '../../../shared/model/signals.ts';
import { useTitleAmongSeveral } from '../../live/connections.ts';
import { useServiceSignals } from '../../live/signals.ts';
import { useTripsOf } from '../../live/trips.ts';
import { HealthRing } from '../../ui/HealthRing.tsx';
import { absent, formatClock, formatLatency, formatRate, formatRatio } from '../../ui/format.ts';
import { plainText } from '../../ui/plainText.ts';
import type { ServiceColumn } from './rows.ts';

/** What one column says of one service. It reads its own figures: a new reading draws the cells in view, and no line. */
export function ServiceCell({
  service,
  column,
  withPlace,
}: {
  readonly service: GraphService;
  readonly column: ServiceColumn['id'];
  /** The namespace has no column of its own. */
  readonly withPlace: boolean;
}) {
  switch (column) {
    case 'health':
    case 'rps':
    case 'failed':
    case 'p50':
    case 'p99':
      return <Figure id={service.id} column={column} />;
    case 'name':
      return <Name service={service} withPlace={withPlace} />;
    case 'namespace':
      return <Where service={service} />;
    case 'owner':
      return service.owner === null ? absent : <Words>{service.owner}</Words>;
    case 'versions': {
      const versions = service.versions.map(({ version }) => plainText(version, 24)).join(', ');
      return versions === '' ? absent : <Words>{versions}</Words>;
    }
    case 'ready':
      return service.readyInstances === null
        ? absent
        : `${service.readyInstances}/${service.desiredInstances ?? absent}`;
  }
}

function Figure({
  id,
  column,
}: {
  readonly id: GraphService['id'];
  readonly column: 'health' | 'rps' | 'failed' | 'p50' | 'p99';
}) {
  const signals = useServiceSignals(id);
  switch (column) {
    case 'health': {
      const health = signals?.health ?? 'unknown';
      return (
        <span className="tableHealth">
          <HealthRing health={health} errorRatio={signals?.errorRatio ?? null} sizePx={16} />
          {health}
        </span>
      );
    }
    case 'rps':
      return formatRate(signals?.requestsPerSecond);
    case 'failed':
      return <span className={toneOf(signals)}>{formatRatio(signals?.errorRatio)}</span>;
    case 'p50':
      return formatLatency(signals?.p50Ms);
    case 'p99':
      return formatLatency(signals?.p99Ms);
  }
}

function Name({ service, withPlace }: { readonly service: GraphService; readonly withPlace: boolean }) {
  const held = heldUntil(useTripsOf(service.id), formatClock);
  return (
    <>
      <div className="tableName" title={service.name}>
        <b>{service.name}</b>
        {held !== null && <span className="tonePending"> {plainText(held, 60)}</span>}
      </div>
      {withPlace && (
        <div className="tablePlace muted">
          <Where service={service} />
        </div>
      )}
    </>
  );
}

function Where({ service }: { readonly service: GraphService }) {
  const cluster = useTitleAmongSeveral(service.connectionId);
  const place = service.namespace ?? service.kind;
  return <Words>{cluster === null ? place : `${place} · ${cluster}`}</Words>;
}

/** Whole on hover where the column is too narrow for it. */
function Words({ children }: { readonly children: string }) {
  return <span title={children}>{children}</span>;
}

/** Instances that are not ready degrade a service too: no failed call is no colour, nor is a share nobody knows. */
function toneOf(signals: ServiceSignals | null): string {
  if (signals === null || signals.errorRatio === null || signals.errorRatio === 0) return '';
  if (signals.health === 'failing') return 'toneBad';
  return signals.health === 'degraded' ? 'toneWarn' : '';
}
