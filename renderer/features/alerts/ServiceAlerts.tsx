import type { GraphService } from '../../../shared/model/graph.ts';
import { useAlertsOf } from '../../live/alerts.ts';
import { Section } from '../../ui/Section.tsx';
import { AlertLine } from './AlertLine.tsx';

const most = 20;

/** The alerts of one service; nothing while there are none. */
export function ServiceAlerts({ service }: { readonly service: GraphService }) {
  const alerts = useAlertsOf(service.id);
  if (alerts.length === 0) return null;
  return (
    <Section title="Alerts">
      <ul className="alerts" aria-label="Alerts">
        {alerts.slice(0, most).map((alert) => (
          <AlertLine key={alert.id} alert={alert} />
        ))}
      </ul>
      {alerts.length > most && <p className="muted">and {alerts.length - most} more, in the list of all</p>}
    </Section>
  );
}
