import './alerts.css';
import type { Alert, AlertPhase } from '../../../shared/model/alert.ts';
import { useAlertStore } from '../../live/alerts.ts';
import { closeAlertDialogs, useAlertDialogs } from '../../state/alerts.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog, DialogActions } from '../../ui/Dialog.tsx';
import { formatCount } from '../../ui/format.ts';
import { plainText } from '../../ui/plainText.ts';
import { AlertLine } from './AlertLine.tsx';
import { emptyWords } from './alertWords.ts';

const most = 200;
const groups: readonly { readonly phase: AlertPhase; readonly title: string }[] = [
  { phase: 'firing', title: 'Firing' },
  { phase: 'pending', title: 'Pending: true, and not for long enough yet' },
  { phase: 'silenced', title: 'Silenced' },
  { phase: 'inhibited', title: 'Held back by another alert' },
];

/** Every alert of everything that is open, with its place on the map or why it has none. */
export function AlertsDialog() {
  const listed = useAlertDialogs((state) => state.listed);
  if (!listed) return null;
  return (
    <Dialog title="Alerts" onClose={closeAlertDialogs} widthPx={760}>
      <Body />
      <DialogActions>
        <Button tone="primary" onPress={closeAlertDialogs} autoFocus>
          Close
        </Button>
      </DialogActions>
    </Dialog>
  );
}

function Body() {
  const { board, problem } = useAlertStore();
  if (board === null)
    return problem === null ? (
      <Reading />
    ) : (
      <p className="alertsNone" role="alert">
        {plainText(problem)} It is tried again.
      </p>
    );
  const { alerts, problems } = board;
  const shown = alerts.slice(0, most);
  const missed = problem === null ? problems : [...problems, `Not being read any more: ${problem}`];
  const empty = alerts.length === 0 ? emptyWords(board) : '';
  return (
    <>
      {empty === null && <Reading />}
      {empty !== null && empty !== '' && (
        <p className="alertsNone muted" role="status">
          {empty}
        </p>
      )}
      {groups.map(({ phase, title }) => (
        <Group key={phase} title={title} alerts={shown.filter((alert) => alert.phase === phase)} />
      ))}
      {alerts.length > most && <p className="muted">and {formatCount(alerts.length - most, 'more alert')}</p>}
      {missed.map((text) => (
        <p key={text} className="toneWarn">
          {plainText(text, 300)}
        </p>
      ))}
    </>
  );
}

function Reading() {
  return (
    <p className="alertsNone" role="status">
      <span className="spinner" aria-hidden="true" /> Reading alerts…
    </p>
  );
}

function Group({ title, alerts }: { readonly title: string; readonly alerts: readonly Alert[] }) {
  if (alerts.length === 0) return null;
  return (
    <section aria-label={title}>
      <h3 className="sectionTitle alertsGroup">{title}</h3>
      <ul className="alerts" aria-label={title}>
        {alerts.map((alert) => (
          <AlertLine key={alert.id} alert={alert} withPlace />
        ))}
      </ul>
    </section>
  );
}
