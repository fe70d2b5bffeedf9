import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { waitFor } from '../start/processes.ts';
import type { SpringPeer } from '../start/spring.ts';
import { springInstances } from '../start/springShop.ts';
import { recordGateway } from './gateway.ts';
import { recordSpringConfig } from './springConfig.ts';
import type { Asker, Recorder, RecordedResponse } from './recorder.ts';

const anyone = (url: string): Asker => ({ url, user: 'anyone' });

/** The registry: lists, differences, one instance, overrides and their undoing, refusals. Order is registered once at first. */
export async function recordEureka(recorder: Recorder, { eurekaUrl }: SpringPeer): Promise<void> {
  const at = anyone(eurekaUrl);
  const ask = (name: string, path: string, method = 'GET') => recorder.record(name, at, { method, path });
  const app = '/eureka/apps/PAYMENT';
  const one = `${app}/payment-2`;
  await ask('apps', '/eureka/apps');
  await ask('apps-delta', '/eureka/apps/delta');
  await ask('app-payment', app);
  await ask('app-order-alone', '/eureka/apps/ORDER');
  await ask('instance', one);
  await ask('app-unknown', '/eureka/apps/NOWHERE');
  await ask('instance-unknown', `${app}/payment-9`);
  await ask('status-out', `${one}/status?value=OUT_OF_SERVICE`, 'PUT');
  await ask('instance-out', one);
  await untilListed('OUT_OF_SERVICE', eurekaUrl);
  await ask('apps-out', '/eureka/apps');
  await ask('apps-delta-out', '/eureka/apps/delta');
  await ask('status-up', `${one}/status?value=UP`, 'DELETE');
  await ask('instance-up', one);
  await untilListed('UP', eurekaUrl);
  await ask('status-out-again', `${one}/status?value=OUT_OF_SERVICE`, 'PUT');
  await ask('status-without-value', `${one}/status`, 'DELETE');
  await ask('instance-unknown-status', one);
  await ask('status-up-again', `${one}/status?value=UP`, 'DELETE');
  await ask('status-nonsense', `${one}/status?value=NOPE`, 'PUT');
  await ask('status-of-unknown', `${app}/payment-9/status?value=OUT_OF_SERVICE`, 'PUT');
  await recorder.record('apps-xml', at, { path: app, headers: { accept: 'application/xml' } });
  await untilListed('UP', eurekaUrl);
}

/** Until the list that clients fetch says so of payment's second instance. */
async function untilListed(status: string, eurekaUrl: string): Promise<void> {
  await waitFor(`payment-2 ${status}`, { limitMs: 60_000 }, async () => {
    const answer = await fetch(`${eurekaUrl}/eureka/apps/PAYMENT`, {
      headers: { accept: 'application/json' },
    });
    return new RegExp(`"instanceId":"payment-2".*?"status":"${status}"`).test(await answer.text());
  });
}

/** Actuators: health, breakers and what is done to them, environment, loggers, metrics; the gateway's routes. */
export async function recordSpring(recorder: Recorder, peer: SpringPeer): Promise<void> {
  const [payment, , order] = springInstances;
  const ordersUrl = `http://${order.address}:8080`;
  const at = anyone(ordersUrl);
  const get = (name: string, path: string) => recorder.record(name, at, { path: `/actuator${path}` });
  const post = (name: string, path: string, body: unknown, asker = at): Promise<RecordedResponse> =>
    recorder.record(name, asker, { method: 'POST', path: `/actuator${path}`, body });
  const breaker = '/circuitbreakers/payment';

  await get('index', '');
  await get('health', '/health');
  await get('breakers', '/circuitbreakers');
  await Promise.all(Array.from({ length: 12 }, (_, i) => fetch(`${ordersUrl}/order/${i}`)));
  await get('breakers-called', '/circuitbreakers');
  await get('events', '/circuitbreakerevents/payment');
  await post('force-open', breaker, { updateState: 'FORCE_OPEN' });
  await get('breakers-forced-open', '/circuitbreakers');
  await recorder.record('call-forced-open', at, { path: '/order/1' });
  await get('events-transition', '/circuitbreakerevents/payment/STATE_TRANSITION');
  await get('health-forced-open', '/health');
  await post('close', breaker, { updateState: 'CLOSE' });
  await post('disable', breaker, { updateState: 'DISABLE' });
  await get('breakers-disabled', '/circuitbreakers');
  await post('close-again', breaker, { updateState: 'CLOSE' });
  await post('open-refused', breaker, { updateState: 'OPEN' });
  await post('empty-refused', breaker, {});
  await post('unknown-breaker', '/circuitbreakers/paymnet', { updateState: 'CLOSE' });
  await get('breakers-phantom', '/circuitbreakers');
  await get('endpoint-unknown', '/nonsense');
  await get('metric-requests', '/metrics/http.server.requests');
  await get('metric-unknown', '/metrics/nonsense');
  await get('metric-client', '/metrics/http.client.requests');
  await get('metric-client-payment', '/metrics/http.client.requests?tag=client.name:payment');
  await get('logger', '/loggers/podium.peers');
  await post('logger-debug', '/loggers/podium.peers', { configuredLevel: 'DEBUG' });
  await post('logger-reset', '/loggers/podium.peers', { configuredLevel: null });
  await post('logger-nonsense', '/loggers/podium.peers', { configuredLevel: 'LOUD' });

  const payments: Asker = anyone(`http://${payment.address}:8081`);
  const ask = (name: string, path: string, method = 'GET', body?: unknown) =>
    recorder.record(name, payments, {
      method,
      path: `/manage${path}`,
      ...(body === undefined ? {} : { body }),
    });
  await ask('payment-no-breakers', '/circuitbreakers');
  await ask('env-property', '/env/payment.greeting');
  await ask('refresh-nothing', '/refresh', 'POST');
  await writeFile(
    join(peer.configFolder, 'payment.yml'),
    'payment:\n  greeting: good day\n  fail-ratio: 0\n',
  );
  await recorder.record('config-payment', anyone(peer.configUrl), { path: '/payment/default' });
  await recorder.record('config-unknown', anyone(peer.configUrl), { path: '/nobody/default' });
  await ask('refresh', '/refresh', 'POST');
  await ask('env-property-refreshed', '/env/payment.greeting');
  await ask('env-post', '/env', 'POST', { name: 'payment.greeting', value: 'hey' });
  await ask('env-property-posted', '/env/payment.greeting');
  await ask('env-delete', '/env', 'DELETE');
  await ask('bus-absent', '/busrefresh', 'POST');

  await recordSpringConfig(recorder, peer);

  // Reading only: what a write is answered then.
  await peer.stop('order-2');
  await peer.start(springInstances[3], { management: readOnlyBreakers });
  await post(
    'force-open-read-only',
    breaker,
    { updateState: 'FORCE_OPEN' },
    anyone(`http://${springInstances[3].address}:8080`),
  );

  await recordGateway(recorder, peer);
}

const readOnlyBreakers = {
  endpoints: { web: { exposure: { include: '*' } } },
  endpoint: { health: { 'show-details': 'always' }, circuitbreakers: { access: 'read-only' } },
};
