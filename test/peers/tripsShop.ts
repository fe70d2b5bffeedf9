import { request } from 'node:http';
import { serviceId } from '../../shared/analysis/entityIds.ts';
import type { Plan } from '../../shared/model/plan.ts';
import type { OperationRecord } from '../../shared/model/record.ts';
import type { HeldTrip, TripMechanism } from '../../shared/model/trip.ts';
import { until } from '../conformance/cluster.ts';
import { type ConsoleUnderTest, openConsole } from './console.ts';
import type { PeersCoordinates } from './coordinates.ts';
import { clientFor } from './measure.ts';
import { virtualServicePath } from './payment.ts';
import { waitFor } from './start/processes.ts';

/** What a caller got: the status, and the service whose program answered; null where none did. */
export interface Answer {
  readonly status: number;
  readonly by: string | null;
  readonly body: string;
}

/** Asks as a new caller would, over a connection of its own: one that is open keeps its old policies while it is drained. */
export function ask(url: string, host: string, path = '/pay'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      new URL(path, url),
      { headers: { host }, agent: false, signal: AbortSignal.timeout(10_000) },
      (incoming) => {
        let body = '';
        incoming.on('data', (chunk: Buffer) => (body += chunk.toString('utf8')));
        incoming.on('error', reject);
        incoming.on('end', () => resolve({ status: incoming.statusCode ?? 0, by: answeredBy(body), body }));
      },
    );
    outgoing.on('error', reject);
    outgoing.end();
  });
}

function answeredBy(body: string): string | null {
  try {
    return (JSON.parse(body) as { app?: string }).app ?? null;
  } catch {
    return null;
  }
}

/** Asks both proxies for payment: the gateway, and order's sidecar. */
export async function askBoth({ envoys }: PeersCoordinates, host = 'payment.shop.svc.cluster.local') {
  if (envoys === null) throw new Error('this run has no mesh');
  return { edge: await ask(envoys.edge.url, host), order: await ask(envoys.order.url, host) };
}

/** Waits until ten answers in a row of each proxy are as expected: no request follows the old routes any more. */
export async function waitForAnswers(
  peers: PeersCoordinates,
  what: string,
  expected: { edge: (answer: Answer) => boolean; order: (answer: Answer) => boolean },
): Promise<void> {
  await waitFor(what, { limitMs: 15_000 }, async () => {
    for (let i = 0; i < 10; i += 1) {
      const { edge, order } = await askBoth(peers);
      if (!expected.edge(edge) || !expected.order(order)) return false;
    }
    return true;
  });
}

export const served = ({ status, by }: Answer): boolean => status === 200 && by === 'payment';
export const refused = ({ status, body }: Answer): boolean => status === 503 && body === 'fault filter abort';

const areLive =
  (names: readonly string[]) =>
  (state: { sources: readonly { connector: string; state: string }[] }): boolean =>
    names.every((name) =>
      state.sources.some((source) => source.connector === name && source.state === 'live'),
    );

/** A console on the shop, with what trips need of it. */
export interface TripConsole extends AsyncDisposable {
  readonly console: ConsoleUnderTest;
  plan(
    callee: string,
    mechanism: TripMechanism,
    more?: { caller?: string; forSeconds?: number },
  ): Promise<Plan>;
  /** Applies a plan with everything acknowledged that it asks for; gives the record once it is written or failed. */
  apply(plan: Plan): Promise<OperationRecord>;
  /** The record once the traffic has decided. */
  measured(id: string): Promise<OperationRecord>;
  end(operationId: string): Promise<OperationRecord>;
  held(expected: (trips: readonly HeldTrip[]) => boolean): Promise<readonly HeldTrip[]>;
  planEnd(trip: HeldTrip): Promise<Plan>;
}

/** Opens the shop unlocked, once these sources are there. */
export async function openTrips(
  peers: PeersCoordinates,
  { context = 'admin', sources = ['istio', 'prometheus'] } = {},
): Promise<TripConsole> {
  const console = await openConsole(peers);
  const { client } = console;
  const { id: connectionId } = await console.open(context, {}, areLive(sources));
  await client.connections.unlock({ id: connectionId });
  const targetOf = (callee: string, caller?: string) => ({
    calleeId: serviceId(connectionId, 'shop', callee),
    host: `${callee}.shop.svc.cluster.local`,
    caller:
      caller === undefined
        ? null
        : { id: serviceId(connectionId, 'shop', caller), namespace: 'shop', name: caller },
  });
  async function apply(plan: Plan): Promise<OperationRecord> {
    const { operationId } = await client.operations.apply({
      planId: plan.id,
      reason: 'proving trips',
      ticked: plan.guards.filter(({ verdict }) => verdict === 'tick').map(({ id }) => id),
      typedName: plan.serviceName,
    });
    return console.follow(operationId, ({ state }) => state !== 'writing' && state !== 'unknown');
  }
  return {
    console,
    plan: (callee, mechanism, { caller, forSeconds = 300 } = {}) =>
      client.operations.plan({
        operation: { kind: 'trip', connectionId, call: targetOf(callee, caller), mechanism, forSeconds },
      }),
    apply,
    measured: (id) =>
      console.follow(
        id,
        ({ rungs }) => rungs.some(({ rung, state }) => rung === 'measured' && state !== 'waiting'),
        120_000,
      ),
    end: async (operationId) => apply(await client.operations.planUndo({ operationId })),
    held: (expected) =>
      until(
        async function* (signal) {
          yield* await client.trips.watch(undefined, { signal });
        },
        expected,
        20_000,
      ),
    planEnd: ({ id }) =>
      client.operations.plan({ operation: { kind: 'endTrip', connectionId, tripId: id, serviceId: null } }),
    [Symbol.asyncDispose]: () => console[Symbol.asyncDispose](),
  };
}

/** Takes away every trip's trace, so that the next test starts from the shop as it is. */
export async function clearTrips(peers: PeersCoordinates): Promise<void> {
  const admin = clientFor(peers, 'admin');
  const { body } = await admin.call(virtualServicePath);
  const { spec, metadata } = body as {
    spec: { http: { name?: string }[] };
    metadata: { annotations?: Record<string, string> };
  };
  const http = spec.http.filter(({ name }) => name?.startsWith('podium-trip-') !== true);
  if (http.length === spec.http.length && metadata.annotations === undefined) return;
  await admin.call(virtualServicePath, {
    method: 'PATCH',
    body: { metadata: { annotations: null }, spec: { http } },
    contentType: 'application/merge-patch+json',
  });
}
