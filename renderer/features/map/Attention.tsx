import { useState } from 'react';
import { Button as AriaButton } from 'react-aria-components';
import type { Attention as AttentionLine } from '../../../shared/model/signals.ts';
import { type FiringService, useFiresBadly, useFiringCount, useFiringServices } from '../../live/alerts.ts';
import { useTitleAmongSeveral } from '../../live/connections.ts';
import { useAttention } from '../../live/signals.ts';
import { useService } from '../../live/topology.ts';
import { listAlerts } from '../../state/alerts.ts';
import { selectService, useSelectedServiceId } from '../../state/selection.ts';
import { formatCount } from '../../ui/format.ts';
import { plainText } from '../../ui/plainText.ts';

const most = 5;

/**
 * Where to look first: services in trouble by calls lost per second, then those that only an alert tells of. One click selects and centres. Where the map is small
 * only the worst is named, until the operator asks for all.
 */
export function Attention({ narrow }: { readonly narrow: boolean }) {
  const troubled = useAttention();
  const firing = useFiringServices();
  const lines = withAlerts(troubled, firing);
  const unplaced = firing.find(({ serviceId }) => serviceId === null);
  const [chosen, setChosen] = useState<boolean | null>(null);
  const folded = chosen ?? narrow;
  if (lines.length === 0 && unplaced === undefined) return null;
  const shown = folded ? 1 : most;
  return (
    <section className={folded ? 'attention folded' : 'attention'} aria-labelledby="attention-title">
      <h3 className="sectionTitle" id="attention-title">
        Needs attention
      </h3>
      <ul>
        {lines.slice(0, shown).map((line) => (
          <Line key={line.serviceId} line={line} />
        ))}
        {unplaced !== undefined && (!folded || lines.length === 0) && (
          <li>
            <AriaButton className="attentionLine" onPress={listAlerts}>
              <b className="ellipsis">{plainText(unplaced.name, 60)}</b>
              <span className="grow" />
              <span className="muted">{formatCount(unplaced.count, 'alert')} of no service here</span>
            </AriaButton>
          </li>
        )}
      </ul>
      {!folded && lines.length > most && (
        <p className="muted attentionMore">and {lines.length - most} more</p>
      )}
      <AriaButton
        className="attentionFold"
        aria-expanded={!folded}
        aria-label={folded ? 'Show all that needs attention' : 'Show only the worst'}
        onPress={() => setChosen(!folded)}
      >
        {folded && lines.length > 1 && <span className="num">+{lines.length - 1}</span>}
        <span aria-hidden="true">{folded ? '▴' : '▾'}</span>
      </AriaButton>
    </section>
  );
}

/** What fails by its figures comes first; an alert may tell of trouble that no call shows. */
function withAlerts(
  lines: readonly AttentionLine[],
  firing: readonly FiringService[],
): readonly AttentionLine[] {
  const known = new Set(lines.map(({ serviceId }) => serviceId));
  const more = firing.flatMap(({ serviceId, name, isBad }): AttentionLine[] =>
    serviceId === null || known.has(serviceId)
      ? []
      : [
          {
            serviceId,
            health: isBad ? 'failing' : 'degraded',
            failedPerSecond: null,
            text: plainText(name, 40),
          },
        ],
  );
  return more.length === 0 ? lines : [...lines, ...more];
}

function Line({ line }: { readonly line: AttentionLine }) {
  const service = useService(line.serviceId);
  const selected = useSelectedServiceId() === line.serviceId;
  const cluster = useTitleAmongSeveral(service?.connectionId ?? '');
  const alerts = useFiringCount(line.serviceId);
  const isBad = useFiresBadly(line.serviceId);
  if (service === null) return null;
  return (
    <li>
      <AriaButton
        className={selected ? 'attentionLine selected' : 'attentionLine'}
        onPress={() => selectService(line.serviceId, { centre: true })}
      >
        <b className="ellipsis">{service.name}</b>
        {service.kind === 'external' && <span className="muted">external</span>}
        {cluster !== null && <span className="muted ellipsis">{cluster}</span>}
        <span className="grow" />
        {alerts > 0 && (
          <span
            className={isBad ? 'toneBad' : 'toneWarn'}
            aria-label={`${formatCount(alerts, 'alert')} firing`}
          >
            ▲
          </span>
        )}
        <span className={`num ${line.health === 'failing' ? 'toneBad' : 'toneWarn'}`}>{line.text}</span>
      </AriaButton>
    </li>
  );
}
