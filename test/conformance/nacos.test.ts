// Everything here runs against a simulator that was made from Nacos' documentation: no Nacos server was available to prove it.
import { describe, expect, test } from 'vitest';
import { connectors } from '../../shared/connectors/index.ts';
import { nacos } from '../../shared/connectors/nacos/connector.ts';
import { serve } from '../../shared/rehearsal/spring/server.ts';
import { simulateNacos } from '../stand-ins/nacos/server.ts';
import { anyTopology } from './anyTopology.ts';
import { hostOf } from './cluster.ts';
import { quickClock } from './simulatedSpring.ts';
import { eventually } from './springShop.ts';
import {
  admin,
  documentOf,
  firstVersion,
  need,
  openNacos,
  publish,
  readDocuments,
  signal,
  startPayment,
  startShop,
  topologyWith,
  versions,
} from './nacosShop.ts';

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

describe('an address that is not what it seems', () => {
  test('C08 a redirect is not followed, and the password goes nowhere else', async () => {
    await using away = await serve(() => ({ status: 200, body: {} }));
    await using first = await serve(({ path }) =>
      path.endsWith('/state')
        ? { status: 200, body: { code: 0, data: { version: '3.0.2' } } }
        : { status: 307, headers: { location: `http://127.0.0.1:${away.port}/login` } },
    );
    const settings = nacos.settings.parse({ address: `http://127.0.0.1:${first.port}`, ...admin });
    await expect(nacos.open(settings, hostOf())).rejects.toThrow(/redirect/);
    expect(away.asked).toEqual([]);
  });

  test('H10 an answer that does not end is cut off', async () => {
    await using shop = await startShop();
    await using session = await openNacos(shop);
    await topologyWith(session, 3);
    const body = { code: 0, data: { dataId: 'payment.yaml', content: 'x'.repeat(33 * 1024 * 1024) } };
    shop.instead = ({ path }) => (path.endsWith('/admin/cs/config') ? { status: 200, body } : undefined);
    await expect(readDocuments(session)).rejects.toMatchObject({ kind: 'tooLarge' });
  });

  test('W06 a server that is busy is told as such, and what was read last stays', async () => {
    await using shop = await startShop();
    await using session = await openNacos(shop);
    await topologyWith(session, 3);
    shop.instead = () => ({ status: 503, body: 'try later' });
    await expect(readDocuments(session)).rejects.toMatchObject({ kind: 'busy' });
    expect(await firstVersion(session)).toMatchObject({ readyReplicas: 2 });
  });

  test('H14 an instance that registers another’s address is never asked', async () => {
    await using trap = await serve(() => ({ status: 200, body: {} }));
    await using shop = await startShop();
    shop.register({ service: 'payment', ip: '127.0.0.1', port: trap.port });
    shop.register({ service: 'payment', ip: '169.254.169.254', port: 80 });
    await using session = await openNacos(shop);
    await topologyWith(session, 5);
    expect(trap.asked).toEqual([]);
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
