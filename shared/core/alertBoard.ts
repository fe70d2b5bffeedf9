import { placeAlert } from '../analysis/placeAlert.ts';
import type { AlertSource, AlertsObservation } from '../connectors/kit/alerts.ts';
import type { Alert, AlertBoard, AlertObservation } from '../model/alert.ts';
import type { LiveConnection } from './liveConnection.ts';
import type { OneMap } from './oneMap.ts';
import type { World } from './world.ts';

/** What one source of alerts said last, and whether it still answers. */
export interface KnownAlerts {
  readonly id: string;
  readonly connection: LiveConnection;
  readonly source: AlertSource;
  /** Null before it answered for the first time. */
  last: AlertsObservation | null;
  /** When it answered last. */
  asOf: number | null;
  /** Why it does not answer now. */
  problem: string | null;
}

interface BoardParts {
  readonly world: World;
  readonly oneMap: OneMap;
}

/** So many of one source are told of; nobody reads more. */
const mostShown = 500;
/** Older than three looks: nobody looked meanwhile, or no answer came. */
const oldMs = 30_000;

/** Whether what it said last is all that is known of it. */
export const isSilent = ({ problem, asOf }: KnownAlerts, now: number): boolean =>
  problem !== null || (asOf !== null && now - asOf > oldMs);

/** All that is known now, worst first. What a silent source said last stands as of then. */
export function boardOf(known: readonly KnownAlerts[], parts: BoardParts, now: number): AlertBoard {
  const cut: string[] = [];
  const alerts = known.flatMap((one) => {
    const asOf = isSilent(one, now) ? one.asOf : null;
    const own = (one.last?.alerts ?? [])
      .filter((alert) => one.source.gathers || !isGathered(alert, one.connection, known, now))
      .sort((a, b) => phases.indexOf(a.phase) - phases.indexOf(b.phase));
    const left = own.length - mostShown;
    if (left > 0)
      cut.push(`${one.connection.title}: ${left} more alerts are not shown; those that fire come first.`);
    return own.slice(0, mostShown).map((alert) => placedAlert(alert, one, asOf, parts));
  });
  return {
    alerts: alerts.sort(byWeight),
    sources: known
      .filter(({ last }) => last?.hasRules !== false)
      .map((one) => ({
        id: one.id,
        title: one.source.source,
        state: isSilent(one, now) ? 'silent' : one.last === null ? 'asked' : 'answers',
      })),
    problems: known
      .flatMap(({ connection, problem, last }) => [
        ...(problem === null ? [] : [problem]),
        ...(last?.problems ?? []).map((text) => `${connection.title}: ${text}`),
      ])
      .concat(cut),
  };
}

/**
 * What a Prometheus found is told by the Alertmanager of the same connection, with what became of it. Another connection's may
 * hold alerts of the same labels that are others, and one that is silent does not know any more what is held back.
 */
function isGathered(
  alert: AlertObservation,
  connection: LiveConnection,
  known: readonly KnownAlerts[],
  now: number,
): boolean {
  return known.some(
    (one) =>
      one.connection === connection &&
      one.source.gathers &&
      one.last?.alerts.some(
        (other) => isOf(alert, other) && (other.phase === 'firing' || !isSilent(one, now)),
      ),
  );
}

/** Rulers add labels of their own on the way to an Alertmanager, and take none away. */
function isOf(alert: AlertObservation, gathered: AlertObservation): boolean {
  return Object.entries(alert.labels).every(([name, value]) => gathered.labels[name] === value);
}

function placedAlert(
  alert: AlertObservation,
  { source, connection, id }: KnownAlerts,
  asOf: number | null,
  { world, oneMap }: BoardParts,
): Alert {
  const others = [...world.connections.open.values()].filter((one) => one !== connection);
  const own = placeAlert(alert.labels, connection.topology());
  const elsewhere =
    own === null ? others.flatMap((one) => placeAlert(alert.labels, one.topology()) ?? []) : [];
  // Of two clusters with a service of that name nobody can tell whose it is.
  const nodes = new Set(elsewhere.map(({ serviceId }) => oneMap.faces().primaryOf(serviceId)));
  const place = own ?? (nodes.size === 1 ? (elsewhere[0] ?? null) : null);
  return {
    ...alert,
    id: `${id} ${alert.key}`,
    connectionId: connection.id,
    sourceId: id,
    source: source.source,
    asOf,
    silenceable: source.gathers,
    serviceId: place === null ? null : oneMap.faces().primaryOf(place.serviceId),
    placed:
      place !== null
        ? `by its ${place.by}`
        : nodes.size > 1
          ? 'services of several clusters are meant by its labels'
          : 'its labels name no service of the map',
  };
}

const phases: readonly Alert['phase'][] = ['firing', 'pending', 'silenced', 'inhibited'];
const severities = ['critical', 'page', 'error', 'warning', 'info', 'none'];

/** Firing first, then by severity, then the newest. */
function byWeight(a: Alert, b: Alert): number {
  const severity = ({ severity: one }: Alert): number => {
    const place = severities.indexOf(one?.toLowerCase() ?? '');
    return place < 0 ? 3 : place;
  };
  return (
    phases.indexOf(a.phase) - phases.indexOf(b.phase) ||
    severity(a) - severity(b) ||
    (b.since ?? 0) - (a.since ?? 0) ||
    (a.id < b.id ? -1 : 1)
  );
}
