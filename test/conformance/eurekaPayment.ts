import { randomUUID } from 'node:crypto';
import { eureka } from '../../shared/connectors/eureka/connector.ts';
import type { ConnectorHost } from '../../shared/connectors/kit/connector.ts';
import { instanceOf } from '../../shared/rehearsal/spring/eureka.ts';
import { hostOf } from './cluster.ts';
import type { PaymentUnderTest } from './payment.ts';

/** Payment in two versions, registered as Spring's client does it, and taken off as its shutdown does. */
export async function startEurekaPayment(
  address: string,
  clock: ConnectorHost['clock'],
): Promise<PaymentUnderTest> {
  const service = `payment-${randomUUID().slice(0, 8)}`;
  const there = new Map<string, string>();
  const pathOf = (app: string): string => `${address}/eureka/apps/${app.toUpperCase()}`;
  const signal = (): AbortSignal => AbortSignal.timeout(10_000);
  async function register(app: string, id: string, version: string): Promise<void> {
    const answer = await fetch(pathOf(app), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        instance: instanceOf({ app, id, port: 8080, version, metadata: { team: 'money' } }),
      }),
      signal: signal(),
    });
    if (answer.status !== 204) throw new Error(`registering ${id}: ${answer.status}`);
    there.set(id, app);
  }
  async function remove(id: string): Promise<void> {
    const app = there.get(id);
    if (app === undefined) return;
    await fetch(`${pathOf(app)}/${id}`, { method: 'DELETE', signal: signal() });
    there.delete(id);
  }
  await register(service, `${service}-1`, 'v1');
  await register(service, `${service}-2`, 'v1');
  await register(service, `${service}-3`, 'v2');
  const session = await eureka.open(eureka.settings.parse({ address }), hostOf({}, clock));
  const noWeights = (): never => {
    throw new Error('Eureka divides no calls');
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
    stopV2: () => remove(`${service}-3`),
    addService: (name) => register(name, `${name}-1`, 'v1'),
    removeService: (name) => remove(`${name}-1`),
    async [Symbol.asyncDispose]() {
      await session[Symbol.asyncDispose]();
      for (const id of [...there.keys()]) await remove(id);
    },
  };
}
