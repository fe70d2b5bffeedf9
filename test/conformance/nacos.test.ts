// Everything here runs against a simulator that was made from Nacos' documentation: no Nacos server was available to prove it.
import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { connectors } from '../../shared/connectors/index.ts';
import type { ConnectorHost, Session } from '../../shared/connectors/kit/connector.ts';
import { nacos } from '../../shared/connectors/nacos/connector.ts';
import { serve } from '../../shared/rehearsal/spring/server.ts';
import type { EditDocument } from '../../shared/model/operation.ts';
import { type NacosOptions, type SimulatedNacos, simulateNacos } from '../stand-ins/nacos/server.ts';
import { anyTopology } from './anyTopology.ts';
import { hostOf, until } from './cluster.ts';
import type { PaymentUnderTest } from './payment.ts';
import { quickClock } from './simulatedSpring.ts';
import { eventually } from './spring.ts';

const versions = ['3.0.2', '2.4.3'] as const;
const admin = { user: 'nacos', password: 'hunter2-and-more' };
const signal = AbortSignal.timeout(60_000);

const settingsOf = ({ port }: SimulatedNacos, more: object = {}) =>
  nacos.settings.parse({ address: `http://127.0.0.1:${port}`, ...more });

const openNacos = (
  simulated: SimulatedNacos,
  more: object = {},
  clock: ConnectorHost['clock'] = quickClock,
): Promise<Session> => nacos.open(settingsOf(simulated, more), hostOf({}, clock));

/** What a session must have here. */
const need = <T>(found: T | undefined): T => {
  if (found === undefined) throw new Error('the session has it not');
  return found;
};

const only = <T>(all: readonly T[]): T => need(all.length === 1 ? all[0] : undefined);

/** Payment in two versions, v1 on two instances, and a configuration of it. */
async function startShop(options: NacosOptions = {}): Promise<SimulatedNacos> {
  const simulated = await simulateNacos(options);
  const register = (port: number, version: string) =>
    simulated.register({ service: 'payment', ip: '10.0.0.1', port, version, metadata: { team: 'money' } });
  register(8080, 'v1');
  register(8081, 'v1');
  register(8082, 'v2');
  publish(simulated, 'payment.yaml', 'limit: 10\n', 'yaml');
  return simulated;
}

const nameOf = (dataId: string) => ({ namespaceId: 'public', group: 'DEFAULT_GROUP', dataId });

function publish(simulated: SimulatedNacos, dataId: string, content: string, type = 'text'): void {
  const about = { type, desc: 'kept as it is', configTags: 'money', appName: 'shop' };
  simulated.publish(nameOf(dataId), { content, ...about }, 'somebody');
}

const storedOf = (simulated: SimulatedNacos, dataId: string) =>
  simulated.configs.get(JSON.stringify(Object.values(nameOf(dataId))));

const readDocuments = (session: Session, name = 'payment') =>
  need(session.configuration).read({ namespace: 'default', name, hosts: [] }, signal);

async function documentOf(session: Session, dataId: string) {
  const found = (await readDocuments(session)).find(({ entries }) => entries[0]?.key === dataId);
  if (found === undefined) throw new Error(`${dataId} is not payment's`);
  return found;
}

const edited = (
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

const topologyWith = (session: Session, instances: number) =>
  until(
    (stop) => need(session.topology).watch(stop, () => undefined),
    (seen) => seen.instances.length === instances,
  );

/** The first version's view, once the session has read what is registered. */
async function firstVersion(session: Session) {
  await topologyWith(session, 3);
  const views = await need(session.workloads).read(
    { namespace: 'default', name: 'payment', hosts: [] },
    signal,
  );
  const found = views.find(({ version }) => version === 'v1');
  if (found === undefined) throw new Error('v1 is not there');
  return found;
}

async function standing(session: Session, instance: string, verb: 'drain' | 'putBack') {
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

async function startPayment(version: string): Promise<PaymentUnderTest> {
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

for (const version of versions)
  anyTopology(`a simulator of Nacos ${version}, made from its documentation`, () => startPayment(version));

test('the connector is on the list and says of itself that it was proven on a simulator only', async () => {
  expect(connectors.map(({ id }) => id)).toContain('nacos');
  expect(nacos.caveat).toMatch(/simulator only.*no Nacos server was available/);
  await using shop = await startShop();
  await using session = await openNacos(shop);
  expect(session.warnings).toContain(nacos.caveat);
});

describe('opening', () => {
  test.each(versions)('asks which version it is and speaks its API: %s', async (version) => {
    await using shop = await startShop({ version, auth: admin });
    await using session = await openNacos(shop, admin);
    expect(session.peer).toEqual({ product: 'Nacos', version });
    expect(Object.keys(session)).toEqual(expect.arrayContaining([...nacos.capabilities]));
    expect(shop.asked[0]).toBe('GET /nacos/v3/admin/core/state');
  });

  test('tells the console of Nacos 3 from its API, and where that is', async () => {
    await using console = await serve(({ path }) =>
      path === '/v3/console/server/state'
        ? { status: 200, body: { version: '3.0.2', server_port: '8848', function_mode: null } }
        : { status: 404 },
    );
    const settings = nacos.settings.parse({ address: `http://127.0.0.1:${console.port}/` });
    await expect(nacos.open(settings, hostOf())).rejects.toMatchObject({
      kind: 'notThePeer',
      message: expect.stringMatching(
        /is the console of Nacos 3\.0\.2.*port 8848 of the server, below \/nacos/,
      ) as unknown,
    });
  });

  test.each([
    ['a captive portal', { status: 200, body: '<html>' }, 'notThePeer'],
    ['nothing', { status: 404 }, 'notThePeer'],
    ['a proxy that asks for a login', { status: 401 }, 'forbidden'],
    ['an older Nacos', { status: 200, body: { version: '2.1.0' } }, 'refused'],
    ['a newer Nacos', { status: 200, body: { code: 0, data: { version: '4.0.0' } } }, 'refused'],
    ['a version that is none', { status: 200, body: { version: '<script>' } }, 'notThePeer'],
  ] as const)('refuses in words what answers as %s', async (_name, answer, kind) => {
    await using other = await serve(() => answer);
    const settings = nacos.settings.parse({ address: `http://127.0.0.1:${other.port}` });
    await expect(nacos.open(settings, hostOf())).rejects.toMatchObject({ kind });
  });

  test('a path that was given is kept, and none means /nacos', async () => {
    await using shop = await startShop();
    const settings = nacos.settings.parse({ address: `http://127.0.0.1:${shop.port}/nacos` });
    await using session = await nacos.open(settings, hostOf({}, quickClock));
    expect((await topologyWith(session, 3)).services).toHaveLength(1);
  });

  test('a namespace that is not there is named with those that are', async () => {
    await using shop = await startShop();
    shop.namespaces.push({ id: '7a1f', title: 'staging' });
    await expect(openNacos(shop, { namespaces: ['prod'] })).rejects.toThrow(
      /knows no namespace with the id prod; it knows public, 7a1f \(staging\)/,
    );
  });

  test('a server that keeps configuration alone has no topology', async () => {
    await using shop = await startShop({ mode: 'config' });
    await using session = await openNacos(shop);
    expect(session.topology).toBeUndefined();
    expect((await need(session.configuration).search('limit', signal)).hits).toHaveLength(1);
  });

  test('the form takes what is typed and says what is missing', () => {
    const typed = { address: 'https://nacos.example.com:8848', namespaces: 'public, 7a1f-b' };
    expect(nacos.form?.parse(typed)).toEqual({
      address: typed.address,
      namespaces: ['public', '7a1f-b'],
    });
    const says = (values: object) => nacos.form?.safeParse(values).error?.issues[0]?.path[0];
    expect(says({ ...typed, password: 'x' })).toBe('user');
    expect(says({ ...typed, user: 'nacos' })).toBe('password');
    expect(says({ address: 'nacos.example.com' })).toBe('address');
    expect(says({ ...typed, namespaces: 'a/b' })).toBe('namespaces');
  });
});

describe.each(versions)('logging in to %s', (version) => {
  test('a wrong password is refused, and is in no message', async () => {
    await using shop = await startShop({ version, auth: admin });
    const error: unknown = await openNacos(shop, { user: 'nacos', password: 'correct-horse' }).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({ kind: 'unauthenticated' });
    expect(String(error)).not.toContain('correct-horse');
  });

  test('a token that is known no more is replaced once for all who asked, and is in no address', async () => {
    await using shop = await startShop({ version, auth: admin });
    let ahead = 0;
    const clock = { ...quickClock, now: () => quickClock.now() + ahead };
    await using session = await openNacos(shop, admin, clock);
    await topologyWith(session, 3);
    expect(shop.logins).toBe(1);
    ahead = 60_000;
    shop.expireTokens();
    const found = await Promise.all(Array.from({ length: 20 }, () => readDocuments(session)));
    expect(found.every((documents) => documents.length === 1)).toBe(true);
    expect(shop.logins).toBe(2);
    expect(shop.asked.join('\n')).not.toMatch(/token-number|hunter2/);
  });

  test('a token is replaced before it expires', async () => {
    await using shop = await startShop({ version, auth: { ...admin, ttlSeconds: 100 } });
    let ahead = 0;
    const clock = { ...quickClock, now: () => quickClock.now() + ahead };
    await using session = await openNacos(shop, admin, clock);
    ahead = 95_000;
    await readDocuments(session);
    expect(shop.logins).toBe(2);
  });

  test('what the server says of an error is told without the password or the token', async () => {
    await using shop = await startShop({ version, auth: admin });
    await using session = await openNacos(shop, admin);
    shop.instead = ({ path, headers }) =>
      path.endsWith('/namespace/list') || path.includes('/cs/')
        ? { status: 500, body: { code: 30000, message: `${admin.password} ${headers.authorization}` } }
        : undefined;
    const error: unknown = await need(session.configuration)
      .search('x', signal)
      .catch((thrown: unknown) => thrown);
    expect(String(error)).toContain('[secret]');
    expect(String(error)).not.toMatch(/hunter2|token-number/);
  });

  test('a configuration that holds the password is read as it is', async () => {
    await using shop = await startShop({ version, auth: admin });
    publish(shop, 'payment.properties', `password=${admin.password}`);
    await using session = await openNacos(shop, admin);
    await topologyWith(session, 3);
    expect((await documentOf(session, 'payment.properties')).yaml).toBe(`password=${admin.password}`);
  });

  test('without authorization whoever opens it is warned', async () => {
    await using shop = await startShop({ version });
    await using session = await openNacos(shop);
    expect(session.warnings.join(' ')).toMatch(/Authorization is off/);
    await using closed = await startShop({ version, auth: admin });
    await expect(openNacos(closed)).rejects.toMatchObject({ kind: 'forbidden' });
  });
});

describe('what is registered', () => {
  test('shows namespaces, groups and clusters, and why an instance gets no calls', async () => {
    await using shop = await startShop();
    shop.namespaces.push({ id: '7a1f', title: 'staging' });
    shop.register({ service: 'order', ip: '10.0.0.2', port: 1, namespaceId: '7a1f', group: 'SHOP' });
    shop.register({ service: 'order', ip: '10.0.0.2', port: 2, namespaceId: '7a1f', cluster: 'EAST' });
    shop.register({ service: 'stock', ip: '10.0.0.3', port: 1, healthy: false });
    shop.register({ service: 'stock', ip: 'fd00::1', port: 2, weight: 0 });
    await using session = await openNacos(shop);
    const seen = await topologyWith(session, 7);
    expect(seen.services.map(({ namespace, name, hosts }) => [namespace, name, hosts])).toEqual([
      ['staging', 'order', ['order']],
      ['default', 'payment', ['payment']],
      ['staging', 'SHOP@@order', ['SHOP@@order', 'order']],
      ['default', 'stock', ['stock']],
    ]);
    const told = seen.instances.map(({ name, node, ready, reason }) => [name, node, ready, reason]);
    expect(told).toContainEqual(['order 10.0.0.2:2 in EAST', 'cluster EAST', true, null]);
    expect(told).toContainEqual(['stock 10.0.0.3:1', null, false, 'Nacos calls it unhealthy']);
    expect(told).toContainEqual([
      'stock [fd00::1]:2',
      null,
      false,
      'its weight is 0, so that it gets no calls',
    ]);
  });

  test('tells clients’ names of a service, with its namespace and group', async () => {
    await using shop = await startShop();
    shop.namespaces.push({ id: '7a1f', title: 'staging' });
    shop.register({ service: 'order', ip: '10.0.0.2', port: 1, namespaceId: '7a1f', group: 'SHOP' });
    await using session = await openNacos(shop);
    await topologyWith(session, 4);
    const addresses = await need(session.addresses).read(
      { namespace: 'staging', name: 'SHOP@@order', hosts: [] },
      signal,
    );
    expect(addresses.map(({ text }) => text)).toEqual(['http://order/', 'lb://order', 'SHOP@@order']);
    expect(addresses[0]?.purpose).toMatch(/of namespace 7a1f and group SHOP .*1 of 1 instances/);
  });

  test('is read of the chosen namespaces and group alone', async () => {
    await using shop = await startShop();
    shop.namespaces.push({ id: '7a1f', title: 'staging' });
    shop.register({ service: 'order', ip: '10.0.0.2', port: 1, namespaceId: '7a1f', group: 'SHOP' });
    shop.register({ service: 'stock', ip: '10.0.0.2', port: 2, namespaceId: '7a1f' });
    await using session = await openNacos(shop, { namespaces: ['7a1f'], group: 'SHOP' });
    expect((await topologyWith(session, 1)).services.map(({ name }) => name)).toEqual(['SHOP@@order']);
  });

  test('is read page by page, and what does not fit is left out and counted', async () => {
    await using shop = await simulateNacos();
    for (let port = 1; port <= 620; port += 1)
      shop.register({ service: `service-${port}`, ip: '10.0.0.1', port });
    shop.instead = ({ path, query }) =>
      path.endsWith('/ns/instance/list') && query.get('serviceName') === 'service-7'
        ? {
            status: 200,
            body: {
              code: 0,
              message: 'success',
              data: [{ ip: '', port: 'x' }, { ip: 'a', healthy: 'yes' }, 7],
            },
          }
        : undefined;
    await using session = await openNacos(shop);
    const seen = await topologyWith(session, 619);
    expect(seen.services).toHaveLength(620);
    expect(seen.problems).toEqual(['3 instances are not told as Nacos should and are left out.']);
    expect(shop.asked.some((asked) => asked.includes('pageNo=2'))).toBe(true);
  });

  test('holds whatever was said in it: names are no paths, and prototypes stay as they are', async () => {
    await using shop = await simulateNacos();
    const name = '../../admin?x=1&y=<img src=x onerror=1>#/__proto__';
    shop.register({
      service: name,
      ip: '10.0.0.1',
      port: 80,
      metadata: JSON.parse('{"__proto__":{"polluted":1},"version":7,"team":"\\u202ecbs"}') as Record<
        string,
        unknown
      >,
    });
    await using session = await openNacos(shop);
    const seen = await topologyWith(session, 1);
    expect(seen.services[0]?.name).toBe(name);
    expect(seen.instances[0]?.version).toBeNull();
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    expect(shop.asked.every((asked) => /^GET \/(nacos\/)?v3\//.test(asked))).toBe(true);
  });

  test('that cannot be read any more is told as such, with what was read last', async () => {
    await using shop = await startShop();
    await using session = await openNacos(shop);
    const healths: boolean[] = [];
    const stop = new AbortController();
    const watching = (async () => {
      for await (const _ of need(session.topology).watch(stop.signal, ({ ok }) => healths.push(ok)));
    })();
    await eventually(
      () => healths.length,
      (count) => count > 1,
    );
    shop.instead = () => ({ status: 200, body: '<html>' });
    await eventually(
      () => healths.at(-1),
      (ok) => ok === false,
    );
    expect(await firstVersion(session)).toMatchObject({ readyReplicas: 2 });
    stop.abort();
    await watching.catch(() => undefined);
  });
});

describe.each(versions)('instances of %s', (version) => {
  const instance = 'payment 10.0.0.1:8080';

  test('are taken out of service with their weight kept, are shown so, and come back by undo', async () => {
    await using shop = await startShop({ version });
    shop.register({ service: 'payment', ip: '10.0.0.1', port: 8080, version: 'v1', weight: 2.5 });
    await using session = await openNacos(shop);
    const control = need(session.workloads);
    const operation = await standing(session, instance, 'drain');
    const plan = await control.plan(operation, signal);
    expect(plan.guards.map(({ id, verdict }) => [id, verdict])).toEqual([
      ['access', 'pass'],
      ['last-instance', 'pass'],
    ]);
    expect(plan.copies.curl).toContain('weight=2.5');
    const change = only(plan.changes);
    expect(await control.verify(change, signal)).toMatchObject({ state: 'before' });
    await control.apply(plan, signal);
    expect(await control.verify(change, signal)).toMatchObject({
      state: 'after',
      revision: 'disabled, weight 2.5',
    });
    await eventually(
      async () => (await firstVersion(session)).instances.find(({ name }) => name === instance),
      (one) => one?.drained !== null && one?.ready === false,
    );
    const proof = need(session.proof);
    expect(await proof.loaded(plan.expectation, 0, signal)).toMatchObject({
      state: 'unobservable',
      detail: expect.stringMatching(/leaves out payment/) as unknown,
    });
    const undo = await control.planUndo(operation, plan.changes, signal);
    await control.apply(undo, signal);
    expect(await control.verify(change, signal)).toMatchObject({ state: 'before' });
    await expect(control.planUndo(operation, plan.changes, signal)).rejects.toMatchObject({
      kind: 'refused',
    });
    await eventually(
      async () => (await firstVersion(session)).instances.find(({ name }) => name === instance),
      (one) => one?.drained === null && one.ready,
    );
  });

  test('that somebody else changed meanwhile are not written over', async () => {
    await using shop = await startShop({ version });
    await using session = await openNacos(shop);
    const control = need(session.workloads);
    const plan = await control.plan(await standing(session, instance, 'drain'), signal);
    const [service] = shop.services.keys();
    shop.setStanding(service ?? '', '10.0.0.1#8080#DEFAULT', { enabled: true, weight: 9 });
    await expect(control.apply(plan, signal)).rejects.toMatchObject({ kind: 'conflict' });
  });

  test('that register anew after Nacos forgot what was set are seen as lapsed', async () => {
    await using shop = await startShop({ version });
    await using session = await openNacos(shop);
    const control = need(session.workloads);
    const plan = await control.plan(await standing(session, instance, 'drain'), signal);
    await control.apply(plan, signal);
    const proof = need(session.proof);
    expect(await proof.loaded(plan.expectation, 0, signal)).toMatchObject({ state: 'unobservable' });
    const restart = (): void =>
      shop.register({ service: 'payment', ip: '10.0.0.1', port: 8080, version: 'v1' });
    shop.deregister('payment', '10.0.0.1', 8080);
    restart();
    // A quick restart changes nothing: Nacos keeps what was set for a while.
    expect(await proof.loaded(plan.expectation, 0, signal)).toMatchObject({ state: 'unobservable' });
    shop.deregister('payment', '10.0.0.1', 8080);
    shop.forgetTheGone();
    restart();
    expect(await proof.loaded(plan.expectation, 0, signal)).toMatchObject({
      state: 'contradicted',
      detail: expect.stringMatching(/registered anew/) as unknown,
    });
    const change = only(plan.changes);
    expect(await control.verify(change, signal)).toMatchObject({ state: 'before' });
  });

  test('are not restarted or scaled, and the last one asks for the service’s name', async () => {
    await using shop = await startShop({ version });
    shop.deregister('payment', '10.0.0.1', 8081);
    shop.deregister('payment', '10.0.0.1', 8082);
    shop.register({ service: 'other', ip: '10.0.0.9', port: 1 });
    shop.register({ service: 'other', ip: '10.0.0.9', port: 2 });
    await using session = await openNacos(shop);
    const control = need(session.workloads);
    const operation = await standing(session, instance, 'drain');
    const plan = await control.plan(operation, signal);
    expect(plan.guards.find(({ id }) => id === 'last-instance')?.verdict).toBe('typeName');
    await expect(control.plan({ ...operation, action: { verb: 'restart' } }, signal)).rejects.toMatchObject({
      kind: 'refused',
    });
  });
});

describe.each(versions)('configuration of %s', (version) => {
  const dataId = 'payment.yaml';

  test('is read by the names that clients look it up by, byte for byte', async () => {
    await using shop = await startShop({ version });
    const odd = 'a=1\r\n\tb = ü\u0000😀 &x=<y>+%41\r\n\r\n';
    publish(shop, 'payment-prod.properties', odd, 'properties');
    publish(shop, 'payment-gateway.yaml', 'a: 1', 'yaml');
    publish(shop, 'other.json', '{}', 'json');
    shop.register({ service: 'payment-gateway', ip: '10.0.0.5', port: 1, version: 'v1' });
    await using session = await openNacos(shop);
    await topologyWith(session, 4);
    const documents = await readDocuments(session);
    expect(documents.map(({ entries }) => entries[0]?.key).sort()).toEqual([
      'payment-prod.properties',
      dataId,
    ]);
    expect(documents.find(({ entries }) => entries[0]?.key !== dataId)).toMatchObject({
      kind: 'file',
      yaml: odd,
      readOnly: null,
    });
    expect((await readDocuments(session, 'payment-gateway')).map(({ yaml }) => yaml)).toEqual(['a: 1']);
  });

  test('is planned without a write, keeps all that goes with it, and is as before when undone', async () => {
    await using shop = await startShop({ version });
    await using session = await openNacos(shop);
    await topologyWith(session, 3);
    const control = need(session.config);
    const document = await documentOf(session, dataId);
    const operation = edited(document, 'limit: 20\n');
    const before = storedOf(shop, dataId);
    const plan = await control.plan(operation, signal);
    expect(storedOf(shop, dataId)).toEqual(before);
    expect(plan.guards.map(({ id, verdict }) => [id, verdict])).toEqual([
      ['access', 'pass'],
      ['changed', 'pass'],
      ['form', 'pass'],
    ]);
    const change = only(plan.changes);
    expect(await control.verify(change, signal)).toMatchObject({ state: 'before' });
    await control.apply(plan, signal);
    expect(await control.verify(change, signal)).toMatchObject({ state: 'after' });
    expect(storedOf(shop, dataId)).toMatchObject({
      content: 'limit: 20\n',
      type: 'yaml',
      desc: 'kept as it is',
      configTags: 'money',
      appName: 'shop',
      id: before?.id,
    });
    await control.apply(await control.planUndo(operation, plan.changes, signal), signal);
    expect(storedOf(shop, dataId)?.content).toBe('limit: 10\n');
    await expect(control.planUndo(operation, plan.changes, signal)).rejects.toMatchObject({
      kind: 'refused',
    });
  });

  test('M01 that somebody else changed in between is a conflict, and theirs stays', async () => {
    await using shop = await startShop({ version });
    await using session = await openNacos(shop);
    await topologyWith(session, 3);
    const control = need(session.config);
    const plan = await control.plan(edited(await documentOf(session, dataId), 'limit: 20\n'), signal);
    publish(shop, dataId, 'limit: 15\n', 'yaml');
    await expect(control.apply(plan, signal)).rejects.toMatchObject({ kind: 'conflict' });
    expect(storedOf(shop, dataId)?.content).toBe('limit: 15\n');
    const seen = only(plan.changes);
    const stale = await control.plan(edited(seen, 'limit: 20\n'), signal);
    expect(stale.guards.find(({ id }) => id === 'changed')?.verdict).toBe('tick');
  });

  test('M02 a fence that moved comes as HTTP 500 and is told as the conflict that it is', async () => {
    await using shop = await startShop({ version });
    await using session = await openNacos(shop);
    await topologyWith(session, 3);
    const control = need(session.config);
    const plan = await control.plan(edited(await documentOf(session, dataId), 'limit: 20\n'), signal);
    // Another writes after Podium read for the last time, and before its own write is looked at.
    shop.beforePublish = () => publish(shop, dataId, 'limit: 15\n', 'yaml');
    await expect(control.apply(plan, signal)).rejects.toMatchObject({
      kind: 'conflict',
      message: expect.stringMatching(/Nothing was written/) as unknown,
    });
    expect(storedOf(shop, dataId)?.content).toBe('limit: 15\n');
  });

  test('that was deleted is not made anew, and where it was deleted at the very last that is told', async () => {
    await using shop = await startShop({ version });
    await using session = await openNacos(shop);
    await topologyWith(session, 3);
    const control = need(session.config);
    const plan = await control.plan(edited(await documentOf(session, dataId), 'limit: 20\n'), signal);
    shop.beforePublish = () => shop.remove(nameOf(dataId));
    await control.apply(plan, signal);
    const change = only(plan.changes);
    expect(await control.verify(change, signal)).toMatchObject({
      state: 'else',
      detail: expect.stringMatching(/made it anew/) as unknown,
    });
    shop.beforePublish = () => undefined;
    shop.remove(nameOf(dataId));
    await expect(control.apply(plan, signal)).rejects.toMatchObject({
      kind: 'conflict',
      message: expect.stringMatching(/was deleted/) as unknown,
    });
    expect(storedOf(shop, dataId)).toBeUndefined();
  });

  test('keeps its line ends, and whatever bytes it is given', async () => {
    await using shop = await startShop({ version });
    publish(shop, 'payment.properties', 'a=1\r\nb=2\r\n', 'properties');
    await using session = await openNacos(shop);
    await topologyWith(session, 3);
    const control = need(session.config);
    const write = async (id: string, text: string): Promise<string | undefined> => {
      await control.apply(await control.plan(edited(await documentOf(session, id), text), signal), signal);
      return storedOf(shop, id)?.content;
    };
    expect(await write('payment.properties', 'a=1\nb=3\n')).toBe('a=1\r\nb=3\r\n');
    const odd = 'x: "ü 😀 +&=%25 \\u0001"\n\n\n# <y>\n';
    expect(await write(dataId, odd)).toBe(odd);
    await expect(write(dataId, '  \n')).rejects.toThrow(/keeps no empty/);
    await expect(write(dataId, odd)).rejects.toThrow(/holds that already/);
  });

  test('says what its type does not take, without refusing it', async () => {
    await using shop = await startShop({ version });
    publish(shop, 'payment.json', '{}', 'json');
    await using session = await openNacos(shop);
    await topologyWith(session, 3);
    const control = need(session.config);
    const plan = await control.plan(edited(await documentOf(session, 'payment.json'), '{'), signal);
    expect(plan.guards.find(({ id }) => id === 'form')).toMatchObject({
      verdict: 'tick',
      title: 'It is no json',
    });
  });

  test('has a history of who wrote what, from which a version is restored', async () => {
    await using shop = await startShop({ version });
    publish(shop, dataId, 'limit: 11\n', 'yaml');
    publish(shop, dataId, 'limit: 12\n', 'yaml');
    await using session = await openNacos(shop);
    await topologyWith(session, 3);
    const document = await documentOf(session, dataId);
    const versionsOf = await need(session.configuration).history(document.document, signal);
    expect(versionsOf.map(({ who, yaml, note }) => [who, yaml, note])).toEqual([
      ['somebody', 'limit: 12\n', null],
      ['somebody', 'limit: 11\n', null],
      ['somebody', 'limit: 10\n', 'it was made'],
    ]);
    const control = need(session.config);
    const restore = edited(document, versionsOf[2]?.yaml ?? '');
    await control.apply(await control.plan(restore, signal), signal);
    expect(storedOf(shop, dataId)?.content).toBe('limit: 10\n');
  });

  test('is found by a line or a name, and leads to the service that it is for', async () => {
    await using shop = await startShop({ version });
    await using session = await openNacos(shop);
    await topologyWith(session, 3);
    const { hits, problems } = await need(session.configuration).search('LIMIT', signal);
    expect(problems).toEqual([]);
    expect(hits).toMatchObject([{ key: dataId, line: 'limit: 10', services: ['default/payment'] }]);
    const document = await documentOf(session, dataId);
    expect(hits[0]?.document).toEqual(document.document);
  });

  test('that a plugin keeps encrypted is covered, found by its name alone, and not written', async () => {
    await using shop = await startShop({ version });
    publish(shop, 'cipher-aes-payment.yaml', 'password: correct-horse\n', 'yaml');
    await using session = await openNacos(shop);
    await topologyWith(session, 3);
    const document = await documentOf(session, 'cipher-aes-payment.yaml');
    expect(document).toMatchObject({ kind: 'secret', yaml: null, entries: [{ value: null }] });
    const source = need(session.configuration);
    expect((await source.search('horse', signal)).hits).toEqual([]);
    expect(JSON.stringify(await source.search('cipher', signal))).not.toContain('horse');
    expect(JSON.stringify(await source.history(document.document, signal))).not.toContain('horse');
    expect(await source.reveal(document.document, 'cipher-aes-payment.yaml', signal)).toContain(
      'correct-horse',
    );
    await expect(need(session.config).plan(edited(document, 'x'), signal)).rejects.toThrow(/encrypted/);
  });

  test('of another connection is not written', async () => {
    await using shop = await startShop({ version });
    await using session = await openNacos(shop);
    await topologyWith(session, 3);
    const control = need(session.config);
    const plan = await control.plan(edited(await documentOf(session, dataId), 'limit: 20\n'), signal);
    const changes = plan.changes.map((one) => ({
      ...one,
      document: { ...one.document, connectionId: 'elsewhere' },
    }));
    await expect(control.apply({ ...plan, changes }, signal)).rejects.toMatchObject({ kind: 'refused' });
  });
});

test('Nacos 3 tells how many of those who listen have what was written', async () => {
  await using shop = await startShop();
  await using session = await openNacos(shop);
  await topologyWith(session, 3);
  const control = need(session.config);
  const plan = await control.plan(edited(await documentOf(session, 'payment.yaml'), 'limit: 20\n'), signal);
  await control.apply(plan, signal);
  const change = only(plan.changes);
  const { md5 } = await import('../stand-ins/nacos/state.ts');
  shop.listeners.set(
    JSON.stringify(Object.values(nameOf('payment.yaml'))),
    new Map([
      ['10.0.0.1', md5('limit: 20\n')],
      ['10.0.0.2', md5('limit: 10\n')],
    ]),
  );
  expect((await control.verify(change, signal)).detail).toBe(
    'Read back as written. 1 of 2 clients that listen have it.',
  );
});

test('a version without a fence says so, and what was changed before the write is a conflict still', async () => {
  await using shop = await startShop({ version: '2.2.3' });
  await using session = await openNacos(shop);
  await topologyWith(session, 3);
  const control = need(session.config);
  const plan = await control.plan(edited(await documentOf(session, 'payment.yaml'), 'limit: 20\n'), signal);
  expect(plan.guards.find(({ id }) => id === 'fence')?.verdict).toBe('tick');
  publish(shop, 'payment.yaml', 'limit: 15\n', 'yaml');
  await expect(control.apply(plan, signal)).rejects.toMatchObject({ kind: 'conflict' });
});
