import type { Session } from '../../shared/connectors/kit/connector.ts';
import type { IsolationControl, PlannedWrite } from '../../shared/connectors/kit/control.ts';
import type { EndTrip, Trip } from '../../shared/model/operation.ts';
import type { CallTarget, HeldTrip, TripMechanism } from '../../shared/model/trip.ts';
import { type ClusterUnderTest, createPayment, paths, until } from './cluster.ts';
import { signal } from './weights.ts';

export function isolationOf(session: Session): IsolationControl {
  if (session.isolation === undefined) throw new Error('the session has no isolation');
  return session.isolation;
}

export const callTo = (
  { namespace }: Pick<ClusterUnderTest, 'namespace'>,
  callee: string,
  caller?: string,
): CallTarget => ({
  calleeId: `conformance/${namespace}/${callee}`,
  host: `${callee}.${namespace}.svc.cluster.local`,
  caller: caller === undefined ? null : { id: `conformance/${namespace}/${caller}`, namespace, name: caller },
});

export const refuse: TripMechanism = { kind: 'refuse', status: 503 };

export const tripOf = (call: CallTarget, mechanism: TripMechanism = refuse): Trip => ({
  kind: 'trip',
  connectionId: 'conformance',
  call,
  mechanism,
  forSeconds: 300,
});

export const endOf = ({ id }: HeldTrip): EndTrip => ({
  kind: 'endTrip',
  connectionId: 'conformance',
  tripId: id,
  serviceId: null,
});

/** As the console applies a trip: with who, why and until when. */
export async function hold(
  control: IsolationControl,
  plan: PlannedWrite,
  operationId = 'op-1',
): Promise<PlannedWrite> {
  const at = Date.now();
  const stamp = { operationId, by: 'jo', reason: 'provider is down', at, until: at + 300_000 };
  const write = control.stamp?.(plan, stamp) ?? plan;
  await control.apply(write, signal);
  return write;
}

export const heldIn = (
  session: Session,
  expected: (trips: readonly HeldTrip[]) => boolean,
): Promise<readonly HeldTrip[]> =>
  until((stop) => isolationOf(session).watch(stop, () => undefined), expected);

export interface Document {
  readonly spec: { readonly http?: readonly Record<string, unknown>[] };
  readonly metadata: {
    readonly name: string;
    readonly labels?: unknown;
    readonly annotations?: Record<string, string>;
  };
}

export async function read(
  cluster: ClusterUnderTest,
  path = `${paths(cluster.namespace).virtualServices}/payment`,
): Promise<Document> {
  return (await cluster.call('GET', path)) as Document;
}

export const listed = async (cluster: ClusterUnderTest, path: string): Promise<readonly Document[]> =>
  ((await cluster.call('GET', path)) as { items: Document[] }).items;

/** What an undo must give back exactly; a peer keeps the rest of the metadata to itself. */
export const lasting = ({ spec, metadata: { labels, annotations } }: Document) => ({
  spec,
  labels,
  annotations,
});
export const nameOfFirst = ({ spec }: Document) => spec.http?.[0]?.['name'];

/** Payment in two versions, a caller with a sidecar, and inventory, which no VirtualService governs. */
export async function createShop(cluster: ClusterUnderTest): Promise<void> {
  const { namespace } = cluster;
  await createPayment(cluster);
  for (const app of ['order', 'inventory'])
    await cluster.call('POST', paths(namespace).services, {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: app, namespace },
      spec: { selector: { app }, ports: [{ name: 'http', port: 8080 }] },
    });
  await cluster.run({ app: 'order', version: 'v1', instances: 1, sidecar: true });
  await cluster.run({ app: 'inventory', version: 'v1', instances: 1, sidecar: true });
}
