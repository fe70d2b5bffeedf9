import './alerts.css';
import type { Alert } from '../../../shared/model/alert.ts';
import { useService } from '../../live/topology.ts';
import { askToSilence, closeAlertDialogs } from '../../state/alerts.ts';
import { openReview } from '../../state/review.ts';
import { selectService } from '../../state/selection.ts';
import { showToast } from '../../state/toasts.ts';
import { showPage } from '../../state/view.ts';
import { Button } from '../../ui/Button.tsx';
import { formatMoment, formatUtc } from '../../ui/format.ts';
import { plainText } from '../../ui/plainText.ts';
import { otherLabels, phaseTone, phaseWords, reasonIn } from './alertWords.ts';

/** One alert: what it says, since when, how bad, and what can be done about being told of it. */
export function AlertLine({
  alert,
  withPlace = false,
}: {
  readonly alert: Alert;
  readonly withPlace?: boolean;
}) {
  const { name, phase, severity, since, summary, description, runbook, placed, source, asOf } = alert;
  const words = plainText(name, 120);
  return (
    <li className={asOf === null ? 'alert' : 'alert stale'} aria-label={`${words}, ${phaseWords[phase]}`}>
      <div className="alertHead">
        <b className="alertName">{words}</b>
        <span className={phaseTone(alert)}>{phaseWords[phase]}</span>
        {severity !== null && <span className="muted">{plainText(severity, 40)}</span>}
        {since !== null && (
          <span className="muted num" title={formatUtc(since)}>
            since {formatMoment(since)}
          </span>
        )}
        {asOf !== null && (
          <span className="toneWarn num" title={formatUtc(asOf)}>
            as of {formatMoment(asOf)}
          </span>
        )}
        <span className="grow" />
        {withPlace && <Place alert={alert} />}
        {alert.silenceable && phase === 'firing' && (
          <Button aria-label={`Silence ${words}…`} onPress={() => askToSilence(alert)}>
            Silence…
          </Button>
        )}
      </div>
      {summary !== null && <p>{plainText(summary, 300)}</p>}
      {description !== null && description !== summary && (
        <p className="muted alertText">{plainText(description, 800)}</p>
      )}
      <p className="alertLabels">
        {otherLabels(alert)
          .slice(0, 12)
          .map(([label, value]) => (
            <span key={label} className="alertLabel">
              {plainText(label, 60)}={plainText(value, 80)}
            </span>
          ))}
      </p>
      {phase === 'silenced' && <Silences alert={alert} />}
      <p className="muted">
        {runbook !== null && <Runbook address={runbook} />}
        told by {plainText(source, 60)}
        {withPlace && alert.serviceId === null && `; ${placed}`}
      </p>
    </li>
  );
}

/** Who holds it back, until when and why, each with a way to end it. */
function Silences({ alert: { name, silences, connectionId, serviceId } }: { readonly alert: Alert }) {
  const words = plainText(name, 80);
  if (silences.length === 0) return <p className="muted">By whom and until when is not known.</p>;
  return (
    <ul className="alertSilences" aria-label={`What silences ${words}`}>
      {silences.map(({ id, by, why, until }) => (
        <li key={id} className="alertHead">
          <span className="muted grow" {...(until !== null && { title: formatUtc(until) })}>
            by {by === '' ? 'nobody named' : plainText(by, 80)}
            {until !== null && ` until ${formatMoment(until)}`}
            {why !== '' && `: ${plainText(reasonIn(why), 400)}`}
          </span>
          <Button
            aria-label={`End the silence of ${words}…`}
            onPress={() => {
              closeAlertDialogs();
              openReview({
                kind: 'plan',
                title: `End the silence of ${words}`,
                operation: {
                  kind: 'silence',
                  connectionId,
                  serviceId,
                  matchers: [],
                  forSeconds: 60,
                  ends: id,
                },
              });
            }}
          >
            End…
          </Button>
        </li>
      ))}
    </ul>
  );
}

/** Where it leads stands there: whoever writes rules writes the address. The desktop opens no address that a cluster tells. */
function Runbook({ address }: { readonly address: string }) {
  const host = plainText(new URL(address).host, 80);
  const isBrowser = location.protocol === 'http:';
  return (
    <>
      {isBrowser ? (
        <a href={address} target="_blank" rel="noopener noreferrer" title={plainText(address, 500)}>
          Runbook at {host} ↗
        </a>
      ) : (
        <Button tone="quiet" onPress={() => void copyAddress(address)}>
          Copy the address of the runbook at {host}
        </Button>
      )}
      {' · '}
    </>
  );
}

async function copyAddress(address: string): Promise<void> {
  const copied = await navigator.clipboard.writeText(address).then(
    () => true,
    () => false,
  );
  showToast(
    copied
      ? { tone: 'good', text: 'Copied: the address of the runbook.' }
      : {
          tone: 'neutral',
          text: `The clipboard is out of reach here: ${plainText(address, 500)}`,
          lastsMs: 60_000,
        },
  );
}

function Place({ alert: { serviceId } }: { readonly alert: Alert }) {
  const service = useService(serviceId);
  if (serviceId === null || service === null) return null;
  const name = plainText(service.name, 60);
  return (
    <Button
      tone="quiet"
      aria-label={`Go to ${name}`}
      onPress={() => {
        closeAlertDialogs();
        showPage('map');
        selectService(serviceId, { centre: true });
      }}
    >
      {name}
    </Button>
  );
}
