import { placeAlert } from '../analysis/placeAlert.ts';
import type { AlertSource } from '../connectors/kit/alerts.ts';
import { sayError } from '../connectors/kit/peerError.ts';
import type { Alert, AlertBoard, AlertObservation } from '../model/alert.ts';
import type { LiveConnection } from './liveConnection.ts';
import type { OneMap } from './oneMap.ts';
import type { Ports } from './ports.ts';
import type { World } from './world.ts';

const pauseMs = 10_000;
/** Sources are still being opened. */
const firstPauseMs = 1_000;

interface AlertsParts {
  readonly world: World;
  readonly oneMap: OneMap;
  readonly ports: Pick<Ports, 'clock'>;
}

/** All alerts of everything that is open, read again and again while somebody looks; silent while nothing changes. */
export async function* watchAlerts(
  parts: AlertsParts,
  signal: AbortSignal | undefined,
): AsyncGenerator<AlertBoard> {
  let told = '';
  while (signal?.aborted !== true) {
    const board = await readAlerts(parts, signal);
    const text = JSON.stringify(board);
    if (text !== told) yield board;
    told = text;
    try {
      await parts.ports.clock.sleep(board.sources.length === 0 ? firstPauseMs : pauseMs, signal);
    } catch {
      return;
    }
  }
}

/** One look at every source of alerts. */
export async function readAlerts(parts: AlertsParts, signal: AbortSignal | undefined): Promise<AlertBoard> {
  const connections = [...parts.world.connections.open.values()];
  const read = (await Promise.all(connections.map((connection) => readFrom(connection, signal)))).flat();
  const gathered = read.filter(({ source }) => source.gathers).flatMap(({ alerts }) => alerts);
  const alerts = read.flatMap(({ connection, source, alerts: own }) =>
    own
      // What a Prometheus found is told by the Alertmanager that it reports to, with what became of it.
      .filter((alert) => source.gathers || !gathered.some((other) => isOf(alert, other)))
      .map((alert) => placedAlert(alert, source, connection, parts)),
  );
  return {
    alerts: alerts.sort(byWeight),
    sources: read.map(({ source }) => source.source),
    problems: read.flatMap(({ problems }) => problems),
  };
}

interface ReadAlerts {
  readonly connection: LiveConnection;
  readonly source: AlertSource;
  readonly alerts: readonly AlertObservation[];
  readonly problems: readonly string[];
}

/** Of a connection with an Alertmanager that one alone; else each Prometheus for itself. */
async function readFrom(
  connection: LiveConnection,
  signal: AbortSignal | undefined,
): Promise<readonly ReadAlerts[]> {
  const all = connection.sources.flatMap(({ session }) => session.alerts ?? []);
  const gathering = all.filter(({ gathers }) => gathers);
  const limit = AbortSignal.any([connection.closed, ...(signal === undefined ? [] : [signal])]);
  return await Promise.all(
    (gathering.length > 0 ? gathering : all).map(async (source) => {
      try {
        const { alerts, problems } = await source.read(limit);
        return {
          connection,
          source,
          alerts,
          problems: problems.map((text) => `${connection.title}: ${text}`),
        };
      } catch (thrown) {
        const problems = limit.aborted ? [] : [sayError(thrown, `${connection.title}: reading alerts`)];
        return { connection, source, alerts: [], problems };
      }
    }),
  );
}

/** Rulers add labels of their own on the way to an Alertmanager, and take none away. */
function isOf(alert: AlertObservation, gathered: AlertObservation): boolean {
  return Object.entries(alert.labels).every(([name, value]) => gathered.labels[name] === value);
}

function placedAlert(
  alert: AlertObservation,
  source: AlertSource,
  connection: LiveConnection,
  { world, oneMap }: AlertsParts,
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
    id: `${connection.id} ${source.source} ${alert.key}`,
    connectionId: connection.id,
    source: source.source,
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
