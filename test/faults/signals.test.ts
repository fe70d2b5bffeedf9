import { describe, expect, test } from 'vitest';
import { counterIncreases } from '../../shared/analysis/counterDifferences.ts';
import { foldSignals } from '../../shared/analysis/foldSignals.ts';
import { foldTopology } from '../../shared/analysis/foldTopology.ts';
import { quote, quoteRegex, selector } from '../../shared/connectors/prometheus/promql.ts';
import { hostPattern } from '../../shared/connectors/prometheus/hostPattern.ts';
import { defaultSettings } from '../../shared/model/settings.ts';
import { parseQuery } from '../../shared/rehearsal/prometheus/parse.ts';
import {
  answer,
  lookingFor,
  matrix,
  never,
  now,
  openScripted,
  requestLabels,
  vector,
  type Script,
} from './signalsHarness.ts';

const REQUESTS = /^sum by .*rate\(istio_requests_total\[/;
const NEWEST = /^max\(timestamp/;
const row = (value: string | number, more: Record<string, string> = {}) =>
  [requestLabels(more), value] as const;

/** A Prometheus whose newest sample is fresh, and that else follows the script. */
const fresh =
  (script: Script): Script =>
  (query, request) =>
    script(query, request) ?? (NEWEST.test(query) ? vector([[{}, now / 1000 - 3]]) : null);

describe('W11 a Prometheus that misbehaves', () => {
  test('W11 that answers in part: what came is used, and the warning is shown', async () => {
    await using session = await openScripted(
      fresh((query) =>
        REQUESTS.test(query) ? vector([row(5)], now, { warnings: ['store 10.0.0.7 did not answer'] }) : null,
      ),
    );
    const read = await session.signals.read(60, never);
    expect(read.calls).toHaveLength(1);
    expect(read.problems).toEqual(['Prometheus warns: store 10.0.0.7 did not answer']);
  });

  test.each([
    [
      '422',
      answer({ status: 'error', errorType: 'execution', error: 'many-to-many' }, 422),
      'refused',
      /many-to-many/,
    ],
    [
      '503',
      answer({ status: 'error', errorType: 'timeout', error: 'query timed out' }, 503),
      'busy',
      /gave up.*timed out/,
    ],
    ['a bare 503', answer('upstream connect error', 503), 'busy', /busy or not ready/],
    [
      'a web page',
      { ...answer('<!doctype html><a href="/login">Log in'), headers: { 'content-type': 'text/html' } },
      'notThePeer',
      /a web page came back/,
    ],
    ['nothing', answer(''), 'notThePeer', /the answer is empty/],
    ['other JSON', answer({ hello: 'world' }), 'notThePeer', /not Prometheus's format/],
    [
      'success without a result',
      answer({ status: 'success', data: {} }),
      'notThePeer',
      /lacks what Prometheus always sends/,
    ],
  ] as const)(
    'W11 that answers %s is an error in words, never an empty map',
    async (_, broken, kind, words) => {
      await using session = await openScripted((query) => (REQUESTS.test(query) ? broken : null));
      const reading = session.signals.read(60, never);
      await expect(reading).rejects.toMatchObject({ kind });
      await expect(reading).rejects.toThrow(words);
    },
  );

  test('W11 whose newest sample is old: the age is told', async () => {
    await using session = await openScripted((query) =>
      NEWEST.test(query) ? vector([[{}, now / 1000 - 200]]) : null,
    );
    const read = await session.signals.read(60, never);
    expect(read.newestSampleAt).toBe(now - 200_000);
    expect(read.problems).toEqual(['The newest sample is 200 s old: scraping seems to have stopped']);
  });

  test('W11 that holds nothing any more: unknown, not zero', async () => {
    await using session = await openScripted(() => null);
    const read = await session.signals.read(60, never);
    expect(read).toMatchObject({ calls: [], newestSampleAt: null });
    expect(read.problems).toEqual([
      'No proxy has been scraped in the last five minutes: figures are unknown, not zero',
    ]);
    const topology = foldTopology('c', [], now);
    const folded = foldSignals({
      connectionId: 'c',
      topology,
      observations: [read],
      health: defaultSettings.health,
      now,
    });
    expect(folded.calls).toEqual([]);
  });

  test('W11 that missed scrapes: gaps, not zeros', async () => {
    const steps = [0, 30, 90].map((second) => [now - 90_000 + second * 1000, 4] as const);
    await using session = await openScripted((query, { path }) =>
      path.endsWith('query_range') && /requests_total/.test(query)
        ? matrix([[requestLabels(), steps]])
        : null,
    );
    const scope = { hosts: ['payment.shop.svc.cluster.local'] };
    const range = { from: now - 90_000, to: now, stepSeconds: 30, windowSeconds: 60, latency: true };
    const { lines } = await session.signals.series({ scope, ...range }, never);
    expect(lines).toMatchObject([
      { version: 'v1', requestsPerSecond: [4, 4, null, 4], failedPerSecond: [0, 0, null, 0] },
    ]);
    expect(lines[0]?.p99Ms).toEqual([null, null, null, null]);
  });

  test('W11 whose counters begin anew: what was counted since is kept, nothing is negative', async () => {
    const samples = [10, 110, 5, 55].map((value, i) => [now - 40_000 + i * 10_000, value] as const);
    await using session = await openScripted((query) =>
      /^istio_requests_total\{.*\}\[\d+s\]$/.test(query)
        ? matrix([[requestLabels({ reporter: 'source' }), samples]])
        : null,
    );
    const read = await session.signals.counters(
      { hosts: ['payment.shop.svc.cluster.local'], since: now - 35_000 },
      never,
    );
    expect(counterIncreases(read.series, now - 35_000).series).toMatchObject([{ increase: 55, resets: 1 }]);
  });

  test('W11 whose clock is ten minutes ahead: told, and times are put right', async () => {
    const ahead = now + 600_000;
    await using session = await openScripted((query) => {
      if (query.startsWith(lookingFor)) return vector([[{ found: 'istio' }, 1]], ahead);
      if (NEWEST.test(query)) return vector([[{}, ahead / 1000 - 4]], ahead);
      return null;
    });
    const read = await session.signals.read(60, never);
    expect(read.newestSampleAt).toBe(now - 4_000);
    expect(read.problems).toEqual([
      'Prometheus’s clock is 10 min ahead of this computer’s; times are corrected by that',
    ]);
  });

  test('W11 that sends a series twice: counted once, and told', async () => {
    await using session = await openScripted(
      fresh((query) => (REQUESTS.test(query) ? vector([row(5), row(5)]) : null)),
    );
    const read = await session.signals.read(60, never);
    expect(read.calls.map((call) => call.perSecond)).toEqual([5]);
    expect(read.problems).toEqual(['1 series came twice in one answer; each is counted once']);
  });

  test('W11 whose rates are no numbers: left out', async () => {
    const odd = ['NaN', '+Inf', '-Inf', 'x', '-3'].map((value, i) =>
      row(value, { response_code: String(i) }),
    );
    await using session = await openScripted(
      fresh((query) => (REQUESTS.test(query) ? vector([...odd, row(2)]) : null)),
    );
    expect((await session.signals.read(60, never)).calls.map((call) => call.perSecond)).toEqual([2]);
  });

  test('W11 that finds a query too large is asked namespace by namespace', async () => {
    await using session = await openScripted(
      fresh((query, { path }) => {
        if (path.endsWith('/values')) return answer({ status: 'success', data: ['shop', 'finance'] });
        if (!/istio_requests_total/.test(query) || !query.startsWith('sum')) return null;
        const part = /destination_service_namespace="(\w*)"/.exec(query)?.[1];
        if (part === undefined)
          return answer(
            {
              status: 'error',
              errorType: 'execution',
              error: 'query processing would load too many samples into memory',
            },
            422,
          );
        return part === '' ? vector([]) : vector([row(1, { destination_service_namespace: part })]);
      }),
    );
    expect((await session.signals.read(60, never)).calls).toHaveLength(2);
    const before = session.asked.filter((query) => REQUESTS.test(query)).length;
    await session.signals.read(60, never);
    expect(session.asked.filter((query) => REQUESTS.test(query))).toHaveLength(before);
  });

  test.each([403, 405])('W11 that lets nobody post (%i) is asked with GET from then on', async (status) => {
    await using session = await openScripted((_, { method }) =>
      method === 'POST' ? answer('no', status) : null,
    );
    await session.signals.read(60, never);
    // What is there is asked for in one query; nothing is posted after that.
    expect(session.posts()).toBeLessThanOrEqual(1);
    expect(session.signals.source).toBe('Prometheus 2.53 · Istio metrics');
  });

  test('W11 that is asked for everything is asked four questions, whatever the number of namespaces', async () => {
    await using session = await openScripted(fresh(() => null));
    await session.signals.read(60, never);
    expect((await session.signals.read(60, never)).queries).toBe(4);
  });
});

describe('H05 label values in queries', () => {
  const hostile = ['x"} or up or {a="', '.*', 'a\\', 'line\nfeed', '"', '\\"', '\0', 'a|b', '${x}', '\ud800'];

  test.each(hostile)('H05 %j stays one label value', (value) => {
    const parsed = parseQuery(selector('m', [{ label: 'a', is: 'equal', values: [value] }]));
    expect(parsed).toMatchObject({ kind: 'vector-selector' });
    if (parsed.kind !== 'vector-selector') return;
    expect(parsed.matchers.filter((one) => one.label === 'a')).toMatchObject([
      { label: 'a', operator: '=', value: value.toWellFormed() },
    ]);
  });

  test.each(hostile)('H05 %j as a pattern matches itself alone', (value) => {
    const parsed = parseQuery(`m{a=~${quote(quoteRegex(value))}}`);
    if (parsed.kind !== 'vector-selector') throw new Error('no selector');
    const pattern = new RegExp(`^(?:${parsed.matchers.find((one) => one.label === 'a')?.value})$`);
    expect(pattern.test(value.toWellFormed())).toBe(true);
    expect(pattern.test('xyz')).toBe(false);
  });

  test('H05 a host’s dots match dots only, and a hostile host asks for no more than itself', async () => {
    expect(
      new RegExp(`^(?:${hostPattern('payment.shop.svc.cluster.local')})$`).test(
        'paymentXshop.svc.cluster.local',
      ),
    ).toBe(false);
    await using session = await openScripted(() => null);
    const host = 'x"} or up or {a=".*';
    await session.signals.counters({ hosts: [host], since: now - 10_000 }, never);
    const asked = session.asked.at(-1) ?? '';
    expect(parseQuery(asked)).toMatchObject({ kind: 'matrix-selector' });
  });
});

describe('H06 labels named like parts of an object', () => {
  test('H06 pollute nothing and are shown as they are', async () => {
    const metric = JSON.stringify(
      requestLabels({ destination_version: 'constructor', source_workload: '__proto__' }),
    );
    const body = `{"status":"success","data":{"resultType":"vector","result":[{"metric":${metric.replace('{', '{"__proto__":"polluted",')},"value":[${now / 1000},"5"]}]}}`;
    await using session = await openScripted(fresh((query) => (REQUESTS.test(query) ? answer(body) : null)));
    const read = await session.signals.read(60, never);
    const topology = foldTopology('c', [], now);
    const folded = foldSignals({
      connectionId: 'c',
      topology,
      observations: [read],
      health: defaultSettings.health,
      now,
    });
    expect(folded.extraServices.map((service) => service.name)).toContain('__proto__');
    const [signals] = [...folded.serviceSignals.values()].filter((one) => one.requestsPerSecond !== null);
    expect(Object.keys(signals?.versions ?? {})).toEqual(['constructor']);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});
