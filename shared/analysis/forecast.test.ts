import { describe, expect, test } from 'vitest';
import { defaultHealthThresholds } from '../model/settings.ts';
import type { Signals } from '../model/signals.ts';
import type { SplitDestination } from '../model/weights.ts';
import { forecast } from './forecast.ts';

const destination = (index: number, weight: number, readyInstances = 2): SplitDestination => ({
  index,
  host: 'payment',
  subset: `v${index + 1}`,
  port: null,
  title: `v${index + 1}`,
  version: `v${index + 1}`,
  weight,
  readyInstances,
  problem: null,
});
const figures = (requestsPerSecond: number, errorRatio: number): Signals => ({
  requestsPerSecond,
  failedPerSecond: requestsPerSecond * errorRatio,
  errorRatio,
  p50Ms: null,
  p90Ms: null,
  p99Ms: null,
});
const shop = { v1: figures(148, 0.003), v2: figures(64, 0.129) };
const foretell = (
  weights: [number, number],
  after: number[],
  signals: Record<string, Signals> = shop,
  ready = 2,
) =>
  forecast({
    split: { destinations: [destination(0, weights[0]), destination(1, weights[1], ready)] },
    weightsAfter: after,
    signals,
    versions: [],
    windowSeconds: 60,
    thresholds: defaultHealthThresholds,
  });

describe('what will happen', () => {
  test('is told in rates, load per instance and failures', () => {
    expect(foretell([70, 30], [95, 5])).toEqual({
      sentences: [
        'v2 goes from 64 to about 11 requests a second, v1 from 148 to about 201 over 2 ready instances: 101 each.',
        'At present rates, failed calls fall from 8.7 to about 2.0 a second.',
      ],
      direction: 'awayFromHarm',
      towards: [],
      unjudged: [],
    });
  });

  test('leads towards harm when what fails gets more', () => {
    const { direction, towards, sentences } = foretell([70, 30], [50, 50]);
    expect([direction, towards]).toEqual(['towardsHarm', ['v2']]);
    expect(sentences[1]).toMatch(/rise from 8.7 to about 14 a second/);
  });

  test('leads towards harm when what has no ready instance gets more, also without any traffic', () => {
    expect(foretell([100, 0], [90, 10], {}, 0)).toMatchObject({ direction: 'towardsHarm', towards: ['v2'] });
  });

  test('is neutral between healthy versions, and says nothing of failures it cannot know', () => {
    const { direction, sentences } = foretell([100, 0], [90, 10], { v1: figures(100, 0.001) });
    expect(direction).toBe('neutral');
    expect(sentences).toEqual([
      'v1 goes from 100 to about 90 requests a second, v2 from 0 to about 10 over 2 ready instances: 5.0 each.',
      'How many calls fail at v2 is not known: it had none to be judged by.',
    ]);
  });

  test('is told in shares where nothing is measured', () => {
    expect(foretell([70, 30], [95, 5], {}).sentences).toEqual([
      'v1 goes from 70 % to 95 % of the calls, v2 goes from 30 % to 5 % of the calls. No calls are measured now, so nothing can be said about rates.',
    ]);
  });

  test('says nothing of rates where a version that gets calls shows none: unknown is not zero', () => {
    const { sentences, direction } = foretell([70, 30], [95, 5], { v1: figures(148, 0.003) });
    expect(sentences).toEqual([
      'v1 goes from 70 % to 95 % of the calls, v2 goes from 30 % to 5 % of the calls. How many calls v2 gets now is not known, so nothing can be said about rates.',
    ]);
    expect(direction).toBe('neutral');
    const idle = { v1: figures(0, 0) };
    expect(foretell([70, 30], [95, 5], idle).sentences[0]).toContain('How many calls v2 gets now');
  });

  test('is not judged by a handful of failures', () => {
    expect(foretell([70, 30], [50, 50], { v1: figures(10, 0), v2: figures(0.1, 0.5) }).direction).toBe(
      'neutral',
    );
  });
});

describe('a destination that is a service of its own', () => {
  const backend = (index: number, weight: number): SplitDestination => ({
    ...destination(index, weight),
    host: `payment-v${index + 1}.shop.svc.cluster.local`,
    subset: null,
    title: `payment-v${index + 1}`,
    readyInstances: null,
  });
  const standing = (signals: Signals | null, readyInstances: number | null = 3) => ({
    signals,
    readyInstances,
    thresholds: defaultHealthThresholds,
  });
  const foretellBackends = (
    of: readonly [ReturnType<typeof standing>, ReturnType<typeof standing>],
    after: number[],
    signals: Record<string, Signals> = {},
    before: readonly [number, number] = [90, 10],
  ) =>
    forecast({
      split: { destinations: [backend(0, before[0]), backend(1, before[1])] },
      weightsAfter: after,
      signals,
      versions: [],
      backends: new Map(of.map((one, i) => [`payment-v${i + 1}.shop.svc.cluster.local`, one])),
      windowSeconds: 60,
      thresholds: defaultHealthThresholds,
    });

  test('is foretold by its own calls, failures and instances, and whose they are is said', () => {
    const told = foretellBackends([standing(figures(90, 0)), standing(figures(10, 0.4))], [50, 50]);
    expect(told.sentences).toEqual([
      'payment-v1 goes from 90 to about 50 requests a second, payment-v2 from 10 to about 50 over 3 ready instances: 17 each.',
      'At present rates, failed calls rise from 4.0 to about 20 a second.',
      'Figures are from all calls to payment-v1 (90 a second) and payment-v2 (10 a second), also those that come another way: fewer may come by this route.',
    ]);
    expect(told).toMatchObject({ direction: 'towardsHarm', towards: ['payment-v2'] });
  });

  test('that has no instance ready leads to harm', () => {
    const told = foretellBackends([standing(figures(90, 0)), standing(figures(10, 0), 0)], [50, 50]);
    expect(told).toMatchObject({ direction: 'towardsHarm', towards: ['payment-v2'] });
  });

  test('that nothing measures stays unknown', () => {
    const told = foretellBackends([standing(null), standing(null)], [50, 50]);
    expect(told.sentences.join(' ')).toContain('nothing can be said about rates');
    expect(told.direction).toBe('neutral');
  });

  test('is judged by what came through the service’s name where that is counted', () => {
    const own = { v1: figures(9, 0), v2: figures(1, 0) };
    const told = foretellBackends([standing(figures(900, 0)), standing(figures(100, 0.9))], [50, 50], own);
    expect(told.sentences[0]).toContain('from 9.0 to about 5.0');
    expect(told.direction).toBe('neutral');
    expect(told.sentences.join(' ')).not.toContain('Figures are from');
  });

  test('whose calls nobody counts is not taken to have no others', () => {
    for (const uncounted of [standing(null), standing({ ...figures(0, 0), requestsPerSecond: null })]) {
      const told = foretellBackends([standing(figures(90, 0)), uncounted], [50, 50], {}, [100, 0]);
      expect(told.sentences[0]).toBe(
        'payment-v1 goes from 90 to about 45 requests a second, payment-v2 from 0 to about 45 over 3 ready instances: 15 each, beside other calls, of which nothing is known.',
      );
    }
  });

  test('is not taken to get by the route what reaches it another way, and is judged by it all the same', () => {
    const direct = [standing(figures(90, 0.1)), standing(figures(900, 0))] as const;
    const told = foretellBackends(direct, [50, 50], {}, [100, 0]);
    expect(told.sentences).toEqual([
      'payment-v1 goes from 90 to about 45 requests a second, payment-v2 from 0 to about 45 over 3 ready instances: 315 each with its other calls.',
      'At present rates, failed calls fall from 9.0 to about 4.5 a second.',
      'Figures are from all calls to payment-v1 (90 a second) and payment-v2 (900 a second), also those that come another way: fewer may come by this route.',
    ]);
    expect(told.direction).toBe('awayFromHarm');
    const failing = [standing(figures(90, 0)), standing(figures(900, 0.5))] as const;
    expect(foretellBackends(failing, [50, 50], {}, [100, 0])).toMatchObject({
      direction: 'towardsHarm',
      towards: ['payment-v2'],
    });
  });

  test('bounds what comes by the route: no destination gets fewer calls than its share of them', () => {
    const [rates, failures] = foretellBackends(
      [standing(figures(90, 0)), standing(figures(910, 0.1))],
      [50, 50],
    ).sentences;
    expect(rates).toContain('payment-v1 goes from 90 to about 50 requests a second, payment-v2 from 10 to');
    expect(failures).toBe('At present rates, failed calls rise from 1.0 to about 5.0 a second.');
  });

  test('leaves open what comes by the route where one with a share gets none, or nothing has a share', () => {
    const why = 'How many of the calls measured come by this route is not known, so nothing can be said';
    const idle = [standing(figures(90, 0)), standing(figures(0, 0))] as const;
    expect(foretellBackends(idle, [50, 50]).sentences[0]).toContain(why);
    const calls = [standing(figures(90, 0)), standing(figures(10, 0))] as const;
    expect(foretellBackends(calls, [50, 50], {}, [0, 0]).sentences[0]).toContain(why);
    const none = [standing(figures(0, 0)), standing(figures(0, 0))] as const;
    expect(foretellBackends(none, [50, 50]).sentences[0]).toContain('No calls are measured now');
  });

  test('that has no instance ready leads to harm, also where its calls are counted by version', () => {
    const own = { v1: figures(90, 0), v2: figures(10, 0) };
    const told = foretellBackends([standing(figures(90, 0)), standing(figures(10, 0), 0)], [50, 50], own);
    expect(told).toMatchObject({ direction: 'towardsHarm', towards: ['payment-v2'] });
    expect(told.sentences[0]).toContain('with no instance ready to take them');
  });
});
