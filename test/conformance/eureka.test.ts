import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readApplications } from '../../shared/connectors/eureka/applications.ts';
import { eureka } from '../../shared/connectors/eureka/connector.ts';
import { managementOf } from '../../shared/connectors/eureka/names.ts';
import type { Session } from '../../shared/connectors/kit/connector.ts';
import type { TopologyObservation } from '../../shared/model/topology.ts';
import { anyTopology } from './anyTopology.ts';
import { hostOf, until } from './cluster.ts';
import { startEurekaPayment } from './eurekaPayment.ts';
import { simulateEureka } from '../../shared/rehearsal/spring/eureka.ts';
import { quickClock, simulatedSpring } from './simulatedSpring.ts';
import { eventually, openSpring } from './springShop.ts';

const recorded = (folder: string, name: string): unknown => {
  const file = new URL(`../fixtures/${folder}/${name}.json`, import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { response: { body: unknown } }).response.body;
};

const topologyOf = (session: Session, expected: (seen: TopologyObservation) => boolean) => {
  const { topology } = session;
  if (topology === undefined) throw new Error('the session has no topology');
  return until((stop) => topology.watch(stop, () => undefined), expected);
};

anyTopology('the simulated Eureka', async () => {
  const simulated = await simulateEureka();
  const payment = await startEurekaPayment(`http://127.0.0.1:${simulated.port}`, quickClock);
  return {
    ...payment,
    async [Symbol.asyncDispose]() {
      await payment[Symbol.asyncDispose]();
      await simulated[Symbol.asyncDispose]();
    },
  };
});

describe('the lists of a real Eureka', () => {
  test('are read as services with versions, zones and the override', () => {
    const read = readApplications(recorded('eureka', 'apps-out'));
    expect(read?.unread).toBe(0);
    const out = read?.instances.find(({ id }) => id === 'payment-2');
    expect(out).toMatchObject({
      app: 'PAYMENT',
      status: 'OUT_OF_SERVICE',
      override: 'OUT_OF_SERVICE',
      port: 8080,
    });
    expect(out?.metadata.get('zone')).toBe('east');
    expect(read?.hashcode).toBe('OUT_OF_SERVICE_1_UP_2_');
  });

  test('are read alike where a list of one is written as the thing itself', () => {
    const one = recorded('eureka', 'app-order-alone') as {
      application: { name: string; instance: unknown[] };
    };
    const [instance] = one.application.instance;
    const asList = {
      applications: { apps__hashcode: 'UP_1_', application: [{ name: 'ORDER', instance: [instance] }] },
    };
    const bare = { applications: { apps__hashcode: 'UP_1_', application: { name: 'ORDER', instance } } };
    expect(readApplications(asList)?.instances).toHaveLength(1);
    expect(readApplications(bare)).toEqual(readApplications(asList));
  });

  test('give where actuators are by address, management port and the path alone', () => {
    const read = readApplications(recorded('eureka', 'apps'));
    expect(read?.instances.map(managementOf).sort()).toEqual([
      'http://10.79.1.1:8081/manage',
      'http://10.79.1.2:8081/manage',
      'http://10.79.2.1:8080/actuator',
    ]);
  });

  test('are simulated in the shape in which they were recorded', async () => {
    await using simulated = await simulateEureka();
    simulated.register({
      app: 'payment',
      id: 'payment-1',
      port: 8080,
      version: 'v1',
      metadata: { zone: 'west', team: 'money' },
    });
    const answer = await fetch(`http://127.0.0.1:${simulated.port}/eureka/apps`);
    expect(shapeOf(await answer.json())).toEqual(shapeOf(firstOfEach(recorded('eureka', 'apps'))));
  });
});

describe('a registry', () => {
  test('is followed by differences, and read whole where they do not add up or are not given', async () => {
    await using shop = await simulatedSpring();
    await using session = await eureka.open(eureka.settings.parse(shop.settings), hostOf({}, quickClock));
    const count = (path: string) => shop.eureka.asked.filter((asked) => asked === `GET ${path}`).length;
    await topologyOf(session, ({ instances }) => instances.length === 4);
    await eventually(
      () => count('/eureka/apps/delta'),
      (seen) => seen > 3,
    );
    expect(count('/eureka/apps')).toBe(2);
    shop.eureka.withoutDelta = true;
    shop.eureka.bareLists = true;
    shop.eureka.remove('order', 'order-2');
    await topologyOf(session, ({ instances }) => instances.length === 3);
    expect(count('/eureka/apps')).toBeGreaterThan(2);
  });

  test('that stops answering is told as such, with what it said last', async () => {
    const shop = await simulatedSpring();
    await using session = await eureka.open(eureka.settings.parse(shop.settings), hostOf({}, quickClock));
    const healths: boolean[] = [];
    const stop = new AbortController();
    const watching = (async () => {
      for await (const _ of session.topology?.watch(stop.signal, ({ ok }) => healths.push(ok)) ?? []);
    })();
    await eventually(
      () => healths.length,
      (seen) => seen > 1,
    );
    await shop[Symbol.asyncDispose]();
    await eventually(
      () => healths.at(-1),
      (ok) => ok === false,
    );
    stop.abort();
    await watching.catch(() => undefined);
  });

  test.each([
    ['HTML', () => ({ status: 200, body: '<html>' }), 'notThePeer'],
    ['nothing', () => ({ status: 404 }), 'notFound'],
    ['a demand for a password', () => ({ status: 401 }), 'unauthenticated'],
  ] as const)('that answers with %s is refused in words', async (_name, answer, kind) => {
    const { serve } = await import('../../shared/rehearsal/spring/server.ts');
    await using other = await serve(answer);
    const settings = eureka.settings.parse({ address: `http://127.0.0.1:${other.port}` });
    await expect(eureka.open(settings, hostOf())).rejects.toMatchObject({ kind });
  });

  test('C08 a redirect is not followed, and the password goes nowhere else', async () => {
    const { serve } = await import('../../shared/rehearsal/spring/server.ts');
    await using away = await serve(() => ({ status: 200, body: {} }));
    await using first = await serve(() => ({
      status: 302,
      headers: { location: `http://127.0.0.1:${away.port}/eureka/apps` },
    }));
    const settings = eureka.settings.parse({
      address: `http://127.0.0.1:${first.port}`,
      user: 'jo',
      password: 'secret',
    });
    await expect(eureka.open(settings, hostOf())).rejects.toThrow(/redirect/);
    expect(away.asked).toEqual([]);
  });
});

describe('H14 what instances register as their addresses', () => {
  const places = [
    ['a metadata service', '169.254.169.254', /link-local, multicast or metadata/],
    ['an address that was not approved', '10.1.2.3', /not within what you approved/],
  ] as const;

  test.each(places)('H14 %s is never asked, and the reason is told', async (_name, ip, reason) => {
    await using shop = await simulatedSpring();
    shop.eureka.register({ app: 'order', id: 'order-9', ip, port: 80, version: 'v1' });
    await using open = await openSpring(shop);
    const events = await eventually(
      () =>
        open.actuators.events?.read(
          { namespace: 'default', name: 'order' },
          [],
          AbortSignal.timeout(5_000),
        ) ?? [],
      (all) => all.some(({ about }) => about === 'order-9'),
    );
    expect(events.find(({ about }) => about === 'order-9')?.text).toMatch(reason);
  });

  test('H14 Podium’s own port is not asked', async () => {
    await using shop = await simulatedSpring();
    const own = shop.actuators.get('order-1')?.port ?? 0;
    const host = { ...hostOf({}, quickClock), ownPorts: () => [own] };
    const { spring } = await import('../../shared/connectors/spring/connector.ts');
    await using registry = await eureka.open(eureka.settings.parse(shop.settings), host);
    const [offer] = (await registry.offers?.find(AbortSignal.timeout(5_000)))?.offers ?? [];
    await using session = await spring.open(spring.settings.parse(offer?.settings), {
      ...host,
      lent: offer?.lent ?? {},
    });
    await eventually(
      () => session.protections?.declared().get('payment') ?? [],
      (all) => all.length > 0,
    );
    await eventually(
      () => shop.actuators.get('order-2')?.asked.length ?? 0,
      (asked) => asked > 2,
    );
    expect(shop.actuators.get('order-1')?.asked).toEqual([]);
  });

  test('H14 the URLs that an instance registers are not followed, whatever they name', async () => {
    await using shop = await simulatedSpring();
    const { serve } = await import('../../shared/rehearsal/spring/server.ts');
    await using trap = await serve(() => ({ status: 200, body: {} }));
    const led = `http://127.0.0.1:${trap.port}`;
    const target = shop.actuators.get('order-1')?.port ?? 0;
    shop.eureka.register({
      app: 'order',
      id: 'order-1',
      port: target,
      version: 'v1',
      urls: {
        homePageUrl: `${led}/`,
        statusPageUrl: `${led}/info`,
        healthCheckUrl: `${led}/actuator/health`,
      },
    });
    await using open = await openSpring(shop);
    await eventually(
      () => shop.actuators.get('order-1')?.asked.length ?? 0,
      (asked) => asked > 4,
    );
    expect(open.actuators.protections?.declared().get('payment')).toHaveLength(1);
    expect(trap.asked).toEqual([]);
  });

  test('H14 without approved addresses no actuator is offered, and why is said', async () => {
    await using shop = await simulatedSpring();
    const settings = eureka.settings.parse({ address: shop.settings.address });
    await using session = await eureka.open(settings, hostOf({}, quickClock));
    const found = await session.offers?.find(AbortSignal.timeout(5_000));
    expect(found?.offers).toEqual([]);
    expect(found?.absent[0]?.detail).toMatch(/May lead to/);
  });
});

/** Field names and kinds of values, whatever the values are. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shapeOf);
  if (typeof value !== 'object' || value === null) return typeof value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, one]) => [key, shapeOf(one)]),
  );
}

/** The same with one application of one instance. */
function firstOfEach(body: unknown): unknown {
  const { applications } = body as { applications: { application: { instance: unknown[] }[] } };
  const [first] = applications.application;
  return {
    applications: { ...applications, application: [{ ...first, instance: first?.instance.slice(0, 1) }] },
  };
}
