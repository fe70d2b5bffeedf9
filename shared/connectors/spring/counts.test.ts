import { expect, test } from 'vitest';
import { PeerError } from '../kit/peerError.ts';
import type { Actuator } from './api.ts';
import type { GatewayApi } from './gateway/api.ts';
import { readCounts } from './gateway/counts.ts';
import { readHttpCounts } from './signals/meters.ts';

const signal = new AbortController().signal;
const tags = (values: Readonly<Record<string, readonly string[]>>) =>
  Object.entries(values).map(([tag, some]) => ({ tag, values: some }));
const counting = (value: number, values: Readonly<Record<string, readonly string[]>>) => ({
  measurements: [
    { statistic: 'COUNT', value },
    { statistic: 'TOTAL_TIME', value: 1 },
  ],
  availableTags: tags(values),
});
/** As a long task timer is told. */
const uncounted = (values: Readonly<Record<string, readonly string[]>>) => ({
  measurements: [{ statistic: 'ACTIVE_TASKS', value: 3 }],
  availableTags: tags(values),
});
const none = () => Promise.reject(new PeerError('notFound', 'none', { status: 404 }));

/** The actuator of a process, or of a gateway, of which each question gets what stands here for it. */
const actuator = (answers: Readonly<Record<string, unknown>>) =>
  ({
    route: 'http://orders/actuator',
    ask: ({ path }) => (path in answers ? Promise.resolve(answers[path]) : none()),
  }) as Partial<Actuator> as Actuator;
const gateway = (answers: Readonly<Record<string, unknown>>) =>
  ({
    requests: ({ routeId = '*', status = '*' }) => {
      const key = `${routeId} ${status}`;
      return key in answers ? Promise.resolve(answers[key]) : none();
    },
  }) as Partial<GatewayApi> as GatewayApi;

const served = '/metrics/http.server.requests';
const orders = { uri: ['/orders'], status: ['200'] };
const route = { routeId: ['orders'], httpStatusCode: ['200'] };

test('a meter that does not count is refused, and not read as a count of none', async () => {
  const process = actuator({
    [served]: counting(7, orders),
    [`${served}?tag=uri%3A%2Forders`]: uncounted(orders),
  });
  await expect(readHttpCounts(process, 'http://orders/actuator', signal)).rejects.toThrow(
    'What answers http://orders/actuator/metrics/http.server.requests is no meter of Micrometer’s that counts.',
  );
  const api = gateway({ '* *': counting(7, route), 'orders *': uncounted(route) });
  await expect(readCounts(api, ['orders'], signal)).rejects.toThrow(
    'Its counts of requests are no meter of Micrometer’s that counts.',
  );
});

test('a count is told by status; a status that is gone when it is asked for has none', async () => {
  const two = { uri: ['/orders'], status: ['200', '503'] };
  const process = actuator({
    [served]: counting(7, two),
    [`${served}?tag=uri%3A%2Forders`]: counting(7, two),
    [`${served}?tag=uri%3A%2Forders&tag=status%3A200`]: counting(7, orders),
  });
  expect(await readHttpCounts(process, 'http://orders/actuator', signal)).toEqual([
    { to: null, status: '200', count: 7 },
  ]);
  const both = { ...route, httpStatusCode: ['200', '503'] };
  const api = gateway({
    '* *': counting(7, both),
    'orders *': counting(7, both),
    'orders 200': counting(7, route),
  });
  expect(await readCounts(api, ['orders'], signal)).toEqual([{ routeId: 'orders', status: '200', count: 7 }]);
});
