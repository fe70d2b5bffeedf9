import type { Connector } from '../connectors/kit/connector.ts';
import { createAlertReader } from './alerts.ts';
import { createAsking } from './asking.ts';
import { failingNow } from './failingNow.ts';
import { callersOf } from './callers.ts';
import { createConnections } from './connections.ts';
import { createForwards } from './forwards/forwards.ts';
import { createJournal } from './journal.ts';
import { climb } from './ladder.ts';
import type { LiveConnection } from './liveConnection.ts';
import type { WatchRequest, WatchState } from '../model/watch.ts';
import { createOperations } from './operations.ts';
import type { KeptPlan } from './plans.ts';
import { tellNews } from './news.ts';
import { leaveNotes } from './notes.ts';
import { createOneMap } from './oneMap.ts';
import type { Ports } from './ports.ts';
import { createRepositories } from './repositories/repositories.ts';
import { reopenHeld } from './reopen.ts';
import { resumeOperations } from './resume.ts';
import { beginWatch } from './returns/beginWatch.ts';
import { createReturns } from './returns/returns.ts';
import { createRouter, type ConsoleRouter } from './router.ts';
import { thresholdsOf } from './serviceVerdict.ts';
import { createSettingsKeeper } from './settings.ts';
import { createWebhook } from './webhook/webhook.ts';
import { createWorld, defaultWindowSeconds } from './world.ts';

/** The console: a value that a host serves over whatever transport it has. */
export interface Console extends AsyncDisposable {
  readonly router: ConsoleRouter;
  /** Asked by the host once, when it starts: opens again what an earlier run left something to end on. */
  reopenHeld(): Promise<void>;
}

/**
 * Puts the console together. Connectors report observations and offer controls; the console folds the ones into one map and
 * takes the others through plan, review, apply and verify. It opens nothing before it is asked to.
 */
export async function createConsole(
  connectors: readonly Connector<unknown>[],
  ports: Ports,
): Promise<Console> {
  const settings = await createSettingsKeeper(ports);
  const journal = createJournal(ports);
  const connections = createConnections(connectors, settings, ports);
  const world = createWorld(connections, settings, ports);
  const oneMap = createOneMap(world, settings);
  const operations = createOperations(
    {
      connection: (id) => connections.open.get(id),
      signals: (connection) => world.latest(connection),
      serviceOf(split) {
        // One cluster may be open by two contexts, and then holds each split twice.
        const shown = world
          .splits()
          .find(({ id, connectionId }) => id === split.id && connectionId === split.connectionId);
        return shown?.serviceId == null ? null : (world.service(shown.serviceId) ?? null);
      },
      service: (id) => world.service(id) ?? null,
      callersOf: (service) => callersOf(oneMap, service),
      health: () => settings.current.health,
      follow: (record, connection) => followOnce(record, connection),
      beginWatch: (kept, request) => beginWatchOn(kept, request),
    },
    journal,
    ports,
  );

  const forwards = createForwards({ world, oneMap, connections, ports });
  const followed = new Set<string>();
  const service = (id: string) => world.service(id) ?? null;
  leaveNotes({ journal, settings, ports, connection: (id) => connections.open.get(id), service });
  const webhook = createWebhook({ journal, settings, ports, service });
  const minimumCalls = (id: string | null) => thresholdsOf(id ?? '', settings.current.health).minimumCalls;

  function beginWatchOn({ plan, connection }: KeptPlan, request: WatchRequest): Promise<WatchState> {
    const { serviceId } = plan;
    const toWatch = {
      plan,
      connection,
      service: serviceId === null ? null : service(serviceId),
      minimumCalls: minimumCalls(serviceId),
    };
    return beginWatch(request, toWatch, ports);
  }

  async function followOnce(record: Parameters<typeof climb>[0], connection: LiveConnection): Promise<void> {
    if (followed.has(record.id)) return;
    followed.add(record.id);
    await climb(record, connection, journal, ports).finally(() => followed.delete(record.id));
  }

  const resume = resumeOperations(
    connections,
    journal,
    ports,
    (record, connection) => void followOnce(record, connection),
    (id) => followed.has(id) || operations.isUnderway(id),
  );

  const returns = createReturns({
    ready: resume.closed,
    connections,
    journal,
    operations,
    ports,
    service,
    minimumCalls,
    split: (connectionId, splitId) =>
      connections.open.get(connectionId)?.splits.find(({ id }) => id === splitId),
    holdFigures: () => world.holdAll(defaultWindowSeconds, 'deciding'),
  });

  const alerts = createAlertReader({ world, oneMap, ports });
  const news = tellNews({
    ports,
    settings,
    journal,
    connections: () => connections.open.values(),
    failing: () => failingNow(world, ports.clock.now()),
    holdings: (signal) => returns.watchHoldings(signal),
    canaries: (signal) => returns.watchCanaries(signal),
    alerts: (signal) => alerts.watch(signal),
  });

  return {
    router: createRouter({
      alerts,
      asking: createAsking({ world, oneMap }, journal, () => returns.ledger.all(), ports.clock),
      connections,
      forwards,
      journal,
      oneMap,
      operations,
      ports,
      repositories: createRepositories(ports),
      returns,
      settings,
      webhook,
      world,
    }),
    reopenHeld: () => reopenHeld(connections, journal, ports),
    async [Symbol.asyncDispose]() {
      news[Symbol.dispose]();
      await forwards[Symbol.asyncDispose]();
      resume[Symbol.dispose]();
      returns[Symbol.dispose]();
      webhook[Symbol.dispose]();
      await connections[Symbol.asyncDispose]();
      world[Symbol.dispose]();
    },
  };
}
