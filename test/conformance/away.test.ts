import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createShop } from '../../shared/rehearsal/fleet/shop.ts';
import { paymentRoute } from '../../shared/rehearsal/fleet/shopMesh.ts';
import { createRehearsal } from '../../shared/rehearsal/rehearsal.ts';
import { startServers } from '../../shared/rehearsal/servers.ts';
import { awayConformance, warningOf } from './away.ts';

const minute = 60_000;

/** The rehearsal, in which every payment went to the bad version for a minute, and somebody rolls out another ledger. */
awayConformance('the rehearsal', async () => {
  const opensAt = Date.now();
  let isBad = false;
  const rehearsal = createRehearsal({
    fleet: createShop(opensAt),
    seed: 5,
    now: Date.now,
    historyMs: 12 * minute,
    scrapeMs: 5_000,
    keep: 400,
    script: ({ store }) => ({
      advance(at) {
        const wanted = at > opensAt - 6 * minute && at < opensAt - 5 * minute;
        if (wanted !== isBad) store.put(paymentRoute(wanted ? 0 : 100, wanted ? 100 : 0, at));
        isBad = wanted;
      },
      trigger: () => undefined,
    }),
  });
  const servers = await startServers(rehearsal);
  const timer = setInterval(() => rehearsal.advance(Date.now()), 250);
  const folder = await mkdtemp(join(tmpdir(), 'podium-away-'));
  const kubeconfigFile = join(folder, 'kubeconfig');
  await writeFile(kubeconfigFile, servers.kubeconfig);
  const write = async (method: 'PATCH' | 'POST', path: string, body: unknown) => {
    const type = method === 'PATCH' ? 'application/strategic-merge-patch+json' : 'application/json';
    const answer = await fetch(`${servers.kubeUrl}${path}`, {
      method,
      headers: { authorization: `Bearer ${servers.tokens.operator}`, 'content-type': type },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  };
  const containers = [{ name: 'ledger', image: 'finance/ledger:12.1.0' }];
  await write('PATCH', '/apis/apps/v1/namespaces/finance/deployments/ledger', {
    spec: { template: { spec: { containers } } },
  });
  await write('POST', '/api/v1/namespaces/finance/events', warningOf('finance', 'ledger-5c9-x7'));
  return {
    kubeconfigFile,
    context: 'shop-rehearsal',
    since: opensAt - 9 * minute,
    failed: { name: 'payment', leastWorst: 0.05 },
    deployed: { name: 'ledger', before: '12.0.7', after: '12.1.0' },
    warned: { reason: 'BackOff' },
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await servers[Symbol.asyncDispose]();
      rehearsal.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
});
