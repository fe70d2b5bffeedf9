// Everything here runs against a simulator that was made from Nacos' documentation: no Nacos server was available to prove it.
import { randomUUID } from 'node:crypto';
import type { ConnectorHost, Session } from '../../shared/connectors/kit/connector.ts';
import { nacos } from '../../shared/connectors/nacos/connector.ts';
import type { EditDocument } from '../../shared/model/operation.ts';
import { type NacosOptions, type SimulatedNacos, simulateNacos } from '../stand-ins/nacos/server.ts';
import { hostOf, until } from './cluster.ts';
import type { PaymentUnderTest } from './payment.ts';
import { quickClock } from './simulatedSpring.ts';

export const versions = ['3.0.2', '2.4.3'] as const;
export const admin = { user: 'nacos', password: 'hunter2-and-more' };
export const signal = AbortSignal.timeout(60_000);

export const settingsOf = ({ port }: SimulatedNacos, more: object = {}) =>
  nacos.settings.parse({ address: `http://127.0.0.1:${port}`, ...more });

export const openNacos = (
  simulated: SimulatedNacos,
  more: object = {},
  clock: ConnectorHost['clock'] = quickClock,
): Promise<Session> => nacos.open(settingsOf(simulated, more), hostOf({}, clock));

/** What a session must have here. */
export const need = <T>(found: T | undefined): T => {
  if (found === undefined) throw new Error('the session has it not');
  return found;
};

export const only = <T>(all: readonly T[]): T => need(all.length === 1 ? all[0] : undefined);

/** Payment in two versions, v1 on two instances, and a configuration of it. */
export async function startShop(options: NacosOptions = {}): Promise<SimulatedNacos> {
  const simulated = await simulateNacos(options);
  const register = (port: number, version: string) =>
    simulated.register({ service: 'payment', ip: '10.0.0.1', port, version, metadata: { team: 'money' } });
  register(8080, 'v1');
  register(8081, 'v1');
  register(8082, 'v2');
  publish(simulated, 'payment.yaml', 'limit: 10\n', 'yaml');
  return simulated;
}

export const nameOf = (dataId: string) => ({ namespaceId: 'public', group: 'DEFAULT_GROUP', dataId });

export function publish(simulated: SimulatedNacos, dataId: string, content: string, type = 'text'): void {
  const about = { type, desc: 'kept as it is', configTags: 'money', appName: 'shop' };
  simulated.publish(nameOf(dataId), { content, ...about }, 'somebody');
}

export const storedOf = (simulated: SimulatedNacos, dataId: string) =>
  simulated.configs.get(JSON.stringify(Object.values(nameOf(dataId))));

export const readDocuments = (session: Session, name = 'payment') =>
  need(session.configuration).read({ namespace: 'default', name, hosts: [] }, signal);

export async function documentOf(session: Session, dataId: string) {
  const found = (await readDocuments(session)).find(({ entries }) => entries[0]?.key === dataId);
  if (found === undefined) throw new Error(`${dataId} is not payment's`);
  return found;
}

export const edited = (
  { document, revision }: Pick<EditDocument, 'document' | 'revision'>,
  text: string,
): EditDocument => ({
  kind: 'editDocument',
  connectionId: document.connectionId,
  serviceId: null,
  document,
  revision,
  edit: { kind: 'yaml', text },
  restart: [],
});

export const topologyWith = (session: Session, instances: number) =>
  until(
    (stop) => need(session.topology).watch(stop, () => undefined),
    (seen) => seen.instances.length === instances,
  );

/** The first version's view, once the session has read what is registered. */
export async function firstVersion(session: Session) {
  await topologyWith(session, 3);
  const views = await need(session.workloads).read(
    { namespace: 'default', name: 'payment', hosts: [] },
    signal,
  );
  const found = views.find(({ version }) => version === 'v1');
  if (found === undefined) throw new Error('v1 is not there');
  return found;
}

export async function standing(session: Session, instance: string, verb: 'drain' | 'putBack') {
  const { ref } = await firstVersion(session);
  return {
    kind: 'changeWorkload',
    connectionId: 'conformance',
    serviceId: null,
    workload: ref,
    revision: '',
    action: { verb, instance },
  } as const;
}

export async function startPayment(version: string): Promise<PaymentUnderTest> {
  const simulated = await simulateNacos({ version });
  const service = `payment-${randomUUID().slice(0, 8)}`;
  const register = (name: string, port: number, of: string) =>
    simulated.register({ service: name, ip: '10.0.0.1', port, version: of, metadata: { team: 'money' } });
  register(service, 1, 'v1');
  register(service, 2, 'v1');
  register(service, 3, 'v2');
  const session = await openNacos(simulated);
  const noWeights = (): never => {
    throw new Error('Nacos divides no calls');
  };
  return {
    topology: session,
    weights: session,
    namespace: 'default',
    service,
    workloads: { v1: `${service} v1`, v2: `${service} v2` },
    host: service,
    isSplit: () => false,
    written: noWeights,
    annotate: noWeights,
    breakV2: noWeights,
    stopV2: () => Promise.resolve(simulated.deregister(service, '10.0.0.1', 3)),
    addService: (name) => Promise.resolve(register(name, 4, 'v1')),
    removeService: (name) => Promise.resolve(simulated.deregister(name, '10.0.0.1', 4)),
    async [Symbol.asyncDispose]() {
      await session[Symbol.asyncDispose]();
      await simulated[Symbol.asyncDispose]();
    },
  };
}
