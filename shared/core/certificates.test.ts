import { expect, test } from 'vitest';
import { createFakeClock } from '../../test/support/memoryPorts.ts';
import type { FoundCertificate } from '../connectors/kit/certificates.ts';
import { createCertificateReader } from './certificates.ts';
import type { World } from './world.ts';

const dayMs = 86_400_000;
const minuteMs = 60_000;

const ending = (where: string, startsAt: number, endsAt: number): FoundCertificate => ({
  kind: 'secret',
  where,
  subject: 'shop.example.com',
  usedBy: null,
  services: [{ namespace: 'shop', name: 'edge' }],
  startsAt,
  endsAt,
});

/** One connection that tells this when asked. */
function paper() {
  const told = { certificates: [] as FoundCertificate[], problems: [] as string[], reads: 0 };
  const read = () => {
    told.reads += 1;
    return Promise.resolve({ certificates: told.certificates, problems: told.problems });
  };
  const connection = {
    id: 'east',
    title: 'East',
    generation: 1,
    closed: new AbortController().signal,
    sources: [{ session: { certificates: { read } } }],
  };
  // The parts that are used.
  const world = { connections: { open: new Map([['east', connection]]) } } as unknown as World;
  const clock = createFakeClock();
  return { told, clock, read: createCertificateReader(world, { clock }) };
}

test('only what is near its end is told, the first to end first, each with the service whose callers meet it', async () => {
  const { told, clock, read } = paper();
  const now = clock.now();
  told.certificates = [
    ending('in a year', now, now + 365 * dayMs),
    ending('in 20 days', now - 70 * dayMs, now + 20 * dayMs),
    ending('yesterday', now - 90 * dayMs, now - dayMs),
    ending('an hour, by a login program', now, now + 60 * minuteMs),
  ];
  const { certificates } = await read(undefined);
  expect(certificates.map(({ where, serviceIds }) => [where, serviceIds])).toEqual([
    ['yesterday', ['east/shop/edge']],
    ['in 20 days', ['east/shop/edge']],
  ]);
});

test('what was read is kept for half an hour, less while something ends or cannot be read, and none is asked at every look', async () => {
  const { told, clock, read } = paper();
  const readsWithin = async (ms: number): Promise<number> => {
    const before = told.reads;
    for (let spent = 0; spent < ms; spent += minuteMs) {
      await clock.advance(minuteMs);
      await read(undefined);
    }
    return told.reads - before;
  };
  await read(undefined);
  expect(await readsWithin(60 * minuteMs)).toBe(2);

  const now = clock.now();
  told.certificates = [ending('soon', now - 80 * dayMs, now + 10 * dayMs)];
  await readsWithin(30 * minuteMs);
  expect(await readsWithin(60 * minuteMs)).toBe(6);

  told.problems = ['you may not get secrets in shop'];
  await readsWithin(10 * minuteMs);
  // Once more soon, for it may have been a start that came too early; then as seldom as before.
  expect(await readsWithin(60 * minuteMs)).toBeLessThanOrEqual(7);
  expect((await read(undefined)).problems).toEqual([
    { connectionId: 'east', text: 'you may not get secrets in shop' },
  ]);
});
