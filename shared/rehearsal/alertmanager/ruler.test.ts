import { expect, test } from 'vitest';
import { createShop } from '../fleet/shop.ts';
import { shopAlerts } from '../fleet/shopAlerts.ts';
import { instantQuery } from '../prometheus/queries.ts';
import { createRehearsal } from '../rehearsal.ts';
import { createShopScript } from '../script.ts';

test('the shop’s alert fires from the start, and is resolved when payment v2 gets few calls', () => {
  let now = Date.parse('2026-01-31T14:00:00Z');
  const rehearsal = createRehearsal({
    fleet: createShop(now),
    seed: 1,
    now: () => now,
    historyMs: 8 * 60_000,
    scrapeMs: 5_000,
    keep: 200,
    alerts: shopAlerts,
    script: (parts) => createShopScript(parts),
  });
  const fired = (seconds: number): string =>
    instantQuery(rehearsal.samples, `count_over_time(ALERTS{alertstate="firing"}[${seconds}s])`, now);
  try {
    expect(fired(60)).toContain('PaymentCallsFail');
    expect(rehearsal.alertmanager.alerts()).toMatchObject([
      { labels: { alertname: 'PaymentCallsFail', namespace: 'shop', service: 'payment' } },
    ]);
    expect(rehearsal.ruler.alerts()).toMatchObject([{ state: 'firing' }]);
    rehearsal.script?.trigger('calm');
    for (let seconds = 0; seconds < 180; seconds += 1) {
      now += 1_000;
      rehearsal.advance(now);
    }
    expect(rehearsal.ruler.alerts()).toEqual([]);
    expect(rehearsal.alertmanager.alerts()).toEqual([]);
    expect(fired(30), 'it ended').not.toContain('PaymentCallsFail');
    expect(fired(300), 'and is remembered').toContain('"service":"payment"');
  } finally {
    rehearsal.close();
  }
});
