import { useTitleAmongSeveral } from '../../live/connections.ts';
import { HealthRing } from '../../ui/HealthRing.tsx';
import { absent, formatLatency, formatRate, formatRatio } from '../../ui/format.ts';
import { plainText } from '../../ui/plainText.ts';
import type { ServiceColumn, ServiceRow } from './rows.ts';

/** What one column says of one service. */
export function ServiceCell({
  row,
  column,
  withPlace,
}: {
  readonly row: ServiceRow;
  readonly column: ServiceColumn['id'];
  /** The namespace has no column of its own. */
  readonly withPlace: boolean;
}) {
  const { service, signals } = row;
  switch (column) {
    case 'health':
      return (
        <span className="tableHealth">
          <HealthRing
            health={signals?.health ?? 'unknown'}
            errorRatio={signals?.errorRatio ?? null}
            sizePx={16}
          />
          {signals?.health ?? 'unknown'}
        </span>
      );
    case 'name':
      return (
        <>
          <b>{service.name}</b>
          {row.held !== null && <span className="tonePending"> {plainText(row.held, 60)}</span>}
          {withPlace && (
            <div className="tablePlace muted">
              <Where service={service} />
            </div>
          )}
        </>
      );
    case 'namespace':
      return <Where service={service} />;
    case 'owner':
      return service.owner ?? absent;
    case 'versions':
      return service.versions.map(({ version }) => plainText(version, 24)).join(', ') || absent;
    case 'ready':
      return service.readyInstances === null
        ? absent
        : `${service.readyInstances}/${service.desiredInstances ?? absent}`;
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

function Where({ service }: { readonly service: ServiceRow['service'] }) {
  const cluster = useTitleAmongSeveral(service.connectionId);
  const place = service.namespace ?? service.kind;
  return cluster === null ? place : `${place} · ${cluster}`;
}

/** Instances that are not ready degrade a service too: no failed call is no colour, nor is a share nobody knows. */
function toneOf(signals: ServiceRow['signals']): string {
  if (signals === null || signals.errorRatio === null || signals.errorRatio === 0) return '';
  if (signals.health === 'failing') return 'toneBad';
  return signals.health === 'degraded' ? 'toneWarn' : '';
}
