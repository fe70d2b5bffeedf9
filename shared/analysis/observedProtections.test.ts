import { describe, expect, test } from 'vitest';
import type { Protection } from '../model/inspect.ts';
import type { ProxySighting } from '../model/observations.ts';
import { type CallEvidence, unseenCallers, withObserved } from './observedProtections.ts';

const protection = (kind: Protection['kind'], more: Partial<Protection> = {}): Protection => ({
  kind,
  text: kind,
  evidence: 'DestinationRule shop/payment',
  observed: null,
  ...more,
});
const requests = protection('limit', { limit: 'requests' });

const sighting = (instance: string, more: Partial<ProxySighting> = {}): ProxySighting => ({
  namespace: 'shop',
  instance,
  host: 'payment',
  subset: null,
  reached: [],
  refused: 0,
  ejected: null,
  ejections: null,
  ...more,
});

const evidence = (proxies: readonly ProxySighting[], more: Partial<CallEvidence> = {}): CallEvidence => ({
  proxies,
  proxiesSeen: { source: 'proxies', at: 1 },
  windowSeconds: 60,
  instances: [{ version: 'v1' }, { version: 'v1' }, { version: 'v1' }, { version: 'v2' }],
  flags: null,
  flagsSeen: { source: 'metrics', at: 2 },
  ...more,
});

const told = (one: Protection, seen: CallEvidence): string | undefined =>
  withObserved([one], seen)[0]?.observed?.text;

describe('a limit', () => {
  test('is told by how many of the calling proxies reached it', () => {
    const proxies = ['a', 'b', 'c', 'd'].map((name) => sighting(name));
    expect(
      told(requests, evidence([...proxies, sighting('e', { reached: ['requests'], refused: 11.6 })])),
    ).toBe('reached in 1 of 5 calling proxies in the last minute, 12 requests refused');
    expect(told(requests, evidence(proxies))).toBe(
      'not reached in the last minute in any of 4 calling proxies',
    );
  });

  test('refused at least what those proxies say that tell', () => {
    const silent = sighting('b', { reached: ['requests'], refused: null });
    expect(told(requests, evidence([sighting('a', { reached: ['requests'], refused: 3 }), silent]))).toMatch(
      /^reached in 2 of 2 .*, at least 3 requests refused$/,
    );
    expect(told(requests, evidence([silent]))).toMatch(/^reached in 1 of 1 .* minute$/);
  });

  test('that was reached elsewhere is not this one', () => {
    const proxies = [sighting('a', { reached: ['waiting'], refused: 3 })];
    expect(told(requests, evidence(proxies))).toMatch(/^not reached/);
    expect(told(protection('limit', { limit: 'waiting' }), evidence(proxies))).toMatch(/^reached in 1 of 1/);
  });

  test('that was full between two scrapes shows in the count, though connections were seen to be all in use', () => {
    const proxies = [sighting('a', { reached: ['connections'], refused: 3 })];
    expect(told(requests, evidence(proxies))).toMatch(/^reached in 1 of 1.*3 requests refused$/);
    const retries = protection('limit', { limit: 'retries' });
    expect(told(retries, evidence(proxies))).toMatch(/^not reached/);
  });

  test('lowered while idle shows only in the count of refusals, its gauge stays 0', () => {
    expect(told(requests, evidence([sighting('a', { refused: 5 })]))).toBe(
      'reached in 1 of 1 calling proxy in the last minute, 5 requests refused',
    );
  });

  test('whose refusals nobody counts is not told as not reached', () => {
    const uncounted = sighting('a', { refused: null });
    expect(told(requests, evidence([uncounted]))).toBe(
      'never seen full in the last minute in any of 1 calling proxy; what 1 of them refused is not counted, so that it may have been reached',
    );
    expect(told(protection('limit'), evidence([uncounted, sighting('b')]))).toMatch(
      /any of 2 .*; what 1 of them refused/,
    );
    const [b, c] = [sighting('b', { refused: null }), sighting('c', { reached: ['requests'], refused: 3 })];
    expect(told(requests, evidence([uncounted, b, c]))).toMatch(/^reached in at least 1 of 3 .*, 3 requests/);
    // These are not among what is counted as refused: their gauges tell all.
    for (const limit of ['connections', 'retries'] as const)
      expect(told(protection('limit', { limit }), evidence([uncounted]))).toMatch(/^not reached/);
  });

  test('of which no proxy says anything is not told as calm', () => {
    expect(told(requests, evidence([]))).toBeUndefined();
    expect(told(requests, evidence([sighting('a', { reached: null, refused: null })]))).toBeUndefined();
  });

  test('shows in response flags where proxies export no statistics', () => {
    const seen = withObserved([requests], evidence([], { flags: { UO: 0.032, FI: 0.5 } }));
    expect(seen[0]?.observed).toEqual({
      text: '3.2 % of its calls were refused by a limit (UO)',
      source: 'metrics',
      at: 2,
    });
  });
});

test('what whoever declares a protection has seen of it himself stays where no proxy tells of it', () => {
  const observed = { text: 'closed on 2 of 2', source: 'Spring actuators', at: 3 };
  const [breaker] = withObserved([protection('breaker', { observed })], evidence([sighting('a')]));
  expect(breaker?.observed).toEqual(observed);
});

describe('ejection', () => {
  const ejection = protection('ejection');
  test('is told by how many are out and how many callers’ proxies see it so', () => {
    const proxies = ['a', 'b', 'c', 'd', 'e'].map((name) => sighting(name, { ejected: 1 }));
    expect(told(ejection, evidence([...proxies, sighting('f', { ejected: 0 })]))).toBe(
      '1 of 4 ejected, seen by 5 of 6 calling proxies',
    );
  });

  test('counts an instance once that is out in the host’s cluster and in a subset’s', () => {
    const proxies = [
      sighting('a', { ejected: 1 }),
      sighting('a', { subset: 'v2', ejected: 1 }),
      sighting('b', { ejected: 2 }),
    ];
    expect(told(ejection, evidence(proxies))).toBe('up to 2 of 4 ejected, seen by 2 of 2 calling proxies');
  });

  test('that is over is told beside none being out now', () => {
    expect(told(ejection, evidence([sighting('a', { ejected: 0, ejections: 2.9 })]))).toBe(
      'none ejected now in any of 1 calling proxy; 3 ejections in the last minute',
    );
  });
});

test('callers whose proxies say nothing are named with the setting that would show it', () => {
  const unheard = { why: 'none is asked', setting: 'ask = true' };
  const unseen = unseenCallers(
    [
      { name: 'order', workloads: ['shop/order', 'shop/order'], seen: false },
      { name: 'edge', workloads: ['shop/edge'], seen: true },
      { name: 'a customer', workloads: [], seen: false },
    ],
    unheard,
  );
  expect(unseen?.text).toContain('the proxies of order cannot be seen: of 1 workload, none is asked.');
  expect(unseen?.setting).toBe('ask = true');
  expect(unseenCallers([{ name: 'edge', workloads: ['shop/edge'], seen: true }], unheard)).toBeNull();
});
