import './alerts.css';
import { useAlertStore } from '../../live/alerts.ts';
import { listAlerts } from '../../state/alerts.ts';
import { Button } from '../../ui/Button.tsx';
import { buttonWords } from './alertWords.ts';

/** The way to all alerts, with how many fire; nothing while there are none of any kind and every source says so. */
export function AlertsButton() {
  const words = useAlertStore(({ board, problem }) => buttonWords(board, problem));
  return words === null ? null : <Button onPress={listAlerts}>{words}</Button>;
}
