import { expect, test } from 'vitest';
import {
  answer,
  lookingFor,
  matrix,
  never,
  now,
  openScripted,
  requestLabels,
  vector,
} from '../../../test/faults/signalsHarness.ts';

const LINKERD = /response_total/;
const RATES = /^sum by .*rate\((response_total|http_client_request_duration_seconds_count)\[?/;
const hosts = ['payment.shop.svc.cluster.local'];

/** Linkerd beside programs that count their own calls, as long as each of them is scraped and answers. */
async function openBoth(peer: { scraped: boolean; tooLarge?: RegExp }) {
  let ms = now;
  const session = await openScripted(
    (query) => {
      const isLinkerd = LINKERD.test(query);
      if (query.startsWith(lookingFor))
        return vector([...(peer.scraped ? ['linkerd'] : []), 'otel-client'].map((found) => [{ found }, 1]));
      if (query.startsWith('max(timestamp'))
        return isLinkerd && !peer.scraped ? null : vector([[{}, ms / 1000 - 2]], ms);
      if (!RATES.test(query) || query.includes('_bucket') || query.includes('inbound')) return null;
      if (peer.tooLarge?.test(query) === true) return answer('the answer is too long', 500);
      if (isLinkerd && !peer.scraped) return null;
      return isLinkerd
        ? vector([
            [{ namespace: 'shop', deployment: 'order', dst_namespace: 'shop', dst_service: 'payment' }, 5],
          ])
        : vector([[{ namespace: 'shop', app: 'order', server_address: 'payment' }, 4]]);
    },
    { now: () => ms },
  );
  return Object.assign(session, {
    later: (seconds: number) => {
      ms += seconds * 1000;
    },
  });
}

test('what is no longer scraped is told in every reading until it is scraped again', async () => {
  const peer = { scraped: true };
  await using session = await openBoth(peer);
  const read = () => session.signals.read(60, never);
  expect((await read()).problems).toEqual([]);
  peer.scraped = false;
  session.later(10);
  expect((await read()).problems).toEqual([
    'No proxy has been scraped in the last five minutes: figures are unknown, not zero',
  ]);
  for (let i = 0; i < 5; i += 1) {
    session.later(120);
    const { problems, source } = await read();
    expect(source).toMatch(/OpenTelemetry/);
    expect(problems).toEqual([expect.stringMatching(/^Nothing with Linkerd metrics has been scraped/)]);
  }
  const counted = await session.signals.counters({ hosts, since: now }, never);
  expect(counted.problems[0]).toMatch(/^Nothing with Linkerd metrics has been scraped/);
  peer.scraped = true;
  session.later(20);
  const again = await read();
  expect(again.source).toMatch(/Linkerd/);
  expect(again.problems).toEqual([]);
});

test.each([
  ['the best', LINKERD, /OpenTelemetry/, /^Linkerd metrics: .*500/],
  ['another', /http_client/, /Linkerd/, /^OpenTelemetry HTTP client metrics: .*500/],
])(
  'where %s of two kinds cannot be read, the other is, and it is told',
  async (_, tooLarge, source, said) => {
    await using session = await openBoth({ scraped: true, tooLarge });
    const read = await session.signals.read(60, never);
    expect(read.source).toMatch(source);
    expect(read.calls).toHaveLength(1);
    expect(read.beside ?? []).toEqual([]);
    expect(read.problems).toEqual([expect.stringMatching(said)]);
  },
);

test('where no kind can be read, the reading fails', async () => {
  await using session = await openBoth({ scraped: true, tooLarge: /./ });
  await expect(session.signals.read(60, never)).rejects.toThrow();
});

test('by Hubble no change can be measured, and that is said', async () => {
  await using session = await openScripted((query) => {
    if (query.startsWith(lookingFor)) return vector([[{ found: 'hubble' }, 1]]);
    if (!query.endsWith('s]')) return null;
    const labels = {
      source: 'shop/order',
      destination: 'shop/payment',
      destination_app: 'payment',
      status: '200',
      reporter: 'client',
    };
    return matrix([[labels, [[now - 10_000, 1]]]]);
  });
  const { series, problems } = await session.signals.counters({ hosts, since: now - 20_000 }, never);
  expect(series).toEqual([]);
  expect(problems).toEqual([
    'Hubble metrics do not tell which destination a call was sent to, so what a change does to calls is not measured here',
  ]);
});

test('over everything, the kind that counts most is drawn', async () => {
  const [graph, istio] = [/traces_service_graph_request_total/, /istio_requests_total/];
  await using session = await openScripted((query, { path }) => {
    if (query.startsWith(lookingFor))
      return vector(['istio', 'service-graph'].map((found) => [{ found }, 1]));
    if (query.startsWith('max(timestamp')) return vector([[{}, now / 1000 - 2]]);
    if (path.endsWith('range')) return matrix([[{}, [[now - 10_000, graph.test(query) ? 90 : 1]]]]);
    if (graph.test(query)) return vector([[{ client: 'web', server: 'pay' }, 90]]);
    return istio.test(query) ? vector([[requestLabels({}), 1]]) : null;
  });
  await session.signals.read(60, never);
  const range = { from: now - 60_000, to: now, stepSeconds: 10, windowSeconds: 60, latency: false };
  const drawn = await session.signals.series({ scope: {}, ...range }, never);
  expect(drawn.source).toMatch(/service graph/i);
});

test('Linkerd is known by its callees alone, and what its routes count is read beside', async () => {
  await using session = await openScripted((query) => {
    if (query.startsWith(lookingFor))
      return vector(['linkerd strangers', 'linkerd-http-routes'].map((found) => [{ found }, 1]));
    if (query.startsWith('max(timestamp'))
      return query.includes('inbound') || query.includes('outbound_http_route')
        ? vector([[{}, now / 1000 - 2]])
        : null;
    if (!query.includes('inbound') || query.includes('_bucket')) return null;
    const labels = { direction: 'inbound', namespace: 'shop', deployment: 'order' };
    return vector([[{ ...labels, classification: 'success' }, 5]]);
  });
  const read = await session.signals.read(60, never);
  expect(read.calls.map(({ perSecond }) => perSecond)).toEqual([5]);
  expect(read.beside).toHaveLength(1);
});
