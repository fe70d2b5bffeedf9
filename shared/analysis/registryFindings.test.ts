import { describe, expect, test } from 'vitest';
import { registryFindings } from './registryFindings.ts';
import { cluster, instance, node, registry } from './told.fixture.ts';
import type { FaceTold } from './told.ts';

const now = 10 * 60_000;
const texts = (...faces: FaceTold[]) =>
  registryFindings([node('order', ...faces)], now).map(({ text }) => text);
/** Another service that both systems list at one address, by which they are known to speak of one network. */
const shared = node(
  'cart',
  cluster([instance('cart-1', '10.0.9.1')]),
  registry([instance('c', '10.0.9.1:80')]),
);
const besideShared = (...faces: FaceTold[]) =>
  registryFindings([shared, node('order', ...faces)], now).map(({ text }) => text);

describe('systems that contradict each other', () => {
  test('about who is registered and who runs', () => {
    const running = cluster([
      instance('a', '10.0.0.1'),
      instance('b', '10.0.0.2'),
      instance('c', '10.0.0.3'),
    ]);
    const listed = registry([instance('a-1', '10.0.0.1:8080'), instance('old', '10.0.0.9:8080')]);
    expect(registryFindings([node('order', running, listed)], now)).toEqual([
      {
        rule: 'registered-nowhere',
        serviceId: 'east/shop/order',
        otherId: null,
        text: 'Consul dc1 lists what Kubernetes east does not run: old (10.0.0.9:8080).',
      },
      {
        rule: 'not-registered',
        serviceId: 'east/shop/order',
        otherId: null,
        text: '2 of 3 instances in Kubernetes east are not known to Consul dc1: b and c.',
      },
    ]);
  });

  test('about registrations of which not one is left', () => {
    const listed = registry([instance('old-1', '10.0.0.8:8080'), instance('old-2', '10.0.0.9:8080')]);
    expect(besideShared(cluster([instance('a', '10.0.0.1')]), listed)).toEqual([
      'Consul dc1 lists what Kubernetes east does not run: old-1 (10.0.0.8:8080) and old-2 (10.0.0.9:8080).',
    ]);
  });

  test('about versions that one of them does not have at all', () => {
    expect(texts(cluster([], { versions: ['v2', 'v1'] }), registry([], { versions: ['v1'] }))).toEqual([
      'Versions differ: Kubernetes east says v1 and v2 and Consul dc1 says v1.',
    ]);
  });

  test('about the version of one instance, also where both have the same versions in all', () => {
    const of = (version: string) => ({ version });
    const running = [instance('a', '10.0.0.1', of('v1')), instance('b', '10.0.0.2', of('v2'))];
    const listed = [instance('r-1', '10.0.0.1:80', of('v2')), instance('r-2', '10.0.0.2:80', of('v1'))];
    const versions = ['v1', 'v2'];
    expect(texts(cluster(running, { versions }), registry(listed, { versions }))).toEqual([
      'Versions differ: a is v1 to Kubernetes east and v2 to Consul dc1 and b is v2 to Kubernetes east and v1 to Consul dc1.',
    ]);
  });

  test('about whether anybody answers', () => {
    const silent = [instance('a', undefined, { ready: false }), instance('b', undefined, { ready: false })];
    expect(texts(cluster([]), registry(silent))).toEqual([
      'Consul dc1 lists 2 instances, none of which passes its checks.',
    ]);
    expect(texts(registry([instance('a', undefined, { ready: false })]))).toEqual([
      'Consul dc1 lists one instance, which does not pass its checks.',
    ]);
  });

  test('about whether anybody answers where the registry sends calls and the cluster says that nobody is ready', () => {
    const running = [
      instance('a', '10.0.0.1', { ready: false }),
      instance('b', '10.0.0.2', { ready: false }),
    ];
    const listed = registry([instance('r-1', '10.0.0.1:80'), instance('r-2', '10.0.0.2:80')]);
    expect(texts(cluster(running), listed)).toEqual([
      'Consul dc1 sends calls to r-1 and r-2; Kubernetes east says that none of them is ready.',
    ]);
    const [first] = running;
    expect(texts(cluster([first!, instance('b', '10.0.0.2')]), listed)).toEqual([]);
  });
});

describe('no contradiction', () => {
  test('where addresses are of different networks, or not told', () => {
    expect(texts(cluster([instance('a', '10.0.0.1')]), registry([instance('x', '10.0.0.7:80')]))).toEqual([]);
    expect(texts(cluster([instance('a')]), registry([instance('x', '10.0.0.1:80')]))).toEqual([]);
  });

  test('where a service runs on machines besides, which the cluster knows nothing of', () => {
    const listed = registry([instance('a-1', '10.0.0.1:80'), instance('vm', '192.168.0.1:80')]);
    expect(texts(cluster([instance('a', '10.0.0.1')]), listed)).toEqual([]);
  });

  test('where a cluster only calls what a registry lists', () => {
    expect(besideShared(cluster([]), registry([instance('x', '10.0.0.7:80')]))).toEqual([]);
  });

  test('where not one instance is registered, for the service is not meant to be', () => {
    expect(besideShared(cluster([instance('a', '10.0.0.1')]), registry([]))).toEqual([]);
  });

  test('where an instance that one registry lacks is in another that lists its siblings', () => {
    const running = cluster([instance('a', '10.0.0.1'), instance('b', '10.0.0.2')]);
    const consul = registry([instance('c-1', '10.0.0.1:80')]);
    const eureka = registry([instance('e-1', '10.0.0.1:80'), instance('e-2', '10.0.0.2:80')], {
      connectionId: 'spring',
      system: 'Eureka spring',
    });
    expect(texts(running, consul, eureka)).toEqual([]);
    expect(texts(running, consul)).toHaveLength(1);
  });

  test('where one of them tells no versions, or fewer for it lists fewer instances', () => {
    const versions = ['v1', 'v2'];
    expect(texts(cluster([], { versions }), registry([]))).toEqual([]);
    expect(texts(cluster([], { versions }), registry([], { versions: ['v2', 'v1'] }))).toEqual([]);
    const running = [
      instance('a', '10.0.0.1', { version: 'v1' }),
      instance('vm', '10.0.0.2', { version: 'v2', ready: false }),
    ];
    const listed = [instance('r', '10.0.0.1:80', { version: 'v1' })];
    expect(texts(cluster(running, { versions }), registry(listed, { versions: ['v1'] }))).toEqual([]);
  });

  test('where an instance that is not registered is not ready either, or began a moment ago', () => {
    const listed = registry([instance('a-1', '10.0.0.1:80')]);
    const beside = (rest: Parameters<typeof instance>[2]) =>
      texts(cluster([instance('a', '10.0.0.1'), instance('b', '10.0.0.2', rest)]), listed);
    expect(beside({ ready: false })).toEqual([]);
    expect(beside({ startedAt: now - 60_000 })).toEqual([]);
    expect(beside({ startedAt: now - 120_000 })).toHaveLength(1);
  });
});
