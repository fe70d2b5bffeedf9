import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startCorner, type SpringCorner } from './corner.ts';

let corner: SpringCorner;
let at = 1_800_000_000_000;

beforeEach(async () => {
  corner = await startCorner({ seed: 1, now: () => at });
});
afterEach(() => corner[Symbol.asyncDispose]());

const login = (): string => `Basic ${Buffer.from(`${corner.user}:${corner.password}`).toString('base64')}`;

interface Listed {
  readonly instanceId: string;
  readonly metadata: Readonly<Record<string, string>>;
}

async function listed(): Promise<readonly Listed[]> {
  const answer = await fetch(`${corner.address}/eureka/apps`, { headers: { authorization: login() } });
  const { applications } = (await answer.json()) as {
    applications: { application: { instance: Listed[] }[] };
  };
  return applications.application.flatMap(({ instance }) => instance);
}

async function ask<T>(id: string, path: string, init: RequestInit = {}): Promise<T> {
  const found = (await listed()).find(({ instanceId }) => instanceId === id);
  const port = found?.metadata['management.port'] ?? 'nothing';
  const headers = { authorization: corner.actuatorAuthorization };
  const answer = await fetch(`http://127.0.0.1:${port}/actuator${path}`, { ...init, headers });
  return (await answer.json()) as T;
}

interface Breakers {
  readonly circuitBreakers: Readonly<
    Record<
      string,
      { readonly state: string; readonly notPermittedCalls: number; readonly bufferedCalls: number }
    >
  >;
}
const breaker = async (id: string, name: string) =>
  (await ask<Breakers>(id, '/circuitbreakers')).circuitBreakers[name];

interface Meter {
  readonly measurements: readonly { readonly statistic: string; readonly value: number }[];
}
interface Tagged {
  readonly availableTags: readonly { readonly tag: string }[];
}
const served = async (id: string): Promise<number> =>
  (await ask<Meter>(id, '/metrics/http.server.requests?tag=outcome:SUCCESS')).measurements[0]?.value ?? 0;

describe('the Spring corner', () => {
  test('lists pairs of instances with zones and versions to those who log in, and to nobody else', async () => {
    const all = await listed();
    expect(all.filter(({ instanceId }) => instanceId.startsWith('customers-'))).toMatchObject([
      { metadata: { zone: 'west', version: '4.0.2' } },
      { metadata: { zone: 'east', version: '4.0.2' } },
    ]);
    expect((await fetch(`${corner.address}/eureka/apps`)).status).toBe(401);
    const port = all[0]?.metadata['management.port'] ?? '';
    expect((await fetch(`http://127.0.0.1:${port}/actuator/health`)).status).toBe(401);
  });

  test('counts what goes by while nobody asks, and more of it where more is called', async () => {
    const before = await served('pricing-west-1');
    at += 60_000;
    const west = (await served('pricing-west-1')) - before;
    // 36 a second at the gateway, of which 40 % want a price, and 18.8 of the shop’s own; six of eight here.
    expect(west).toBeGreaterThan(60 * 33.2 * 0.75 * 0.95);
    expect(west).toBeLessThan(60 * 33.2 * 0.75 * 1.05);
    expect(before).toBeGreaterThan(1_000_000);
    const other = await served('pricing-west-2');
    at += 60_000;
    expect((await served('pricing-west-2')) - other).toBeLessThan(west / 5);
  });

  test('counts what its callers call with the tags of the real timer', async () => {
    const file = new URL('../../../test/fixtures/spring/metric-client.json', import.meta.url);
    const real = JSON.parse(readFileSync(file, 'utf8')) as { response: { body: Tagged } };
    const tags = ({ availableTags }: Tagged) => availableTags.map(({ tag }) => tag).sort();
    expect(tags(await ask<Tagged>('customers-west-1', '/metrics/http.client.requests'))).toEqual(
      tags(real.response.body),
    );
  });

  test('has one instance that is registered and does not answer', async () => {
    expect((await listed()).map(({ instanceId }) => instanceId)).toContain('invoices-east-1');
    await expect(ask('invoices-east-1', '/health')).rejects.toThrow(/fetch failed/);
  });

  test('opens the callers’ breakers of what fails, tries it again, and closes them once it answers', async () => {
    await corner.play('discountsFail');
    at += 10_000;
    const opened = await breaker('pricing-west-1', 'discounts');
    expect(['OPEN', 'HALF_OPEN']).toContain(opened?.state);
    expect(opened?.notPermittedCalls).toBeGreaterThan(0);
    await corner.play('calm');
    at += 30_000;
    expect(await breaker('pricing-west-1', 'discounts')).toMatchObject({ state: 'CLOSED' });
  });

  test('sends nothing through a breaker that is forced open, until it is closed', async () => {
    for (const id of ['pricing-west-1', 'pricing-west-2', 'pricing-east-1'])
      await ask(id, '/circuitbreakers/discounts', { method: 'POST', body: '{"updateState":"FORCE_OPEN"}' });
    const before = [await served('discounts-west-1'), await served('pricing-west-1')] as const;
    at += 20_000;
    expect(await breaker('pricing-west-1', 'discounts')).toMatchObject({
      state: 'FORCED_OPEN',
      bufferedCalls: 0,
    });
    expect((await breaker('pricing-west-1', 'discounts'))?.notPermittedCalls).toBeGreaterThan(400);
    // Only what asks its actuator is counted there; the callers’ own fallback goes on answering theirs.
    expect((await served('discounts-west-1')) - before[0]).toBeLessThan(5);
    expect((await served('pricing-west-1')) - before[1]).toBeGreaterThan(400);
  });

  test('hands out what lies in its Config Server’s folder, which instances have after a refresh', async () => {
    const { folder, address } = corner.configServer;
    expect(await (await fetch(`${address}/customers/default`)).json()).toMatchObject({
      propertySources: [{ source: { 'customers.page-size': 50 } }, { source: { 'shop.currency': 'EUR' } }],
    });
    const has = async () =>
      (await ask<{ property: { value: unknown } }>('customers-west-1', '/env/customers.page-size')).property
        .value;
    writeFileSync(join(folder, 'customers.yml'), 'customers:\n  page-size: 20\n');
    expect(await has()).toBe(50);
    expect(await ask('customers-west-1', '/refresh', { method: 'POST' })).toContain('customers.page-size');
    expect(await has()).toBe(20);
    await corner[Symbol.asyncDispose]();
    expect(existsSync(folder)).toBe(false);
  });

  test('has one more instance when asked, which is called once discovery clients know it', async () => {
    await corner.play('pricingGrows');
    const grown = (await listed()).filter(({ instanceId }) => instanceId.startsWith('pricing-'));
    expect(grown.map(({ instanceId }) => instanceId)).toContain('pricing-east-2');
    at += 6_000;
    await served('pricing-east-2');
    at += 30_000;
    expect(await served('pricing-east-2')).toBeGreaterThan(60);
    expect(await breaker('pricing-east-2', 'discounts')).toMatchObject({ state: 'CLOSED' });
  });
});
