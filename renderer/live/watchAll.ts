import { watchAlerts } from './alerts.ts';
import { watchAway } from './away.ts';
import { watchCanaries } from './canaries.ts';
import { watchConnections } from './connections.ts';
import { watchFindings } from './findings.ts';
import { watchForwards } from './forwards.ts';
import { watchHoldings } from './holdings.ts';
import { watchRoutes } from './routes.ts';
import { watchSplits } from './splits.ts';
import { watchTopology } from './topology.ts';
import { watchTrips } from './trips.ts';

/** Listens to everything that is always shown, until the returned function is called; figures have a window of their own. */
export function watchAll(): () => void {
  const stops = [
    watchConnections(),
    watchTopology(),
    watchSplits(),
    watchTrips(),
    watchHoldings(),
    watchRoutes(),
    watchCanaries(),
    watchFindings(),
    watchForwards(),
    watchAlerts(),
    watchAway(),
  ];
  return () => stops.forEach((stop) => stop());
}
