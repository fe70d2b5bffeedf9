import type { Locator, Page } from '@playwright/test';
import { simulateNacos } from '../stand-ins/nacos/server.ts';
import { type SimulatedCentre, simulateCentre } from '../stand-ins/sentinel/commandCentre.ts';
import type { PodiumProcess } from './loopbackHost.ts';
import { expect, startPodium, test as base } from './podium.ts';
import { rung, select, unlock } from './steps.ts';

/** A host that knows no cluster: systems are named by address. */
const test = base.extend<{ readonly fresh: PodiumProcess }>({
  // Playwright demands the braces.
  fresh: async ({}, use) => {
    const podium = await startPodium();
    await use(podium);
    await podium.stop();
  },
});

const dialog = (page: Page): Locator => page.getByRole('dialog');
const inspector = (page: Page): Locator => page.getByRole('complementary', { name: 'Inspector' });

/** Names a system by what is typed into its form. */
async function connect(page: Page, kind: string, field: string, value: string): Promise<void> {
  await page.getByRole('button', { name: `${kind}…` }).click();
  await dialog(page).getByLabel(field, { exact: true }).fill(value);
  await dialog(page)
    .getByRole('button', { name: /^Connect/ })
    .click();
  await expect(dialog(page)).toHaveCount(0);
}

/** Two instances of order that call one of payment, for as long as they run. */
async function startShop(): Promise<
  AsyncDisposable & { readonly orders: readonly SimulatedCentre[]; readonly lines: string }
> {
  const orders = [await simulateCentre(), await simulateCentre()];
  const payment = await simulateCentre();
  const calling = setInterval(() => {
    for (const order of orders) if (order.call(['/order', 'payment'])) payment.call(['/pay']);
  }, 100);
  const all = [...orders.map((one) => ['order', one] as const), ['payment', payment] as const];
  return {
    orders,
    lines: all.map(([app, { port }]) => `${app} http://127.0.0.1:${port}`).join('\n'),
    async [Symbol.asyncDispose]() {
      clearInterval(calling);
      for (const [, centre] of all) await centre[Symbol.asyncDispose]();
    },
  };
}

test('a call is blocked inside its caller by Sentinel, in every instance, and let go again', async ({
  page,
  fresh,
}) => {
  await using shop = await startShop();
  const held = (): number[] => shop.orders.map(({ rules }) => rules.flow.length);
  await page.goto(fresh.url);
  await connect(page, 'Sentinel', 'Command centres', shop.lines);
  const name = /^Sentinel at 127\.0\.0\.1:\d+ and 2 more$/;
  const title = page.getByRole('group', { name: /^Connection Sentinel at/ });
  await expect(title).toBeVisible();
  await expect(
    page.getByRole('region', { name: 'Map' }).getByRole('img', { name: /^order calls payment/ }),
  ).toHaveCount(1, { timeout: 30_000 });
  const connection = (await title.getAttribute('aria-label'))?.replace('Connection ', '') ?? '';
  expect(connection).toMatch(name);
  await unlock(page, connection);

  await test.step('what it cannot know is not called missing', async () => {
    await select(page, 'payment');
    await inspector(page).getByRole('tab', { name: 'Protections' }).click();
    await expect(inspector(page)).toContainText('No source can tell what protects them.');
    await expect(inspector(page).getByRole('button', { name: 'Edit protections…' })).toHaveCount(0);
  });

  await test.step('one caller is blocked, and every instance of it says so', async () => {
    await inspector(page).getByRole('tab', { name: 'Calls' }).click();
    await inspector(page).getByRole('button', { name: 'Call from order', exact: true }).click();
    await page.keyboard.press('t');
    await expect(dialog(page).getByRole('radio', { name: /^Block payment in order/ })).toBeChecked();
    await dialog(page).getByRole('textbox', { name: 'Why' }).fill('payments are recounted');
    await dialog(page).getByRole('button', { name: 'Review…' }).click();
    await expect(dialog(page)).toContainText('2 of 2 instances of order were called for payment already');
    await expect(dialog(page).getByRole('button', { name: 'Copy as curl' })).toHaveCount(1);
    for (const tick of await dialog(page).getByRole('region', { name: 'Guards' }).getByRole('checkbox').all())
      await tick.check({ force: true });
    await dialog(page).getByRole('button', { name: 'Apply trip for 5 min' }).click();
    await expect(rung(page, 'Accepted')).toContainText('2 of 2 instances took it');
    await expect(rung(page, 'Loaded')).toContainText('2 of 2 instances block it', { timeout: 30_000 });
    expect(held()).toEqual([1, 1]);
    await dialog(page).getByRole('button', { name: 'Close' }).click();
    await expect(inspector(page)).toContainText('payments are recounted');
  });

  await test.step('its end takes the rules out of every instance', async () => {
    await inspector(page).getByRole('button', { name: 'End trip…' }).click();
    await dialog(page).getByRole('button', { name: 'Apply' }).click();
    await expect(rung(page, 'Loaded')).toContainText('Loaded: seen', { timeout: 30_000 });
    expect(held()).toEqual([0, 0]);
    await dialog(page).getByRole('button', { name: 'Close' }).click();
    await expect(page.getByRole('banner').getByRole('button', { name: /held/ })).toHaveCount(0);
  });
});

test('a configuration of Nacos is edited, read back, and taken back', async ({ page, fresh }) => {
  await using nacos = await simulateNacos();
  const name = { namespaceId: 'public', group: 'DEFAULT_GROUP', dataId: 'payment.yaml' };
  const stored = (): string | undefined => [...nacos.configs.values()].map(({ content }) => content)[0];
  nacos.publish(
    name,
    { content: 'limit: 10\n', type: 'yaml', desc: '', configTags: '', appName: 'payment' },
    'somebody',
  );
  nacos.register({
    service: 'payment',
    ip: '10.0.0.1',
    port: 8080,
    version: 'v1',
    metadata: { team: 'money' },
  });
  await page.goto(fresh.url);
  await connect(page, 'Nacos', 'Address', `http://127.0.0.1:${nacos.port}`);
  await unlock(page, `Nacos at 127.0.0.1:${nacos.port}`);
  await select(page, 'payment');
  await inspector(page).getByRole('tab', { name: 'Config' }).click();
  await inspector(page).getByRole('button', { name: 'Open Config' }).click();
  await page.getByRole('treegrid').getByRole('row', { name: 'DEFAULT_GROUP/payment.yaml' }).click();
  const text = page.getByRole('textbox', {
    name: 'Configuration default/DEFAULT_GROUP/payment.yaml as text',
  });

  await test.step('what is not YAML is said where it is written', async () => {
    await text.fill('limit: [20\n');
    await expect(page.getByRole('list', { name: 'What is wrong' })).toBeVisible();
    const bar = page.getByRole('region', { name: 'Pending edit' });
    await bar.getByRole('button', { name: 'Discard' }).click();
    await expect(text).toHaveText('limit: 10');
  });

  await test.step('its change is written, and read back', async () => {
    await text.fill('limit: 20\n');
    await page.getByRole('region', { name: 'Pending edit' }).getByRole('button', { name: 'Review…' }).click();
    await expect(dialog(page)).toContainText('limit: 20');
    await expect(dialog(page)).toContainText('processes do not tell what they took over');
    await dialog(page).getByRole('button', { name: 'Apply' }).click();
    await expect(rung(page, 'Accepted')).toContainText('Nacos took it');
    await expect(rung(page, 'Declared')).toContainText('Read back as written');
    expect(stored()).toBe('limit: 20\n');
  });

  await test.step('and taken back, with both in the history', async () => {
    await dialog(page).getByRole('button', { name: 'Undo…' }).click();
    await expect(dialog(page).getByRole('heading', { name: 'Undo: Change payment.yaml' })).toBeVisible();
    await dialog(page).getByRole('button', { name: 'Apply' }).click();
    await expect(rung(page, 'Declared')).toContainText('Read back as written');
    await dialog(page).getByRole('button', { name: 'Close' }).click();
    expect(stored()).toBe('limit: 10\n');
    await page.getByRole('tab', { name: 'History' }).click();
    const versions = page.getByRole('list', { name: 'Versions' }).getByRole('listitem');
    await expect(versions.filter({ hasText: 'Podium’s journal' })).toHaveCount(3);
    await expect(versions.filter({ hasText: 'Nacos’ history' }).first()).toBeVisible();
  });
});
