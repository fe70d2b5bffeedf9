import type { ConsulPeer } from '../start/consul.ts';
import { shopInstances, shopPorts } from '../start/consulShop.ts';
import { waitFor } from '../start/processes.ts';
import { limited } from './consulEntries.ts';
import type { Asker, Recorder } from './recorder.ts';

const order = shopInstances.find(({ name }) => name === 'order');

/** What the sidecar of a caller counts while its calls are refused, and while another service stands in for one that fails. */
export async function recordConsulTrip(recorder: Recorder, peer: ConsulPeer): Promise<void> {
  const asker: Asker = { url: `http://${order?.address}:${shopPorts.admin}`, user: 'anyone' };
  const stats = (name: string, filter: string) =>
    recorder.record(name, asker, {
      path: `/stats/prometheus?usedonly&filter=${encodeURIComponent(`^cluster\\.(${filter})$`)}`,
    });
  const put = (body: object) => peer.call('PUT', '/v1/config', body);
  const ask = async (): Promise<string> =>
    (await fetch(`http://${order?.address}:${order?.upstreams['payment']}/`)).text();
  const until = (what: string) =>
    waitFor(what, { limitMs: 20_000 }, async () => (await ask()).includes(what));

  await put(limited);
  await until('overflow');
  await stats(
    'consul-overflow',
    'v1\\.payment\\..*\\.consul\\.(upstream_rq_503|upstream_rq_pending_overflow)',
  );

  const { UpstreamConfig, ...plain } = limited as {
    readonly UpstreamConfig: { readonly Overrides: object[] };
  };
  const [{ Limits: _, ...check } = {}] = UpstreamConfig.Overrides as [{ readonly Limits?: object }];
  await put({ ...plain, UpstreamConfig: { Overrides: [check] } });
  await put({
    Kind: 'service-resolver',
    Name: 'payment',
    DefaultSubset: 'v1',
    Subsets: { v1: { Filter: 'Service.Meta.version == v1' }, v2: { Filter: 'Service.Meta.version == v2' } },
    Failover: { '*': { Service: 'cashdesk' } },
  });
  await fetch(`${peer.worldUrl}/_mode?service=payment-v1&failRatio=1`, { method: 'POST' });
  await until('cashdesk');
  await stats(
    'consul-failover',
    '(failover-target~\\d~)?v1\\.payment\\..*\\.consul\\.(upstream_rq_500|upstream_rq_total|outlier_detection\\.ejections_active)',
  );
  await put({
    Kind: 'service-router',
    Name: 'payment',
    Routes: [
      {
        Match: { HTTP: { PathPrefix: '/pay', Header: [{ Name: 'x-canary', Exact: 'yes' }] } },
        Destination: { ServiceSubset: 'v2' },
      },
      { Destination: { RequestTimeout: '2.5s', NumRetries: 2, RetryOnConnectFailure: true } },
    ],
  });
  const dump = (resource: string) => `/config_dump?resource=${resource}&name_regex=.*payment.*`;
  await waitFor('the route', { limitMs: 10_000 }, async () => {
    const answer = await fetch(`${asker.url}${dump('dynamic_route_configs')}`);
    return (await answer.text()).includes('x-canary');
  });
  await recorder.record('consul-sent-clusters', asker, { path: dump('dynamic_active_clusters') });
  await recorder.record('consul-sent-routes', asker, { path: dump('dynamic_route_configs') });
  await peer.call('DELETE', '/v1/config/service-router/payment');
  await fetch(`${peer.worldUrl}/_mode?service=payment-v1&failRatio=0`, { method: 'POST' });
  await put(plain);
}
