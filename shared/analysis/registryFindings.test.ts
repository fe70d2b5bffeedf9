import { describe, expect, test } from 'vitest';
import type { InstanceObservation } from '../model/topology.ts';
import { registryFindings, type FaceTold } from './registryFindings.ts';

const instance = (name: string, address?: string, ready = true): InstanceObservation => ({
  namespace: 'shop',
  name,
  uid: name,
  workload: null,
  version: null,
  ready,
  reason: null,
  restarts: null,
  lastRestartAt: null,
  startedAt: null,
  node: null,
  ...(address === undefined ? {} : { address }),
});
const cluster = (instances: InstanceObservation[], versions: string[] = []): FaceTold => ({
  system: 'Kubernetes east',
  runs: true,
  versions,
  instances,
});
const registry = (instances: InstanceObservation[], versions: string[] = []): FaceTold => ({
  system: 'Consul dc1',
  runs: false,
  versions,
  instances,
});
const texts = (...faces: FaceTold[]) => registryFindings(faces).map(({ text }) => text);

describe('systems that contradict each other', () => {
  test('about who is registered and who runs', () => {
    const running = cluster([
      instance('a', '10.0.0.1'),
      instance('b', '10.0.0.2'),
      instance('c', '10.0.0.3'),
    ]);
    const listed = registry([instance('a-1', '10.0.0.1:8080'), instance('old', '10.0.0.9:8080')]);
    expect(texts(running, listed)).toEqual([
      '2 of 3 instances in Kubernetes east are not known to Consul dc1: b and c.',
      'Consul dc1 lists what Kubernetes east does not run: old.',
    ]);
  });

  test('about versions', () => {
    expect(texts(cluster([], ['v2', 'v1']), registry([], ['v1']))).toEqual([
      'Versions differ: Kubernetes east says v1 and v2 and Consul dc1 says v1.',
    ]);
  });

  test('about whether anybody answers', () => {
    const silent = [instance('a', undefined, false), instance('b', undefined, false)];
    expect(texts(cluster([]), registry(silent))).toEqual([
      'Consul dc1 lists 2 instances, none of which passes its checks.',
    ]);
  });
});

describe('no contradiction', () => {
  test('where addresses are of different networks, or not told', () => {
    expect(texts(cluster([instance('a', '10.0.0.1')]), registry([instance('x', '192.168.0.1:80')]))).toEqual(
      [],
    );
    expect(texts(cluster([instance('a')]), registry([instance('x', '10.0.0.1:80')]))).toEqual([]);
  });

  test('where one of them tells no versions, or both the same', () => {
    expect(texts(cluster([], ['v1', 'v2']), registry([]))).toEqual([]);
    expect(texts(cluster([], ['v1', 'v2']), registry([], ['v2', 'v1']))).toEqual([]);
  });

  test('where an instance that is not registered is not ready either', () => {
    const running = cluster([instance('a', '10.0.0.1'), instance('b', '10.0.0.2', false)]);
    expect(texts(running, registry([instance('a-1', '10.0.0.1:80')]))).toEqual([]);
  });
});
