import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { simulateActuator } from './actuator.ts';
import { createGateway, fileRoute } from './gateway.ts';
import { createMeters } from './meters.ts';

interface Recording {
  readonly request: { readonly method: string; readonly path: string; readonly body?: unknown };
  readonly response: { readonly status: number; readonly body: unknown };
}

const recorded = (name: string): Recording =>
  JSON.parse(
    readFileSync(new URL(`../../../test/fixtures/spring/gateway-${name}.json`, import.meta.url), 'utf8'),
  ) as Recording;

/** Without what differs from process to process: the name of a class made at run time, moments, numbers of requests. */
const plain = (body: unknown): unknown =>
  JSON.parse(
    JSON.stringify(body ?? '', (key, value: unknown) => {
      if (['timestamp', 'requestId', 'path'].includes(key)) return undefined;
      return typeof value === 'string' ? value.replace(/Lambda\$\d+\/0x[0-9a-f]+/, 'Lambda') : value;
    }),
  );

/** In the order in which they were recorded; with a dash before it what was only done by the way. */
const steps = [
  ...['routes', 'definitions', 'refresh-read', 'store', '-POST payment-v2', 'definitions-stored', 'refresh'],
  ...['routes-stored', 'remove', '-DELETE payment-v2', 'remove-file', '-refresh'],
  ...['store-unbound', 'refresh-unbound', 'routes-unbound', '-DELETE odd'],
  ...['store-text', '-refresh', 'routes-text', '-DELETE odd'],
  ...['store-expression', '-refresh', 'routes-expression', '-DELETE odd'],
  ...['store-space', '-DELETE a%20b', 'store-slash', '-DELETE a%2Fb', 'store-unknown'],
];

async function started() {
  const meters = createMeters(Date.now);
  const gateway = createGateway({
    file: [
      fileRoute('payment-v1', 'http://10.79.1.1:8080', '/pay/**', 'payment', 80),
      fileRoute('payment-v2', 'http://10.79.1.2:8080', '/pay/**', 'payment', 20),
    ],
    meters,
    fraction: () => 0.5,
  });
  const actuator = await simulateActuator([], [gateway.endpoint], { meters });
  const ask = async (method: string, path: string, body?: unknown) => {
    const answer = await fetch(`http://127.0.0.1:${actuator.port}${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, body: text === '' ? '' : (JSON.parse(text) as unknown) };
  };
  const replay = async (name: string): Promise<void> => {
    const { request, response } = recorded(name);
    const answer = await ask(request.method, request.path, request.body);
    expect({ name, status: answer.status }).toEqual({ name, status: response.status });
    expect(plain(answer.body)).toEqual(plain(response.body));
  };
  return { gateway, ask, replay, [Symbol.asyncDispose]: () => actuator[Symbol.asyncDispose]() };
}

test('a simulated gateway answers as the real one did, and serves what that one served', async () => {
  await using at = await started();
  const base = '/actuator/gateway';
  for (const step of steps) {
    const [method = '', id = ''] = step.slice(1).split(' ');
    if (!step.startsWith('-')) await at.replay(step);
    else if (method === 'refresh') await at.ask('POST', `${base}/refresh`);
    else {
      const { body } = recorded('store').request;
      const other = { ...(body as object), id, uri: 'http://10.79.1.2:8080' };
      await at.ask(method, `${base}/routes/${id}`, method === 'POST' ? other : undefined);
    }
  }
});

test('with less access it shows its routes and takes nothing, or is not there', async () => {
  await using at = await started();
  for (const access of ['read-only', 'none'] as const) {
    at.gateway.access = access;
    for (const name of ['routes', 'refresh-read', 'store']) await at.replay(`${access}-${name}`);
  }
  at.gateway.access = 'read-only';
  for (const name of ['refresh', 'remove']) await at.replay(`read-only-${name}`);
});

test('it counts what it sends, by route, as the real one’s meters do', async () => {
  await using at = await started();
  await at.replay('requests-unknown');
  for (let i = 0; i < 3; i += 1) at.gateway.send('/pay/1');
  const { request, response } = recorded('requests');
  const { body } = await at.ask('GET', request.path);
  const tags = (of: unknown) =>
    (of as { availableTags: { tag: string; values: unknown }[] }).availableTags.sort((a, b) =>
      a.tag < b.tag ? -1 : 1,
    );
  expect(tags(body)).toEqual(tags(response.body));
  expect(body).toMatchObject({ measurements: [{ statistic: 'COUNT', value: 3 }, {}, {}] });
  expect(at.gateway.send('/nowhere')).toBeNull();
});
