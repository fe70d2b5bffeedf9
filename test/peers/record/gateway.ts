import type { SpringPeer } from '../start/spring.ts';
import { gatewayInstance, gatewayUrl } from '../start/springShop.ts';
import type { Asker, RecordedResponse, Recorder } from './recorder.ts';

/** A gateway's actuator: what it stores and serves, what it takes and what becomes of that, and what it lets nobody change. */
export async function recordGateway(recorder: Recorder, peer: SpringPeer): Promise<void> {
  await peer.start(gatewayInstance);
  const at: Asker = { url: gatewayUrl, user: 'anyone' };
  const ask = (name: string, path: string, method = 'GET', body?: unknown): Promise<RecordedResponse> =>
    recorder.record(`gateway-${name}`, at, {
      method,
      path: `/actuator/gateway${path}`,
      ...(body === undefined ? {} : { body }),
    });

  /** What is done by the way, and answered as others are. */
  const tell = async (path: string, method: string, body?: unknown): Promise<void> => {
    await fetch(`${gatewayUrl}/actuator/gateway${path}`, {
      method,
      ...(body === undefined
        ? {}
        : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
  };

  await ask('routes', '/routes');
  await ask('definitions', '/routedefinitions');
  await ask('refresh-read', '/refresh');
  // Laid over the file's: both are stored and served, and the weight of the last one counts.
  await ask('store', '/routes/payment-v1', 'POST', route('payment-v1', { weight: '50' }));
  await tell('/routes/payment-v2', 'POST', route('payment-v2', { weight: '50' }));
  await ask('definitions-stored', '/routedefinitions');
  await ask('refresh', '/refresh', 'POST');
  await ask('routes-stored', '/routes');
  await Promise.all(Array.from({ length: 40 }, (_, i) => fetch(`${gatewayUrl}/pay/${i}`)));
  await recorder.record('gateway-requests', at, {
    path: '/actuator/metrics/spring.cloud.gateway.requests?tag=routeId:payment-v1',
  });
  await recorder.record('gateway-requests-unknown', at, {
    path: '/actuator/metrics/spring.cloud.gateway.requests?tag=routeId:nobody',
  });
  await ask('remove', '/routes/payment-v1', 'DELETE');
  await tell('/routes/payment-v2', 'DELETE');
  // Nothing of the file's can be taken away.
  await ask('remove-file', '/routes/payment-v1', 'DELETE');
  await tell('/refresh', 'POST');

  // Names that are not bound: 201, 200, and no route is loaded any more, this one or any other.
  await ask('store-unbound', '/routes/odd', 'POST', route('odd', { args: { group: 'x', weight: '5' } }));
  await ask('refresh-unbound', '/refresh', 'POST');
  await ask('routes-unbound', '/routes');
  await tell('/routes/odd', 'DELETE');
  await ask('store-text', '/routes/odd', 'POST', route('odd', { weight: 'ten' }));
  await tell('/refresh', 'POST');
  await ask('routes-text', '/routes');
  await tell('/routes/odd', 'DELETE');
  // It computes it.
  await ask('store-expression', '/routes/odd', 'POST', route('odd', { weight: '#{7+1}' }));
  await tell('/refresh', 'POST');
  await ask('routes-expression', '/routes');
  await tell('/routes/odd', 'DELETE');
  // Stored, and answered with an error.
  await ask('store-space', '/routes/a%20b', 'POST', route('a b', { weight: '1' }));
  await tell('/routes/a%20b', 'DELETE');
  await ask('store-slash', '/routes/a%2Fb', 'POST', route('a/b', { weight: '1' }));
  await tell('/routes/a%2Fb', 'DELETE');
  const unknown = { ...route('odd', { weight: '1' }), predicates: [{ name: 'Nonsense', args: {} }] };
  await ask('store-unknown', '/routes/odd', 'POST', unknown);

  for (const access of ['read-only', 'none'] as const) {
    await peer.stop(gatewayInstance.id);
    await peer.start(gatewayInstance, {
      management: { endpoints: { web: { exposure: { include: '*' } } }, endpoint: { gateway: { access } } },
    });
    await ask(`${access}-routes`, '/routes');
    await ask(`${access}-refresh-read`, '/refresh');
    await ask(`${access}-store`, '/routes/payment-v1', 'POST', route('payment-v1', { weight: '50' }));
    if (access === 'none') continue;
    await ask(`${access}-refresh`, '/refresh', 'POST');
    await ask(`${access}-remove`, '/routes/payment-v1', 'DELETE');
  }
}

/** A route to payment v1 with a weight, or with other arguments in its place. */
function route(
  id: string,
  {
    weight = '',
    args = { _genkey_0: 'payment', _genkey_1: weight },
  }: { readonly weight?: string; readonly args?: Readonly<Record<string, string>> },
) {
  return {
    id,
    uri: `http://10.79.1.${id === 'payment-v2' ? 2 : 1}:8080`,
    order: 0,
    predicates: [
      { name: 'Path', args: { _genkey_0: '/pay/**' } },
      { name: 'Weight', args },
    ],
    filters: [],
    metadata: {},
    enabled: true,
  };
}
