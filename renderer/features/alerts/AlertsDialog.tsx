import './alerts.css';
import type { Alert, AlertBoard, AlertPhase } from '../../../shared/model/alert.ts';
import { useAlertStore } from '../../live/alerts.ts';
import { closeAlertDialogs, useAlertDialogs } from '../../state/alerts.ts';
import { BoardDialog, BoardWaiting } from '../../ui/BoardDialog.tsx';
import { formatCount } from '../../ui/format.ts';
import { AlertLine } from './AlertLine.tsx';
import { emptyWords } from './alertWords.ts';

const most = 200;
const waiting = 'Reading alerts…';
const groups: readonly { readonly phase: AlertPhase; readonly title: string }[] = [
  { phase: 'firing', title: 'Firing' },
  { phase: 'pending', title: 'Pending: true, and not for long enough yet' },
  { phase: 'silenced', title: 'Silenced' },
  { phase: 'inhibited', title: 'Held back by another alert' },
];

/** Every alert of everything that is open, with its place on the map or why it has none. */
export function AlertsDialog() {
  const listed = useAlertDialogs((state) => state.listed);
  const { board, problem } = useAlertStore();
  if (!listed) return null;
  return (
    <BoardDialog
      title="Alerts"
      widthPx={760}
      board={board}
      problem={problem}
      waiting={waiting}
      onClose={closeAlertDialogs}
    >
      {(read) => <Groups board={read} />}
    </BoardDialog>
  );
}

function Groups({ board }: { readonly board: AlertBoard }) {
  const { alerts } = board;
  const shown = alerts.slice(0, most);
  const empty = alerts.length === 0 ? emptyWords(board) : '';
  return (
    <>
      {empty === null && <BoardWaiting words={waiting} />}
      {empty !== null && empty !== '' && (
        <p className="boardNote muted" role="status">
          {empty}
        </p>
      )}
      {groups.map(({ phase, title }) => (
        <Group key={phase} title={title} alerts={shown.filter((alert) => alert.phase === phase)} />
      ))}
      {alerts.length > most && <p className="muted">and {formatCount(alerts.length - most, 'more alert')}</p>}
    </>
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
