import { expect, test } from 'vitest';
import type { InstanceObservation } from '../model/topology.ts';
import type { ContainerUse, InstancesUse } from '../model/usage.ts';
import { formatMemory, resourceSentences, addUp } from './instanceUse.ts';
import { instance as told } from './told.fixture.ts';

const mebibyte = 2 ** 20;
const limit = (name: string, cpuLimitCores: number | null, memoryMebibytes: number | null) => ({
  name,
  cpuRequestCores: null,
  cpuLimitCores,
  memoryRequestBytes: null,
  memoryLimitBytes: memoryMebibytes === null ? null : memoryMebibytes * mebibyte,
});
const instance = (name: string, more: Partial<InstanceObservation> = {}): InstanceObservation =>
  told(name, undefined, { limits: [limit('app', 1, 512), limit('proxy', null, 128)], ...more });
const use = (
  container: string,
  cpuCores: number,
  mebibytes: number,
  throttled: number | null = null,
): ContainerUse => ({
  container,
  cpuCores,
  memoryBytes: mebibytes * mebibyte,
  throttledRatio: throttled,
});
const used = (byInstance: InstancesUse['byInstance']): InstancesUse => ({
  source: 'Prometheus · cAdvisor',
  byInstance,
});
const textsOf = (instances: readonly InstanceObservation[], inUse: InstancesUse | null, now = 0) =>
  resourceSentences(instances, inUse, now).map(({ text }) => text);

test('containers are added up, and a limit of all is one only where each has one', () => {
  const all = addUp(instance('a'), [use('app', 0.5, 400, 0.1), use('proxy', 0.1, 120)]);
  expect(all).toMatchObject({
    cpuLimitCores: null,
    memoryLimitBytes: 640 * mebibyte,
    memoryBytes: 520 * mebibyte,
  });
  expect(all.cpuCores).toBeCloseTo(0.6);
  expect(all.throttled).toEqual({ container: 'app', ratio: 0.1 });
  // 94 % of the proxy's own limit is nearer to the end than 78 % of the application's.
  expect(all.memory).toMatchObject({ container: 'proxy' });
});

test('of a container that is measured and declared nowhere no limit is known, and so none of all', () => {
  const all = addUp(instance('a', { limits: [limit('app', 1, 512)] }), [
    use('app', 0.5, 400),
    use('debugger', 0.1, 200),
  ]);
  expect(all).toMatchObject({ cpuLimitCores: null, memoryLimitBytes: null, memoryBytes: 600 * mebibyte });
});

test('what nobody says is not zero', () => {
  expect(addUp({}, [])).toEqual({
    cpuCores: null,
    cpuLimitCores: null,
    memoryBytes: null,
    memoryLimitBytes: null,
    throttled: null,
    memory: null,
  });
  expect(textsOf([instance('a')], null)).toEqual([]);
});

test('instances that a limit holds back are among the reasons, the worst by name', () => {
  const inUse = used({
    a: [use('app', 1, 100, 0.63), use('proxy', 0.1, 20)],
    b: [use('app', 1, 100, 0.3), use('proxy', 0.1, 20)],
    c: [use('app', 0.2, 100, 0.1), use('proxy', 0.1, 20)],
  });
  expect(textsOf([instance('a'), instance('b'), instance('c')], inUse)).toEqual([
    '2 of 3 instances are held back by a CPU limit, at worst in 63 % of its time (a, container app).',
  ]);
});

test('memory near its limit is a reason, at 90 % and not before', () => {
  const at = (mebibytes: number) => textsOf([instance('a')], used({ a: [use('app', 0.1, mebibytes)] }));
  expect(at(459)).toEqual([]);
  expect(at(482)).toEqual([
    'Its instance is near a memory limit, at worst with 94 % of 512 MiB (a, container app): at 100 % it is killed.',
  ]);
});

test('a container that was killed for memory lately is told with its exit code', () => {
  const now = 10 * 3_600_000;
  const killed = (name: string, minutesAgo: number, reason = 'OOMKilled') =>
    instance(name, { lastEnd: { container: 'app', reason, exitCode: 137, at: now - minutesAgo * 60_000 } });
  expect(
    textsOf([killed('a', 20), killed('b', 3), killed('c', 90), killed('d', 1, 'Error')], null, now),
  ).toEqual([
    'b was killed for memory 3 min ago (container app, OOMKilled, exit code 137), and so was 1 more.',
  ]);
});

test.each([
  [1_500_000, '1.4 MiB'],
  [482 * mebibyte, '482 MiB'],
  [1_536 * mebibyte, '1.5 GiB'],
])('%i bytes are %s', (bytes, text) => expect(formatMemory(bytes)).toBe(text));
