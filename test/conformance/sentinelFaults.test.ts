import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { PeerError } from '../../shared/connectors/kit/peerError.ts';
import { markerOf } from '../../shared/connectors/sentinel/isolation/marker.ts';
import { readNesting, readNodes } from '../../shared/connectors/sentinel/nodes.ts';
import { findPlaces } from '../../shared/connectors/sentinel/places.ts';
import { calleeOfResource } from '../../shared/connectors/sentinel/resourceNames.ts';
import { identityOf, readRules, type RuleType } from '../../shared/connectors/sentinel/rules.ts';
import { sentinel } from '../../shared/connectors/sentinel/connector.ts';
import { wordsOf } from '../../shared/connectors/sentinel/words.ts';
import { type SimulatedCentre, simulateCentre } from '../stand-ins/sentinel/commandCentre.ts';
import { loaded } from '../stand-ins/sentinel/rules.ts';
import { configOf, editOf, flowRulesOf, openSentinel, proofOf, tripPayment } from './sentinelShop.ts';
import { simulatedSentinel, type SimulatedSentinel } from './simulatedSentinel.ts';
import { quickClock } from './simulatedSpring.ts';
import { eventually } from './springShop.ts';
import { heldIn, hold, isolationOf } from './tripSteps.ts';
import { changeOf, signal } from './weights.ts';

const recorded = (
  name: string,
): { request: { body?: string }; response: { status: number; body: unknown } } =>
  JSON.parse(readFileSync(join(import.meta.dirname, `../fixtures/sentinel/${name}.json`), 'utf8')) as never;

const centreOf = (under: SimulatedSentinel, id: string): SimulatedCentre => {
  const found = under.centres.get(id);
  if (found === undefined) throw new Error(`there is no ${id}`);
  return found;
};

describe('instances that say one thing and do another', () => {
  test('one that answers success and keeps its old rules is never called loaded', async () => {
    await using under = await simulatedSentinel();
    centreOf(under, 'order-2').fault = 'keepsOld';
    await under.join();
    await using session = await openSentinel(under);
    const control = isolationOf(session);
    const since = Date.now();
    const written = await hold(control, await control.plan(tripPayment(), signal));
    for (let look = 0; look < 3; look += 1) {
      const proof = await proofOf(session, written.expectation, since);
      expect(proof.state).toBe('waiting');
      expect(proof.detail).toContain(`${under.nameOf('order-2')} has not got it`);
      expect(await control.verify(changeOf(written), signal)).toMatchObject({
        detail: expect.stringMatching(/^2 of 3 instances have the rule/) as unknown,
      });
    }
    // It is tried again while the trip is held, and counts as soon as it has it.
    centreOf(under, 'order-2').fault = null;
    const proof = await eventually(
      () => proofOf(session, written.expectation, since),
      ({ state }) => state === 'seen',
    );
    expect(proof.detail).toMatch(/^3 of 3 instances block it/);
  });

  test('where none takes it, the trip fails in words and nothing is held', async () => {
    await using under = await simulatedSentinel();
    for (const id of under.orders()) centreOf(under, id).fault = 'keepsOld';
    await using session = await openSentinel(under);
    const control = isolationOf(session);
    await expect(hold(control, await control.plan(tripPayment(), signal))).rejects.toThrow(
      /answered “success” and has not got payment/,
    );
    await heldIn(session, (trips) => trips.length === 0);
  });

  test('M02 what is in memory alone is told, in the proof, in events and in the next plan', async () => {
    await using under = await simulatedSentinel();
    centreOf(under, 'order-2').fault = 'memoryOnly';
    await using session = await openSentinel(under);
    const control = isolationOf(session);
    const since = Date.now();
    const written = await hold(control, await control.plan(tripPayment(), signal));
    const loose = `in memory alone in ${under.nameOf('order-2')}: the data source did not take it`;
    expect((await proofOf(session, written.expectation, since)).detail).toContain(loose);
    expect((await control.verify(changeOf(written), signal)).detail).toContain(loose);
    const events = await session.events?.read({ namespace: 'default', name: 'order' }, [], signal);
    expect(events?.map(({ reason }) => reason)).toContain('MemoryOnly');
  });

  test('a write of somebody else’s between the readings is told', async () => {
    await using under = await simulatedSentinel();
    const centre = centreOf(under, 'order-1');
    await using session = await openSentinel(under);
    const plan = await configOf(session).plan(
      editOf(await flowRulesOf(session), '- resource: /order\n  count: 700\n'),
      signal,
    );
    const late = (rules: readonly object[]) => () => {
      // It comes after our write, as far as the next reading shows.
      queueMicrotask(() => (centre.rules.flow = loaded('flow', rules as never)));
    };
    centre.intruder = late([
      { resource: '/order', count: 700 },
      { resource: '/stock', count: 1 },
    ]);
    const receipt = await configOf(session).apply(plan, signal);
    expect(receipt.revisions[0]?.revision).toMatch(/^1 of 3 instances/);
    expect((await configOf(session).verify(changeOf(plan), signal)).state).toBe('else');
    expect(centre.rules.flow).toHaveLength(2);
  });

  test('a rule that vanished from a process that runs on is left to whoever took it, everywhere at once ends the trip', async () => {
    await using under = await simulatedSentinel();
    await using session = await openSentinel(under);
    const control = isolationOf(session);
    const written = await hold(control, await control.plan(tripPayment(), signal));
    await under.setByHand('order-1', []);
    const proof = await eventually(
      () => proofOf(session, written.expectation, Date.now() - 300),
      ({ detail }) => detail.startsWith('1 of 3'),
    );
    expect(proof.detail).toContain('has not got it');
    expect(await under.rulesIn('order-1')).toEqual([]);
    await under.setByHand('order-2', []);
    await heldIn(session, (trips) => trips.length === 0);
    expect(await under.join()).toBe('order-3');
    await session.configuration?.read({ namespace: 'default', name: 'order', hosts: [] }, signal);
    expect(await under.rulesIn('order-3')).toEqual([]);
  });

  test('rules that differ between instances are shown and edited one by one', async () => {
    await using under = await simulatedSentinel();
    await under.setByHand('order-2', [{ resource: '/order', count: 5 }]);
    await using session = await openSentinel(under);
    const all = await session.configuration?.read({ namespace: 'default', name: 'order', hosts: [] }, signal);
    const flow = all?.filter(({ document }) => document.kind === 'Flow rules') ?? [];
    expect(flow.map(({ document }) => document.name).sort()).toEqual(
      under
        .orders()
        .map((id) => `order at ${under.nameOf(id)}`)
        .sort(),
    );
    const one = flow.find(({ document }) => document.name.endsWith(under.nameOf('order-2')));
    if (one === undefined) throw new Error('it is not there');
    const plan = await configOf(session).plan(editOf(one, '[]'), signal);
    await configOf(session).apply(plan, signal);
    expect(await under.rulesIn('order-2')).toEqual([]);
  });

  test.each([
    ['fails', /fails and does not say why/],
    ['redirects', /redirect/],
    ['stranger', /no command centre/],
  ] as const)('what %s is said in words', async (fault, words) => {
    const centre = await simulateCentre();
    await using _closed = centre;
    centre.fault = fault;
    const opening = openSentinel({
      settings: { centres: [{ app: 'order', address: `http://127.0.0.1:${centre.port}` }] },
      clock: quickClock,
    });
    await expect(opening).rejects.toThrow(PeerError);
    await expect(opening).rejects.toThrow(words);
  });
});

describe('what a command centre says', () => {
  test('its rules are read with every digit of an id', () => {
    const text = '[{"id":9007199254740993,"count":0.5,"resource":"payment"}]';
    expect(readRules(text)).toEqual([{ id: '9007199254740993', count: 0.5, resource: 'payment' }]);
    expect(readRules('Command server error')).toBeNull();
    expect(readRules('{"a":1}')).toBeNull();
  });

  test('figures and nesting are read as they were recorded', () => {
    const figures = readNodes(recorded('cluster-node-blocked').response.body)?.get('payment');
    expect(figures).toMatchObject({ blockedPerSecond: 1, blockedInMinute: 1, failedPerSecond: 0 });
    const nesting = readNesting(recorded('tree').response.body);
    expect([...(nesting?.outermost ?? [])].sort()).toEqual(['/order', '/stock']);
    expect([...(nesting?.inner ?? [])]).toEqual(['payment']);
  });

  test.each(['flow', 'degrade', 'system', 'authority', 'param-flow'])(
    'the simulator has of %s rules what the real one had after the same write',
    (name) => {
      const type = (name === 'param-flow' ? 'paramFlow' : name) as RuleType;
      const form = new URLSearchParams(recorded(`set-${name}`).request.body);
      const real = recorded(`rules-${name}`).response.body as Record<string, unknown>[];
      const simulated = loaded(type, JSON.parse(form.get('data') ?? '[]') as Record<string, unknown>[]);
      // The recorder rounded the id as JSON does in JavaScript.
      const told = simulated.map((rule) => ({
        ...rule,
        ...('id' in rule ? { id: Number(rule['id']) } : {}),
      }));
      expect(told.map(identityOf).sort()).toEqual(real.map(identityOf).sort());
    },
  );

  test('the simulator says what the real one said', async () => {
    await using centre = await simulateCentre();
    for (const name of [
      'version',
      'switch',
      'rules-unknown-type',
      'rules-param-flow-wrong',
      'set-flow-no-json',
      'set-unknown-type',
      'set-without-data',
      'set-json-body',
      'set-by-get',
      'switch-nonsense',
      'switch-on',
      'unknown-command',
      'no-command',
      'set-flow-invalid',
    ]) {
      const { request, response } = recorded(name) as unknown as {
        request: { method: string; path: string; headers?: Record<string, string>; body?: unknown };
        response: { status: number; body: unknown };
      };
      const answer = await fetch(`http://127.0.0.1:${centre.port}${request.path}`, {
        method: request.method,
        headers: request.headers ?? { 'content-type': 'application/json' },
        ...(request.body === undefined
          ? {}
          : { body: typeof request.body === 'string' ? request.body : JSON.stringify(request.body) }),
      });
      expect([name, answer.status, await answer.text()]).toEqual([
        name,
        response.status,
        typeof response.body === 'string' ? response.body : JSON.stringify(response.body),
      ]);
    }
  });

  test('a marker that is none of Podium’s makes no trip', () => {
    for (const refResource of ['/order', 'podium.dev/held no json', 'podium.dev/held {"until":"x"}', 7])
      expect(markerOf({ resource: 'payment', count: 0, refResource })).toBeNull();
  });

  test('rules are told in words', () => {
    const words = (name: string, type: RuleType) =>
      (recorded(`rules-${name}`).response.body as Record<string, unknown>[]).flatMap((rule) =>
        wordsOf(type, rule).map(({ kind, text }) => `${kind}: ${text}`),
      );
    expect(words('flow', 'flow')).toEqual([
      'limit: /order: at most 20 calls a second in each instance',
      'limit: payment: every call is blocked',
    ]);
    expect(words('degrade', 'degrade')).toEqual([
      'breaker: payment: opens for 10 s when 50 % take over 200 ms, of at least 5 calls in 1000 ms',
      'breaker: /order: opens for 10 s when 50 % end in an exception, of at least 5 calls in 1000 ms',
    ]);
    expect(words('system', 'system')).toEqual([
      'limit: the whole instance: at most 500 ms on average',
      'limit: the whole instance: at most 1000 requests a second',
    ]);
    expect(words('authority', 'authority')).toEqual(['limit: /order: never for evil']);
    expect(words('param-flow', 'paramFlow')).toEqual([
      'limit: /order: at most 100 calls a second for each value of parameter 0',
    ]);
  });
});

describe('what is typed', () => {
  test('a line is an application and an address; anything else is said with the line', () => {
    const read = sentinel.form?.safeParse({ centres: 'order http://10.1.2.3:8719/\n\n pay  https://x:1 ' });
    expect(read?.data).toEqual({
      centres: [
        { app: 'order', address: 'http://10.1.2.3:8719' },
        { app: 'pay', address: 'https://x:1' },
      ],
    });
    for (const centres of ['', 'http://10.1.2.3:8719', 'order ftp://x', 'order http://x y'])
      expect(sentinel.form?.safeParse({ centres }).success, centres).toBe(false);
  });

  test('a name that stands for several addresses is an instance at each, and an unknown one is told', async () => {
    const centres = [
      { app: 'order', address: 'http://order.shop:8719' },
      { app: 'pay', address: 'http://nowhere:1' },
    ];
    const { places, problems } = await findPlaces({ centres }, (host) =>
      host === 'nowhere'
        ? Promise.reject(new PeerError('unreachable', 'The name nowhere is not known (DNS).'))
        : Promise.resolve([{ address: '10.0.0.1' }, { address: 'fd00::1' }]),
    );
    expect(places.map(({ uid }) => uid)).toEqual(['order@10.0.0.1:8719', 'order@[fd00::1]:8719']);
    expect(problems).toEqual(['pay: The name nowhere is not known (DNS).']);
  });

  test('a resource calls the service that it is named after, and a path calls nobody', () => {
    const services = ['order', 'payment'];
    const found = (resource: string) => calleeOfResource(resource, services);
    expect(['payment', 'paymentService', 'payment-client', 'GET:http://payment:8080/pay'].map(found)).toEqual(
      Array.from({ length: 4 }, () => 'payment'),
    );
    expect(found('GET:http://payment.shop.svc/pay')).toBe('payment');
    expect(['/payment', 'stock', 'http://other/payment'].map(found)).toEqual([null, null, null]);
  });
});
