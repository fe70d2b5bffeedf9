import { expect, test } from 'vitest';
import { answer, never, openScripted } from '../../../test/faults/signalsHarness.ts';

const call = {
  callee: { namespace: 'shop', name: 'payment', hosts: [] },
  caller: null,
  protocol: 'http' as const,
};

test('refused calls are asked for only when somebody asks, by one query for each kind', async () => {
  await using session = await openScripted(() => null);
  const isAbout = (query: string): boolean => /authz_deny|hubble_drop/.test(query);
  expect(session.asked.filter(isAbout)).toEqual([]);
  expect(await session.denials?.judge(call, never)).toBeNull();
  expect(session.asked.filter(isAbout)).toHaveLength(2);
});

test('counters that cannot be read clear nobody', async () => {
  await using session = await openScripted((query) =>
    query.includes('hubble_drop') ? answer('no', 503) : null,
  );
  expect(await session.denials?.judge(call, never)).toMatchObject({ outcome: 'unknown', policies: [] });
});
