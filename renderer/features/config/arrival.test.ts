import { expect, test } from 'vitest';
import type { ConfigReach } from '../../../shared/model/config.ts';
import { arrivalLines, restartable } from './arrival.ts';

const reach = (name: string, arrival: ConfigReach['arrival']): ConfigReach => ({
  workload: { kind: 'Deployment', namespace: 'shop', name, uid: name },
  how: 'environment variable A of container app',
  arrival,
  why: 'a process gets its environment when it starts',
});

test('a workload that reads it in two ways counts once for each way', () => {
  const all = [reach('v1', 'restart'), reach('v1', 'restart'), reach('v2', 'restart'), reach('v2', 'file')];
  expect(arrivalLines(all).map(({ text }) => text)).toEqual([
    'needs a rollout restart of 2 workloads',
    'the file updates itself within about a minute; whether the process reads it again is not known',
  ]);
});

test('a restart is needed where there is no other way, and offered where a file updates itself', () => {
  const { needed, possible } = restartable([
    reach('v1', 'file'),
    reach('v1', 'restart'),
    reach('v2', 'file'),
    reach('v3', 'hot'),
  ]);
  expect(needed.map(({ name }) => name)).toEqual(['v1']);
  expect(possible.map(({ name }) => name)).toEqual(['v2']);
});
