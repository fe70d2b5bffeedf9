import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { startFaultyPath } from './faultyPath.ts';
import { paymentPath, type Fleet } from './fleet.ts';
import { guard, longPoison, poison, shownPoison } from './hostileText.ts';
import { expect, startPodium, test } from './podium.ts';
import { dragTo, handleOnMap, openPage, rung, select, unlock } from './steps.ts';

const mesh = '/apis/networking.istio.io/v1/namespaces/shop';
const apps = '/apis/apps/v1/namespaces/shop';
const theMap = (page: Page) => page.getByRole('region', { name: 'Map' });
const inspector = (page: Page) => page.getByRole('complementary', { name: 'Inspector' });
const connect = (page: Page) => page.getByRole('button', { name: /^Connect to shop-rehearsal, / });
type Check = (where: string) => Promise<void>;

/** Puts the corpus into every field of the cluster that takes any text. */
async function poisonObjects(fleet: Fleet): Promise<void> {
  const add = (path: string, value: unknown) => ({ op: 'add', path, value });
  const catalog = '/api/v1/namespaces/shop/services/catalog';
  await fleet.patch(catalog, [
    add('/metadata/labels/team', longPoison('team')),
    add('/metadata/annotations', { owner: longPoison('owner'), 'a/note': poison('annotation') }),
  ]);
  await fleet.patch(`${apps}/deployments/catalog`, [
    // Else its instances would be replaced, and what is written into one of them below would go with it.
    add('/spec/paused', true),
    add('/metadata/labels/owner', poison('owner')),
    add('/spec/template/spec/containers/0/image', longPoison('image')),
    add('/spec/template/spec/containers/0/env', [{ name: poison('env'), value: longPoison('env') }]),
  ]);
  const pod = (await fleet.names('/api/v1/namespaces/shop/pods')).find((name) => name.startsWith('catalog-'));
  const podPath = `/api/v1/namespaces/shop/pods/${pod ?? ''}`;
  await fleet.patch(podPath, [
    // Not one that its ReplicaSet selects by, or it would be let go and replaced.
    add('/metadata/labels/service.istio.io~1canonical-revision', poison('version')),
    // On a node of another name no kubelet of the fleet puts its status right again.
    add('/spec/nodeName', poison('node')),
  ]);
  await fleet.patch(`${podPath}/status`, [
    add('/status/reason', poison('reason')),
    add('/status/message', poison('message')),
    add('/status/conditions', [
      { type: 'Ready', status: 'False', reason: poison('condition'), message: longPoison('condition') },
    ]),
    add('/status/containerStatuses', [
      {
        name: poison('container'),
        ready: false,
        restartCount: 3,
        state: { waiting: { reason: poison('waiting'), message: longPoison('waiting') } },
      },
    ]),
  ]);
  const slices = '/apis/discovery.k8s.io/v1/namespaces/shop/endpointslices';
  const slice = (await fleet.names(slices)).find((name) => name.startsWith('catalog'));
  const { endpoints } = (await fleet.read(`${slices}/${slice ?? ''}`)) as unknown as {
    endpoints: { targetRef: { name: string } }[];
  };
  const index = endpoints.findIndex(({ targetRef }) => targetRef.name === pod);
  await fleet.patch(`${slices}/${slice ?? ''}`, [
    add(`/endpoints/${index}/conditions`, { ready: false, serving: false, terminating: false }),
  ]);
  await fleet.create('/api/v1/namespaces/shop/events', {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: 'hostile.1', namespace: 'shop' },
    involvedObject: { kind: poison('kind'), namespace: 'shop', name: 'catalog' },
    type: 'Warning',
    reason: poison('reason'),
    message: longPoison('message'),
    source: { component: poison('component') },
    lastTimestamp: new Date().toISOString(),
    count: 3,
  });
  await poisonMesh(fleet, add);
}

async function poisonMesh(
  fleet: Fleet,
  add: (path: string, value: unknown) => { op: string; path: string; value: unknown },
): Promise<void> {
  // Clusters hold such documents where they were written while no webhook looked.
  await fleet.tell({ fault: 'webhook', is: 'absent' });
  const host = 'payment.shop.svc.cluster.local';
  const match = { exact: poison('match') };
  await fleet.patch(paymentPath, [
    add('/metadata/annotations', {
      'argocd.argoproj.io/tracking-id': poison('tracking'),
      'a/note': longPoison('annotation'),
    }),
    add('/spec/hosts/-', poison('host')),
    add('/spec/http/0', {
      name: poison('route'),
      match: [{ uri: match, headers: { [poison('header')]: match }, sourceLabels: { app: poison('label') } }],
      route: [
        { destination: { host, subset: 'v1' }, weight: 50 },
        { destination: { host, subset: 'v2' }, weight: 50 },
      ],
    }),
  ]);
  await fleet.patch(
    paymentPath,
    [{ op: 'replace', path: '/spec/http/0/route/0/weight', value: 60 }],
    poison('manager'),
  );
  await fleet.patch(`${mesh}/destinationrules/payment`, [
    add('/spec/subsets/-', { name: poison('subset'), labels: { version: poison('version') } }),
  ]);
  await fleet.patch(`${mesh}/virtualservices/inventory`, [
    add('/metadata/ownerReferences', [
      { apiVersion: 'v1', kind: poison('kind'), name: poison('controller'), uid: 'u', controller: true },
    ]),
    add('/spec/http/0/route', [
      { destination: { host: 'inventory.shop.svc.cluster.local', subset: poison('gone') }, weight: 90 },
      { destination: { host: poison('elsewhere') }, weight: 10 },
    ]),
    add('/spec/http/0/retries', { attempts: 2, retryOn: poison('retryOn') }),
  ]);
  await fleet.create(`${mesh}/serviceentries`, {
    apiVersion: 'networking.istio.io/v1',
    kind: 'ServiceEntry',
    metadata: { name: 'hostile', namespace: 'shop', labels: { team: poison('team') } },
    spec: {
      hosts: [poison('outside'), 'second.example.com'],
      location: 'MESH_EXTERNAL',
      ports: [{ number: 443, name: poison('port'), protocol: 'HTTP' }],
      resolution: 'DNS',
    },
  });
}

/** Looks at everything there is to see of a service. */
async function lookAtTabs(page: Page, name: string, check: Check): Promise<void> {
  for (const tab of ['Calls', 'Instances', /^Documents/, 'Events', 'Overview']) {
    await inspector(page).getByRole('tab', { name: tab }).click();
    await check(`${name}, ${String(tab)}`);
  }
}

/** Looks at the pages beside the map, and at what lies over them. */
async function lookAtPages(page: Page, check: Check): Promise<void> {
  for (const name of ['Services', 'Journal', 'Sources'] as const) {
    await openPage(page, name);
    await check(name);
  }
  await openPage(page, 'Map');
  await page.keyboard.press('Control+k');
  await page.getByRole('searchbox', { name: 'Find a service or an action' }).fill('outside');
  await check('palette');
  // The first empties the field, the second closes.
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
}

test('what looks for harm finds it', async ({ page }) => {
  const harm = await guard(page);
  await page.setContent(
    '<p>pay\u202ement</p><img src=x data-pwned onerror="window.__pwned=1" title="a\u200bb">',
  );
  await expect
    .poll(harm)
    .toEqual([
      'script number 1 ran',
      'an element: img.',
      'a handler onerror on img.',
      'title of img.: a%u200Bb',
      'text of p.: pay%u202Ement',
    ]);
});

test('H01 what a cluster writes into its objects is text on every screen', async ({
  page,
  podium,
  fleet,
}) => {
  test.setTimeout(240_000);
  const harm = await guard(page);
  const check: Check = async (where) => expect.soft(await harm(), where).toEqual([]);
  await poisonObjects(fleet);
  await page.goto(podium.url);
  await connect(page).click();
  await expect(theMap(page).getByRole('button', { name: /^payment, / })).toBeVisible({ timeout: 60_000 });
  await expect(theMap(page).getByText(shownPoison('outside')).first()).toBeAttached({ timeout: 30_000 });
  await check('map');

  await select(page, 'catalog');
  await expect(inspector(page).getByText(shownPoison('team')).first()).toBeVisible();
  await lookAtTabs(page, 'catalog', check);
  await inspector(page).getByRole('tab', { name: 'Events' }).click();
  await expect(inspector(page).getByText(shownPoison('message')).first()).toBeVisible();
  await inspector(page).getByRole('tab', { name: 'Instances' }).click();
  await expect(inspector(page).getByText(shownPoison('waiting')).first()).toBeVisible();

  await inspector(page).getByRole('tab', { name: 'Overview' }).click();
  await select(page, 'inventory');
  await expect(inspector(page).getByText(shownPoison('kind')).first()).toBeVisible();
  await lookAtTabs(page, 'inventory', check);
  await inspector(page).getByRole('tab', { name: 'Overview' }).click();
  await theMap(page)
    .getByRole('button', { name: /^outside / })
    .first()
    .focus();
  await page.keyboard.press('Enter');
  await expect(inspector(page).getByText(shownPoison('outside')).first()).toBeVisible();
  await lookAtTabs(page, 'outside', check);
  await lookAtPages(page, check);

  await unlock(page, 'shop-rehearsal');
  await select(page, 'payment');
  await expect(inspector(page).getByText(shownPoison('manager')).first()).toBeVisible();
  await lookAtTabs(page, 'payment', check);
  await inspector(page)
    .getByRole('slider', { name: /route route ⟨U\+202E⟩/ })
    .focus();
  await page.keyboard.press('Shift+ArrowRight');
  await expect(page.getByRole('region', { name: 'Pending changes' })).toContainText('1 pending');
  await check('tray');
  await page.getByRole('button', { name: /^Review the change/ }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByRole('button', { name: 'Apply' })).toBeVisible();
  await expect(dialog).toContainText(shownPoison('route'));
  await check('review');
  await dialog.getByRole('textbox', { name: 'Reason' }).fill('<b data-pwned>why</b>');
  for (const tick of await dialog.getByRole('region', { name: 'Guards' }).getByRole('checkbox').all()) {
    await tick.focus();
    await page.keyboard.press('Space');
    await expect(tick).toBeChecked();
  }
  const typed = dialog.getByRole('textbox', { name: 'Type payment to confirm' });
  if ((await typed.count()) > 0) await typed.fill('payment');
  await dialog.getByRole('button', { name: 'Apply' }).click();
  await expect(rung(page, 'Declared')).toContainText('Declared: seen');
  await check('applied');
  await dialog.getByRole('button', { name: 'Close' }).click();
  await openPage(page, 'Journal');
  await expect(page.getByRole('article')).toContainText(shownPoison('route'));
  await check('journal of a write');
  await openPage(page, 'Map');
  await expect(
    page.getByLabel('Timeline of errors across the map').getByRole('button').first(),
  ).toBeVisible();
  await check('time line');
});

/** A Podium that reaches the fleet by a path that a test can put faults on. */
async function openBy(page: Page, fleet: Fleet, url: string, folder: string) {
  const file = join(folder, 'kubeconfig');
  await writeFile(file, (await readFile(fleet.kubeconfigFile, 'utf8')).replace(fleet.url, url));
  const podium = await startPodium({ env: { KUBECONFIG: file } });
  await page.goto(podium.url);
  await connect(page).click();
  await expect(theMap(page).getByRole('button', { name: /^payment, / })).toBeVisible({ timeout: 60_000 });
  return podium;
}

/** An answer of Prometheus with the corpus in every label that names no service, and in its warnings. */
function poisonMetrics(body: string): string {
  const answer = JSON.parse(body) as {
    data?: { result?: { metric?: Record<string, string> }[] };
    warnings?: string[];
  };
  for (const { metric } of answer.data?.result ?? []) {
    if (metric === undefined) continue;
    if ('response_flags' in metric && metric['response_flags'] !== '-')
      metric['response_flags'] = poison('flags');
    if (metric['source_workload'] === 'order') {
      metric['source_workload'] = poison('source');
      metric['source_canonical_service'] = poison('canonical');
    }
    if (metric['destination_canonical_service'] === 'catalog') {
      metric['destination_version'] = poison('revision');
      metric['destination_canonical_revision'] = poison('revision');
      metric['response_code'] = poison('code');
    }
    if ('request_protocol' in metric && metric['destination_canonical_service'] === 'ledger')
      metric['request_protocol'] = poison('protocol');
  }
  return JSON.stringify({ ...answer, warnings: [poison('warning')] });
}

test('H01 what metrics, webhooks and failing peers say is text on every screen', async ({
  page,
  fleet,
}, info) => {
  test.setTimeout(240_000);
  const harm = await guard(page);
  const check: Check = async (where) => expect.soft(await harm(), where).toEqual([]);
  await using path = await startFaultyPath(fleet.url);
  path.rewrite = (request) => (request.url?.includes('/proxy/api/v1/query') ? poisonMetrics : null);
  const podium = await openBy(page, fleet, path.url, info.outputPath());
  try {
    await expect(page.getByText(shownPoison('warning')).first()).toBeVisible({ timeout: 60_000 });
    await check('map');
    await select(page, 'payment');
    await lookAtTabs(page, 'payment', check);
    await select(page, 'catalog');
    await lookAtTabs(page, 'catalog', check);
    await inspector(page).getByRole('tab', { name: 'Calls' }).click();
    await inspector(page).getByRole('button', { name: 'Call to inventory' }).click();
    await check('call');
    await lookAtPages(page, check);

    await unlock(page, 'shop-rehearsal');
    await select(page, 'payment');
    await dragTo(page, handleOnMap(page), 95);
    const refusal = JSON.stringify({
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: `admission webhook "validation.istio.io" denied the request: ${poison('refusal')}`,
      reason: poison('reason'),
      code: 400,
    });
    path.fault = (request) =>
      request.method === 'PATCH' ? { status: 400, type: 'application/json', body: refusal } : null;
    await page.getByRole('button', { name: /^Review the change/ }).click();
    const dialog = page.getByRole('dialog');
    await expect(dialog.getByText(shownPoison('refusal')).first()).toBeVisible();
    await check('refused review');
    await dialog.getByRole('button', { name: 'Cancel' }).click();

    const failure = JSON.stringify({ status: 'error', errorType: poison('type'), error: poison('error') });
    path.fault = (request) =>
      request.url?.includes('/proxy/') ? { status: 422, type: 'application/json', body: failure } : null;
    await expect(page.getByText(shownPoison('error')).filter({ visible: true }).first()).toBeVisible({
      timeout: 45_000,
    });
    await check('failing Prometheus');
    await openPage(page, 'Sources');
    await expect(page.getByText(shownPoison('error')).first()).toBeVisible();
    await check('failing Prometheus in sources');
  } finally {
    await podium.stop();
  }
});

test('H02 an error of 100 kB that poses as a login is cut plain text, and leads nowhere', async ({
  page,
  fleet,
}, info) => {
  const harm = await guard(page);
  await using path = await startFaultyPath(fleet.url);
  const podium = await openBy(page, fleet, path.url, info.outputPath());
  const lure = 'Click here to login: <a href="https://evil.example/login">https://evil.example/login</a> ';
  const message = lure.repeat(Math.ceil(100_000 / lure.length));
  try {
    await unlock(page, 'shop-rehearsal');
    await select(page, 'payment');
    await dragTo(page, handleOnMap(page), 95);
    const body = JSON.stringify({ kind: 'Status', apiVersion: 'v1', status: 'Failure', code: 400, message });
    path.fault = (request) =>
      request.method === 'PATCH' ? { status: 400, type: 'application/json', body } : null;
    await page.getByRole('button', { name: /^Review the change/ }).click();
    const dialog = page.getByRole('dialog');
    await expect(dialog.getByText('Click here to login').first()).toBeVisible();
    await expectPlainAndShort(page);
    await dialog.getByRole('button', { name: 'Cancel' }).click();

    const answer = JSON.stringify({ status: 'error', errorType: 'internal', error: message });
    path.fault = (request) =>
      request.url?.includes('/proxy/') ? { status: 500, type: 'application/json', body: answer } : null;
    // Of several sources that fail the map says one, and folds the others.
    const shown = page.getByText('Click here to login').filter({ visible: true });
    await expect(shown.first()).toBeVisible({ timeout: 45_000 });
    await expectPlainAndShort(page);
    await openPage(page, 'Sources');
    await expect(page.getByText('Click here to login').first()).toBeVisible();
    await expectPlainAndShort(page);
    expect(await harm()).toEqual([]);
  } finally {
    await podium.stop();
  }
});

async function expectPlainAndShort(page: Page): Promise<void> {
  // The shop's own alert has a runbook.
  const ours = /^(React Flow|Runbook at runbooks\.example\.com ↗)$/;
  await expect(page.getByRole('link').filter({ hasNotText: ours })).toHaveCount(0);
  const lures = await page.getByText('Click here to login').allTextContents();
  expect(Math.max(...lures.map((text) => text.length))).toBeLessThan(1_500);
}
