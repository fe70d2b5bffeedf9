import { useState } from 'react';
import { Button as AriaButton } from 'react-aria-components';
import type { Attention as AttentionLine } from '../../../shared/model/signals.ts';
import { cannotWait, certificateEnd } from '../../../shared/analysis/certificateEnd.ts';
import { type FiringService, useFiresBadly, useFiringCount, useFiringServices } from '../../live/alerts.ts';
import { type EndingService, useEndingServices, useFirstToEnd } from '../../live/certificates.ts';
import { useNow } from '../../live/clock.ts';
import { useTitleAmongSeveral } from '../../live/connections.ts';
import { useAttention } from '../../live/signals.ts';
import { useService } from '../../live/topology.ts';
import { listAlerts } from '../../state/alerts.ts';
import { listFindings } from '../../state/findings.ts';
import { selectService, useSelectedServiceId } from '../../state/selection.ts';
import { endTone, endWords } from '../../ui/certificateHelp.ts';
import { formatCount } from '../../ui/format.ts';
import { plainText } from '../../ui/plainText.ts';
import { attentionEntries, drawnOf } from './attentionEntries.ts';

const most = 5;

/**
 * Where to look first: services in trouble by calls lost per second, then those that only an alert tells of. One click selects and centres. Where the map is small
 * only the worst is named, and what cannot wait, until the operator asks for all.
 */
export function Attention({ narrow }: { readonly narrow: boolean }) {
  const troubled = useAttention();
  const firing = useFiringServices();
  const now = useNow();
  const ending = useEndingServices(now);
  const entries = attentionEntries(withAlerts(troubled, firing), ending, now);
  const unplaced = firing.find(({ serviceId }) => serviceId === null);
  const endingElsewhere = ending.find(
    ({ serviceId, first }) => serviceId === null && !cannotWait(first, now),
  );
  const [chosen, setChosen] = useState<boolean | null>(null);
  const folded = chosen ?? narrow;
  if (entries.length === 0 && unplaced === undefined && endingElsewhere === undefined) return null;
  const drawn = drawnOf(entries, folded ? 1 : most);
  const left = entries.length - drawn.length;
  return (
    <section className={folded ? 'attention folded' : 'attention'} aria-labelledby="attention-title">
      <h3 className="sectionTitle" id="attention-title">
        Needs attention
      </h3>
      <ul>
        {drawn.map((entry) =>
          'line' in entry ? (
            <Line key={entry.line.serviceId} line={entry.line} />
          ) : (
            <Elsewhere key="" ending={entry.elsewhere} />
          ),
        )}
        {unplaced !== undefined && (!folded || entries.length === 0) && (
          <li>
            <AriaButton className="attentionLine" onPress={listAlerts}>
              <b className="ellipsis">{plainText(unplaced.name, 60)}</b>
              <span className="grow" />
              <span className="muted">{formatCount(unplaced.count, 'alert')} of no service here</span>
            </AriaButton>
          </li>
        )}
        {endingElsewhere !== undefined && (!folded || (entries.length === 0 && unplaced === undefined)) && (
          <Elsewhere ending={endingElsewhere} />
        )}
      </ul>
      {!folded && left > 0 && <p className="muted attentionMore">and {left} more</p>}
      <AriaButton
        className="attentionFold"
        aria-expanded={!folded}
        aria-label={folded ? 'Show all that needs attention' : 'Show only the worst'}
        onPress={() => setChosen(!folded)}
      >
        {folded && left > 0 && <span className="num">+{left}</span>}
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

/** Certificates of no service here: of the mesh, the API server, the operator. */
function Elsewhere({ ending: { first, count } }: { readonly ending: EndingService }) {
  const now = useNow();
  return (
    <li>
      <AriaButton className="attentionLine" onPress={listFindings}>
        <b className="ellipsis">{plainText(first.subject, 60)}</b>
        <span className="grow" />
        <span className={`num ${endTone(certificateEnd(first, now))}`}>
          {endWords(first, now)}
          {count > 1 && `, and ${count - 1} more`}
        </span>
      </AriaButton>
    </li>
  );
}

function Line({ line }: { readonly line: AttentionLine }) {
  const service = useService(line.serviceId);
  const selected = useSelectedServiceId() === line.serviceId;
  const cluster = useTitleAmongSeveral(service?.connectionId ?? '');
  const alerts = useFiringCount(line.serviceId);
  const isBad = useFiresBadly(line.serviceId);
  const certificate = useFirstToEnd(line.serviceId);
  const now = useNow();
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
        {line.text !== '' && (
          <span className={`num ${line.health === 'failing' ? 'toneBad' : 'toneWarn'}`}>{line.text}</span>
        )}
        {certificate !== null && (
          <span className={`num ${endTone(certificateEnd(certificate, now))}`}>
            {line.text === '' ? (
              endWords(certificate, now)
            ) : (
              <span role="img" aria-label={endWords(certificate, now)} title={endWords(certificate, now)}>
                <ClockSign />
              </span>
            )}
          </span>
        )}
      </AriaButton>
    </li>
  );
}

function ClockSign() {
  return (
    <svg width="12" height="12" viewBox="0 0 16 16" fill="none" stroke="currentColor" aria-hidden="true">
      <circle cx="8" cy="8" r="6.5" strokeWidth="1.8" />
      <path d="M8 4.2V8l2.6 1.8" strokeWidth="1.8" strokeLinecap="round" />
    </svg>
  );
}
