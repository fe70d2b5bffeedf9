import { describe, expect, test } from 'vitest';
import type { SignalSource } from '../../shared/connectors/kit/connector.ts';
import { eventually, openSpring, type SpringUnderTest } from './springShop.ts';

/** A shop whose order calls payment once for each request that it gets. */
export interface CountedShop extends AsyncDisposable, Pick<SpringUnderTest, 'settings' | 'clock'> {
  /** Asks order so often from outside. */
  order(times: number): Promise<void>;
  /** No instance of payment takes calls any more. */
  losePayment(): Promise<void>;
}

const limit = (): AbortSignal => AbortSignal.timeout(240_000);

export async function signalsOf(shop: Pick<CountedShop, 'settings' | 'clock'>) {
  const open = await openSpring(shop);
  const { signals } = open.actuators;
  if (signals === undefined) throw new Error('the session has no signals');
  return { signals, [Symbol.asyncDispose]: () => open[Symbol.asyncDispose]() };
}

/** How many calls of payment order counted, and how many of them failed. */
async function counted(signals: SignalSource): Promise<{ all: number; failed: number }> {
  const { series } = await signals.counters({ hosts: ['payment'], since: 0 }, limit());
  const own = series.filter(({ caller }) => caller === 'default/order');
  const sum = (some: typeof own): number =>
    some.reduce((total, { samples }) => total + (samples.at(-1)?.[1] ?? 0), 0);
  return { all: sum(own), failed: sum(own.filter(({ failed }) => failed)) };
}

/** What a process counts itself is told as it is, whoever counts. */
export function countsOfSpring(name: string, start: () => Promise<CountedShop>, limitMs: number): void {
  describe(`counts of ${name}`, () => {
    test(
      'are told to the call, with who calls, and failures apart from answers',
      async () => {
        await using shop = await start();
        await using open = await signalsOf(shop);
        const { signals } = open;
        await shop.order(5);
        const before = await eventually(
          () => counted(signals),
          ({ all }) => all >= 5,
          limitMs,
        );
        await shop.order(25);
        const after = await eventually(
          () => counted(signals),
          ({ all }) => all >= before.all + 25,
          limitMs,
        );
        expect(after).toEqual({ all: before.all + 25, failed: before.failed });
        const { calls, problems } = await signals.read(120, limit());
        expect(problems).toEqual([]);
        const told = calls.map(({ source, host, responseCode }) => [source.service, host, responseCode]);
        expect(told).toContainEqual(['order', 'payment', '200']);
        // Whoever asks order is no service that anybody knows.
        expect(told).toContainEqual([null, 'order', '200']);
        expect(told.filter(([caller, host]) => caller === null && host === 'payment')).toEqual([]);
        const rates = await signals.instanceRates?.(
          ['order-1', 'payment-1'].map((instance) => ({ namespace: 'default', name: instance })),
          limit(),
        );
        expect(rates?.rates.map((one) => one.name).sort()).toEqual(['order-1', 'payment-1']);

        await shop.losePayment();
        await shop.order(4);
        const lost = await eventually(
          () => counted(signals),
          ({ failed }) => failed >= after.failed + 4,
          limitMs,
        );
        expect(lost.failed).toBe(after.failed + 4);
        const { calls: failing } = await signals.read(120, limit());
        expect(failing.map(({ host, responseCode }) => [host, responseCode])).toContainEqual([
          'payment',
          '0',
        ]);
      },
      limitMs * 3,
    );
  });
}
