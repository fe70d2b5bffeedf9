import { describe, expect, it } from 'vitest';
import type { HeldTrip } from '../../../shared/model/trip.ts';
import type { Holding } from '../../../shared/model/watch.ts';
import { chipWords, heldLook, heldRows, heldTitle } from './heldWords.ts';

const trip = (id: string, until: number, operationId: string): HeldTrip => ({
  id,
  connectionId: 'c',
  document: { connectionId: 'c', apiVersion: 'v1', kind: 'V', namespace: 'shop', name: 'p', uid: 'u' },
  revision: '1',
  host: 'payment.shop.svc',
  calleeId: 'c/shop/payment',
  caller: { namespace: 'shop', name: 'order' },
  mechanism: { kind: 'refuse', status: 503 },
  until,
  since: null,
  by: 'ana',
  reason: '',
  operationId,
});
const holding = (operationId: string, state: Holding['state'], over: Partial<Holding> = {}): Holding => ({
  operationId,
  kind: 'trip',
  title: 'Trip order → payment',
  serviceId: 'c/shop/payment',
  serviceName: 'payment',
  until: 60_000,
  state,
  note: '',
  connection: { id: 'c', title: 'shop' },
  ...over,
});

describe('what is held', () => {
  it('a trip of a document and what this console knows of it are one line, the soonest first', () => {
    const rows = heldRows(
      [trip('late', 90_000, 'o2'), trip('soon', 60_000, 'o1')],
      [holding('o1', 'held'), holding('w', 'watching', { kind: 'watch' })],
    );
    expect(rows.map(({ trip: of, holding: by }) => [of?.id, by?.operationId])).toEqual([
      ['soon', 'o1'],
      ['late', undefined],
    ]);
  });

  it('a trip that someone else took out of its document is still told of while it is not settled', () => {
    const [row] = heldRows([], [holding('o1', 'changed', { note: 'bo changed it since.' })]);
    expect(row && heldTitle(row, null)).toBe('Trip order → payment');
    expect(row && heldLook(row, 0)).toEqual({
      state: 'alarm',
      countdown: '1:00',
      advice: 'bo changed it since. End it to see the three versions, or leave it as it is.',
    });
  });

  it('a trip past its deadline is merely ending at first, and calls for help when it does not end', () => {
    const [row] = heldRows([trip('t', 60_000, 'o1')], []);
    expect(row && heldLook(row, 30_000)).toMatchObject({ state: 'held', countdown: '0:30' });
    expect(row && heldLook(row, 65_000)).toMatchObject({ state: 'held', countdown: 'ending' });
    expect(row && heldLook(row, 92_000)).toMatchObject({ state: 'alarm', countdown: 'late by 0:32' });
  });

  it('a trip of another Podium on a cluster that does not tell its time says whose clock it goes by', () => {
    const [row] = heldRows([{ ...trip('t', 60_000, 'o1'), timeDoubt: true }], []);
    expect(row && heldLook(row, 30_000)).toMatchObject({
      state: 'held',
      advice: expect.stringMatching(/by the clock of this machine/) as unknown,
    });
    expect(row && heldLook(row, 92_000)).toMatchObject({
      state: 'alarm',
      advice: expect.stringMatching(
        /still carries it. Its cluster does not tell its time.* End it by hand.$/,
      ) as unknown,
    });
    const [own] = heldRows([{ ...trip('t', 60_000, 'o1'), timeDoubt: true }], [holding('o1', 'held')]);
    expect(own && heldLook(own, 30_000).advice).toBeNull();
  });

  it('the chip counts down to the first end, and shows the one that is stuck before any other', () => {
    const rows = heldRows([trip('a', 60_000, 'o1'), trip('b', 90_000, 'o2')], []);
    expect(chipWords(rows, 0)).toEqual({ alarm: false, held: '2 trips held', countdown: '1:00' });
    const stuck = heldRows([trip('a', 60_000, 'o1'), trip('b', 90_000, 'o2')], [holding('o2', 'stuck')]);
    expect(chipWords(stuck, 0)).toMatchObject({ alarm: true, countdown: '1:30' });
    expect(chipWords([], 0)).toBeNull();
  });
});
