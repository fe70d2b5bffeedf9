import './alerts.css';
import { useAlertStore } from '../../live/alerts.ts';
import { listAlerts } from '../../state/alerts.ts';
import { Button } from '../../ui/Button.tsx';
import { formatCount } from '../../ui/format.ts';

/** The way to all alerts, with how many fire; nothing while there are none of any kind. */
export function AlertsButton() {
  const all = useAlertStore(({ board }) => board?.alerts.length ?? 0);
  const firing = useAlertStore(
    ({ board }) => board?.alerts.filter(({ phase }) => phase === 'firing').length ?? 0,
  );
  if (all === 0) return null;
  return <Button onPress={listAlerts}>{firing === 0 ? 'Alerts' : formatCount(firing, 'alert')}</Button>;
}
