import { expect, test } from 'vitest';
import { answer, never, openScripted, vector } from '../../../test/faults/signalsHarness.ts';

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

test('refusals of somebody else’s calls are told at those, and of nobody’s in particular at all', async () => {
  const drop = (from: string, to: string) => ({
    source_namespace: 'shop',
    source_workload: from,
    destination_namespace: 'shop',
    destination_workload: to,
  });
  await using session = await openScripted((query) =>
    query.includes('hubble_drop')
      ? vector([
          [drop('order', 'payment'), 2],
          [drop('audit', 'payment'), 3],
          [drop('order', 'cart'), 4],
          [drop('quiet', 'payment'), 0],
        ])
      : null,
  );
  const judge = (name: string | null) =>
    session.denials?.judge({ ...call, caller: name === null ? null : { namespace: 'shop', name } }, never);
  expect(await judge('order')).toMatchObject({
    outcome: 'denied',
    text: expect.stringMatching(/^2\.?0* packets\/s from shop\/order to payment/) as string,
  });
  expect(JSON.stringify(await judge('order'))).not.toMatch(/audit|to cart/);
  expect(await judge('quiet')).toMatchObject({ outcome: 'admitted' });
  expect(await judge('stranger'), 'nothing is counted of it').toBeNull();
  expect(await judge(null)).toMatchObject({
    outcome: 'maybe',
    text: expect.stringMatching(/from shop\/audit to payment/) as string,
    notes: expect.arrayContaining([expect.stringMatching(/from shop\/order to payment/)]) as string[],
  });
});
