import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Page, expect as shown } from '@playwright/test';
import { afterAll, expect, test } from 'vitest';
import { startLoopback } from '../e2e/loopbackHost.ts';
import { dragTo, handleOnMap, rung, select, unlock } from '../e2e/steps.ts';
import { openWindow } from './browser.ts';
import { readCoordinates } from './coordinates.ts';
import { noteFigure } from './figures.ts';
import { queryPrometheus, setLoad, setMode } from './measure.ts';
import { resultsDir } from './namespace.ts';
import {
  beginStretch,
  type Counted,
  countPayments,
  deviationOf,
  readPayment,
  restorable,
  restoreWeights,
  usualLoad,
  waitForLoaded,
} from './payment.ts';

const peers = readCoordinates();
const connection = 'shop-operator';
const limit = { timeout: 90_000 };

afterAll(async () => {
  await setMode(peers, 'payment-v2', { failRatio: 0, delayMs: 5 });
  await setLoad(peers, usualLoad);
  await restoreWeights(peers);
});

test('an operator of one namespace drags 70/30 to 95/5, sees what the services counted, and undoes it', async () => {
  await restoreWeights(peers);
  await setMode(peers, 'payment-v2', { failRatio: 0.13, delayMs: 80 });
  await setLoad(peers, 60);
  const before = await restorable(peers);
  const podium = await startLoopback({ env: { KUBECONFIG: peers.kubernetes.kubeconfigFile } });
  await using window = await openWindow();
  const { page } = window;
  try {
    await connect(page, podium.url);
    await unlock(page, connection);
    await select(page, 'payment');
    await seeTheShop(page);
    await page.screenshot({ path: join(resultsDir, 'walk.png') });

    await dragTo(page, handleOnMap(page), 95);
    const tray = page.getByRole('region', { name: 'Pending changes' });
    await shown(tray).toContainText('1 pending');
    expect(await restorable(peers), 'a drag writes nothing').toEqual(before);
    await tray.getByRole('button', { name: /^Review/ }).click();
    await apply(page, 'Shift payment: v1 70 → 95, v2 30 → 5');
    await seeMeasured(page);
    await page.screenshot({ path: join(resultsDir, 'walk-measured.png') });
    const written = await readPayment(peers);
    expect(written.spec.http[0]?.route.map((one) => one.weight)).toEqual([95, 5]);

    await undo(page);
    expect(await restorable(peers), 'the undo gives back what was there').toEqual(before);
    await waitForLoaded(peers, 70, 30);
    const after = await countPayments(peers, 600);
    expect(Math.abs(after.v2 - 0.3)).toBeLessThan(4 * deviationOf(0.3, after.total));
    noteFigure(peers, 'walk', `after the undo ${inWords(after)}; wanted 30 %`);
    await seeJournal(page);
  } catch (error) {
    await page.screenshot({ path: join(resultsDir, 'walk-failed.png') });
    throw error;
  } finally {
    await podium.stop();
    await rm(podium.dataFolder, { recursive: true, force: true });
  }
}, 420_000);

/** As somebody who may not list namespaces does: they name theirs. */
async function connect(page: Page, url: string): Promise<void> {
  await page.goto(url);
  await page.getByText('Options: name namespaces').click();
  await page.getByRole('textbox', { name: 'Namespaces' }).fill('shop');
  await page.getByRole('button', { name: `Connect to ${connection}, read-only until unlocked` }).click(limit);
  await shown(card(page, 'payment')).toBeVisible(limit);
}

/** Waits until the figures of the whole window are those of the load, and compares them with the services' own. */
async function seeTheShop(page: Page): Promise<void> {
  const map = page.getByRole('region', { name: 'Map' });
  await shown(map.getByRole('img', { name: / calls / })).toHaveCount(5, limit);
  for (const call of [
    'edge calls catalog',
    'edge calls order',
    'edge calls payment',
    'order calls inventory',
  ])
    await shown(map.getByRole('img', { name: call })).toHaveCount(1);
  await shown(map.getByRole('img', { name: 'order calls payment' })).toHaveCount(1);
  await shown(card(page, 'payment')).toHaveAccessibleName(/3 ready · 2 versions/);
  await shown(card(page, 'ledger')).toHaveAccessibleName(/unknown, 1 ready, no figures/);

  const inspector = page.getByRole('complementary', { name: 'Inspector' });
  // A window of a minute holds only the minute's failures after a minute.
  await shown(inspector.getByRole('region', { name: 'Verdict' })).toContainText(
    /v2 fails 1[0-6](\.\d)? %, v1 0 %/,
    limit,
  );
  const stretch = await beginStretch(peers);
  const began = Date.now();
  let onCard = NaN;
  let perSecond = NaN;
  await shown
    .poll(
      async () => {
        const seconds = (Date.now() - began) / 1_000;
        // A rate over less says little: the load comes in bursts where the machine is busy.
        if (seconds < 15) return Infinity;
        onCard = await figure(page, 'payment', /([\d.,]+) rps/);
        perSecond = (await stretch()).total / seconds;
        return Math.abs(onCard / perSecond - 1);
      },
      { timeout: 90_000, intervals: [1_000] },
    )
    .toBeLessThan(0.05);
  noteFigure(
    peers,
    'walk',
    `the map says ${onCard} rps to payment, its two versions counted ${perSecond.toFixed(1)} a second`,
  );

  // v2 takes 40 to 120 ms, v1 2.5 to 8 ms and whatever a busy machine adds.
  const [, v1, v2] = /Newest: v1 ([\d.]+) ms, v2 ([\d.]+) ms/.exec(
    (await inspector.getByRole('figure', { name: /^Latency p99/ }).getAttribute('aria-label')) ?? '',
  ) ?? [null, 'NaN', 'NaN'];
  expect(Number(v2)).toBeGreaterThan(60);
  expect(Number(v2)).toBeGreaterThan(Number(v1));
  const p99 = await figure(page, 'payment', /p99 ([\d.,]+) ms/);
  const [ofPrometheus] = await queryPrometheus(
    peers,
    'histogram_quantile(0.99, sum by (le) (rate(envoy_cluster_upstream_rq_time_bucket{cluster_name=~"outbound.*payment.*"}[1m])))',
  );
  expect(p99 / (ofPrometheus?.value ?? NaN)).toBeGreaterThan(0.5);
  expect(p99 / (ofPrometheus?.value ?? NaN)).toBeLessThan(2);
}

async function apply(page: Page, title: string): Promise<void> {
  const dialog = page.getByRole('dialog');
  await shown(dialog.getByRole('heading', { name: title })).toBeVisible(limit);
  await shown(dialog).toContainText('away from the failing version');
  await shown(dialog).toContainText('The API server tried it and would take it');
  await dialog.getByRole('textbox', { name: 'Reason' }).fill('v2 fails one payment in eight');
  await dialog.getByRole('button', { name: 'Apply' }).click();
}

/** What Podium says of the traffic, held against what the services counted over the same time and for long after. */
async function seeMeasured(page: Page): Promise<void> {
  await shown(rung(page, 'Accepted')).toContainText(/revision/, limit);
  const stretch = await beginStretch(peers);
  await shown(rung(page, 'Declared')).toContainText('Declared: seen', limit);
  await waitForLoaded(peers, 95, 5);
  await shown(rung(page, 'Measured')).toContainText('Measured: seen', limit);
  const meanwhile = await stretch();
  const [said] = /v2 had .*/.exec((await rung(page, 'Measured').textContent()) ?? '') ?? [''];
  const [, percent, calls] = /v2 had ([\d.]+) % of ([\d,]+) calls/.exec(said) ?? [null, 'NaN', 'NaN'];
  const measured = { v2: Number(percent) / 100, total: Number(calls.replaceAll(',', '')) };
  const longer = await countPayments(peers, 1_500, 90_000);
  noteFigure(peers, 'walk', `Podium: “${said}”`);
  noteFigure(peers, 'walk', `from the answer to “measured” ${inWords(meanwhile)}`);
  noteFigure(peers, 'walk', `afterwards ${inWords(longer)}; wanted 5 %`);
  // Podium begins to count a second after the answer, and knows what was scraped: it cannot have counted more.
  expect(measured.total).toBeGreaterThanOrEqual(100);
  expect(measured.total).toBeLessThanOrEqual(meanwhile.total);
  expect(Math.abs(longer.v2 - 0.05)).toBeLessThan(4 * deviationOf(0.05, longer.total));
  for (const counted of [meanwhile, longer]) {
    const deviation = Math.hypot(deviationOf(0.05, measured.total), deviationOf(0.05, counted.total));
    expect(Math.abs(measured.v2 - counted.v2)).toBeLessThan(4 * deviation);
  }
}

async function undo(page: Page): Promise<void> {
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Undo…' }).click();
  await shown(
    dialog.getByRole('heading', { name: /^Undo: Shift payment: v1 95 → 70, v2 5 → 30/ }),
  ).toBeVisible(limit);
  // Back to the failing split is towards harm, so the name is asked for.
  await dialog.getByRole('textbox', { name: 'Type payment to confirm' }).fill('payment');
  await dialog.getByRole('button', { name: 'Apply' }).click();
  await shown(rung(page, 'Declared')).toContainText('Declared: seen', limit);
  await shown(rung(page, 'Measured')).toContainText('Measured: seen', limit);
  await dialog.getByRole('button', { name: 'Close' }).click();
}

async function seeJournal(page: Page): Promise<void> {
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('button', { name: 'Journal' }).click();
  await shown(page.getByText('v2 fails one payment in eight').first()).toBeVisible();
  await page.screenshot({ path: join(resultsDir, 'walk-journal.png') });
}

function card(page: Page, service: string) {
  return page.getByRole('region', { name: 'Map' }).getByRole('button', { name: new RegExp(`^${service}, `) });
}

/** A figure on a service's card. */
async function figure(page: Page, service: string, pattern: RegExp): Promise<number> {
  const name = (await card(page, service).getAttribute('aria-label')) ?? '';
  return Number(pattern.exec(name)?.[1]?.replaceAll(',', ''));
}

function inWords({ total, v2 }: Counted): string {
  return `the services counted ${total} payments, ${(v2 * 100).toFixed(1)} % of them at v2`;
}
