import { expect, test } from './podium.ts';
import { childrenOf, socketsOf } from './sockets.ts';
import { dragTo, handleOnMap, rung, select, unlock } from './steps.ts';

test('a whole walk talks to the configured peer and to nobody else', async ({ map: page, podium, fleet }) => {
  const own = new URL(podium.url).host;
  const dialled = new Set<string>();
  const listening = new Set<string>();
  const look = () => {
    for (const pid of [podium.pid, ...childrenOf(podium.pid)]) {
      for (const { local, remote, listens } of socketsOf(pid)) {
        if (listens) listening.add(local);
        // What has our own port at this end came in: it is the browser.
        else if (local !== own) dialled.add(remote);
      }
    }
  };
  const requests = new Set<string>();
  page.on('request', (request) => requests.add(new URL(request.url()).host));
  const watching = setInterval(look, 100);
  try {
    await unlock(page, 'shop-rehearsal');
    await select(page, 'payment');
    await dragTo(page, handleOnMap(page), 95);
    await page.getByRole('button', { name: /^Review the change/ }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Apply' }).click();
    await expect(rung(page, 'Measured')).toContainText('Measured: seen', { timeout: 60_000 });
    await page.reload();
    await expect(page.getByRole('region', { name: 'Map' })).toBeVisible();
    look();
  } finally {
    clearInterval(watching);
  }
  expect([...listening]).toEqual([own]);
  expect([...dialled]).toEqual([new URL(fleet.url).host]);
  expect([...requests]).toEqual([own]);
});
