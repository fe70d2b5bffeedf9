import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type SimulatedActuator, simulateActuator } from './actuator.ts';
import { createMeters } from './meters.ts';
import { type SimulatedEureka, simulateEureka } from './eureka.ts';

interface Recording {
  readonly response: { readonly status: number; readonly body: unknown };
}

const recorded = (name: string): Recording['response'] =>
  (
    JSON.parse(
      readFileSync(new URL(`../../../test/fixtures/${name}.json`, import.meta.url), 'utf8'),
    ) as Recording
  ).response;

let actuator: SimulatedActuator;
let eureka: SimulatedEureka;
beforeAll(async () => {
  const meters = createMeters(Date.now);
  actuator = await simulateActuator(['payment'], [], { meters });
  actuator.clientView = { PAYMENT: 2, ORDER: 2 };
  eureka = await simulateEureka();
  eureka.register({
    app: 'payment',
    id: 'payment-2',
    port: 8081,
    version: 'v2',
    metadata: { team: 'money', zone: 'east' },
  });
});
afterAll(async () => {
  await actuator[Symbol.asyncDispose]();
  await eureka[Symbol.asyncDispose]();
});

async function asked(port: number, path: string): Promise<Recording['response']> {
  const answer = await fetch(`http://127.0.0.1:${port}${path}`);
  const text = await answer.text();
  return { status: answer.status, body: text === '' ? '' : JSON.parse(text) };
}

/** Its fields and what kind of thing each holds; of a list the first. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? [] : [shapeOf(value[0])];
  if (typeof value !== 'object' || value === null) return value === null ? null : typeof value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, inner]) => [name, shapeOf(inner)]),
  );
}

test.each([
  ['/actuator/circuitbreakers', 'spring/breakers'],
  ['/actuator/metrics/nonsense', 'spring/metric-unknown'],
])('the actuator answers %s as the real one did', async (path, name) => {
  const { status, body } = await asked(actuator.port, path);
  const real = recorded(name);
  expect(status).toBe(real.status);
  expect(body).toEqual(real.body);
});

test('a timer is told in the form of the real one', async () => {
  await asked(actuator.port, '/actuator/circuitbreakers');
  const { body } = await asked(actuator.port, '/actuator/metrics/http.server.requests');
  expect(shapeOf(body)).toEqual(shapeOf(recorded('spring/metric-requests').body));
  const tags = (value: unknown) =>
    (value as { availableTags: { tag: string }[] }).availableTags.map(({ tag }) => tag).sort();
  expect(tags(body)).toEqual(tags(recorded('spring/metric-requests').body));
  const one = await asked(
    actuator.port,
    '/actuator/metrics/http.server.requests?tag=uri:/actuator/circuitbreakers&tag=status:200',
  );
  expect(tags(one.body)).toEqual(['error', 'exception', 'method', 'outcome']);
});

test('health has the parts of the real one that Podium reads', async () => {
  const { body } = await asked(actuator.port, '/actuator/health');
  const parts = (value: unknown) => {
    const { components, status } = value as {
      status: string;
      components: Record<string, { components?: { eureka: unknown } }>;
    };
    return {
      status,
      breakers: shapeOf(components['circuitBreakers']),
      eureka: shapeOf(components['discoveryComposite']?.components?.eureka),
    };
  };
  expect(parts(body)).toEqual(parts(recorded('spring/health').body));
});

test('a transition is told as the real one tells it', async () => {
  await fetch(`http://127.0.0.1:${actuator.port}/actuator/circuitbreakers/payment`, {
    method: 'POST',
    body: '{"updateState":"FORCE_OPEN"}',
  });
  const { body } = await asked(actuator.port, '/actuator/circuitbreakerevents');
  expect(shapeOf(body)).toEqual(shapeOf(recorded('spring/events-transition').body));
});

test('a registration is listed with the fields of the real one', async () => {
  const { body } = await asked(eureka.port, '/eureka/apps/PAYMENT/payment-2');
  expect(shapeOf(body)).toEqual(shapeOf(recorded('eureka/instance').body));
});
