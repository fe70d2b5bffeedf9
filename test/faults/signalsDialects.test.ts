import { describe, expect, test } from 'vitest';
import { lookingFor, matrix, never, now, openScripted, vector } from './signalsHarness.ts';

const cluster = 'outbound|8080|v2|payment.shop.svc.cluster.local';
const plain = {
  cluster_name: cluster,
  response_code_class: '2xx',
  namespace: 'shop',
  app: 'edge',
  pod: 'edge-1',
};

/** A Prometheus that scrapes Envoys of no Istio distribution, or both kinds. */
const openWith = (dialects: readonly string[]) =>
  openScripted((query, { path }) => {
    if (query.startsWith(lookingFor)) return vector(dialects.map((found) => [{ found }, 1]));
    if (query.startsWith('max(timestamp')) return vector([[{}, now / 1000 - 2]]);
    if (/^sum by .*envoy_cluster_upstream_rq\{/.test(query) && !path.endsWith('range'))
      return vector([[plain, 30]]);
    return null;
  });

describe('W11 which metrics a Prometheus holds', () => {
  test('W11 plain Envoys are read by class of answer, and only their outbound clusters', async () => {
    await using session = await openWith(['envoy']);
    const read = await session.signals.read(60, never);
    expect(read.source).toBe('Prometheus 2.53 · Envoy metrics with Istio’s cluster names');
    expect(read.calls).toMatchObject([
      { host: 'payment.shop.svc.cluster.local', subset: 'v2', perSecond: 30 },
    ]);
    const asked = session.asked.filter((query) => query.startsWith('sum by'));
    expect(asked.length).toBeGreaterThan(0);
    expect(asked.every((query) => query.includes('cluster_name=~"outbound\\\\|.*"'))).toBe(true);
    expect(asked.some((query) => query.includes('response_code_class!=""'))).toBe(true);
  });

  test('W11 where both kinds are there, Istio’s are read and none are added up', async () => {
    await using session = await openWith(['istio', 'envoy']);
    await session.signals.read(60, never);
    expect(session.signals.source).toBe('Prometheus 2.53 · Istio metrics');
    expect(session.asked.some((query) => query.startsWith('sum by') && query.includes('envoy_'))).toBe(false);
  });

  test('W11 where neither is there, that is said', async () => {
    await using session = await openWith([]);
    const read = await session.signals.read(60, never);
    expect(read.calls).toEqual([]);
    expect(read.problems[0]).toMatch(/Nothing in Prometheus says who calls whom/);
  });
});

describe('W11 refusals that istiod counts', () => {
  const expectation = {
    kind: 'shares' as const,
    splitId: 's',
    host: 'payment',
    gateways: [],
    namespace: 'shop',
    ambiguous: null,
    destinations: [],
  };
  const counting = (values: readonly number[]) =>
    openScripted((query) =>
      query.startsWith('pilot_total_xds_rejects')
        ? matrix([
            [
              { type: 'rds' },
              values.map((value, i) => [now - (values.length - 1 - i) * 10_000, value] as const),
            ],
          ])
        : null,
    );
  const since = now - 25_000;

  test('W11 since the write contradict it', async () => {
    await using session = await counting([4, 4, 4, 6]);
    const proof = await session.proof?.loaded(expectation, since, never);
    expect(proof?.state).toBe('contradicted');
    expect(proof?.detail).toMatch(/refused a configuration 2 times since the write/);
  });

  test('W11 from before the write do not, and none says nothing of what proxies hold', async () => {
    await using session = await counting([4, 4, 4, 4]);
    expect((await session.proof?.loaded(expectation, now - 5_000, never))?.state).toBe('waiting');
    await using later = await counting([1, 4, 4, 4, 4, 4, 4, 4]);
    expect((await later.proof?.loaded(expectation, now - 55_000, never))?.state).toBe('unobservable');
  });

  test('W11 count from the first one on, before which istiod does not export the counter', async () => {
    const at = (ago: number, value: number) => [now - ago, value] as const;
    const labels = { instance: '10.0.0.9:15014', type: 'rds' };
    const answering = (rejects: readonly (readonly [number, number])[], pushes = rejects) =>
      openScripted((query) => {
        if (query.startsWith('pilot_total_xds_rejects'))
          return rejects.length === 0 ? null : matrix([[labels, rejects]]);
        return query.startsWith('pilot_xds_pushes') ? matrix([[labels, pushes]]) : null;
      });
    const pushes = [at(40_000, 2), at(30_000, 2), at(20_000, 3), at(10_000, 3), at(0, 3)];
    await using first = await answering([at(10_000, 1), at(0, 1)], pushes);
    expect(await first.proof?.loaded(expectation, since, never)).toMatchObject({
      state: 'contradicted',
      detail: expect.stringMatching(/refused a configuration 1 time since/) as unknown,
    });
    await using none = await answering([], pushes);
    expect((await none.proof?.loaded(expectation, now - 5_000, never))?.state).toBe('waiting');
    await using newcomer = await answering([at(10_000, 1), at(0, 1)]);
    expect((await newcomer.proof?.loaded(expectation, since, never))?.state).toBe('waiting');
    await using silent = await answering([], pushes.slice(0, 2));
    expect((await silent.proof?.loaded(expectation, since, never))?.detail).toMatch(/not been read since/);
  });

  test('W11 are not made up where nobody counts them', async () => {
    await using session = await openScripted(() => null);
    expect(await session.proof?.loaded(expectation, since, never)).toBeNull();
  });
});
