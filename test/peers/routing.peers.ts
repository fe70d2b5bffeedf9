import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type OpenCluster, openCluster } from '../conformance/cluster.ts';
import { startRealCluster } from '../conformance/realCluster.ts';
import { beta, changing, matching, routingConformance, routingOf } from '../conformance/routing.ts';
import { splitOf } from '../conformance/weights.ts';
import type { SetRouting } from '../../shared/model/operation.ts';
import { ask, askInTurn } from './ask.ts';
import { readCoordinates } from './coordinates.ts';
import { paymentCounts, setLoad } from './measure.ts';
import { comeToRest, restorable, restoreWeights, usualLoad } from './payment.ts';
import { paymentHost } from './start/shop.ts';
import { waitFor } from './start/processes.ts';

routingConformance('a real API server with istiod', startRealCluster);

const peers = readCoordinates();
const signal = AbortSignal.timeout(600_000);

describe('grey routes as real requests take them', () => {
  let open: OpenCluster;
  beforeAll(async () => {
    await restoreWeights(peers);
    open = await openCluster({
      kubeconfig: { paths: [peers.kubernetes.kubeconfigFile] },
      context: 'admin',
    });
  });
  afterAll(() => open[Symbol.asyncDispose]());

  const order = () => {
    if (peers.envoys === null) throw new Error('this run has no mesh');
    return peers.envoys.order;
  };
  const edge = () => {
    if (peers.envoys === null) throw new Error('this run has no mesh');
    return peers.envoys.edge;
  };

  /** Applies the change, looks, takes it back, and sees that the document is as it was. */
  async function during(change: SetRouting['change'], look: () => Promise<void>): Promise<void> {
    const control = routingOf(open.mesh);
    const before = await restorable(peers);
    const operation = changing(await splitOf(open.mesh, 'shop'), change);
    const plan = await control.plan(operation, signal);
    expect(plan.guards.filter(({ verdict }) => verdict === 'block')).toEqual([]);
    await control.apply(plan, signal);
    try {
      await look();
    } finally {
      await control.apply(await control.planUndo(operation, plan.changes, signal), signal);
    }
    expect(await restorable(peers)).toEqual(before);
    await waitFor('both versions to answer again', { limitMs: 10_000 }, async () => {
      const versions = (await askInTurn(20, order(), paymentHost)).map(({ version }) => version);
      return versions.includes('v1') && versions.includes('v2');
    });
  }

  const versionsOf = async (count: number, ...asked: Parameters<typeof ask>): Promise<Set<string | null>> =>
    new Set((await askInTurn(count, ...asked)).map(({ version }) => version));

  const only = (version: string, ...asked: Parameters<typeof ask>): Promise<unknown> =>
    waitFor(`only ${version}`, { limitMs: 10_000 }, async () => {
      const found = await versionsOf(15, ...asked);
      return found.size === 1 && found.has(version);
    });

  test('a header sends its requests to one version, through the sidecar and through the gateway', async () => {
    await during({ kind: 'addRoute', name: 'beta', match: beta, destination: 1 }, async () => {
      await only('v2', order(), paymentHost, { headers: { 'x-beta': 'yes' } });
      await only('v2', edge(), paymentHost, { headers: { 'X-Beta': 'yes' } });
      expect(await versionsOf(40, order(), paymentHost, { headers: { 'x-beta': 'no' } })).toEqual(
        new Set(['v1', 'v2']),
      );
    });
  });

  test('a cookie is found among others, and only with its whole value', async () => {
    const match = matching({ cookie: { name: 'group', value: 'a.b+c' } });
    const sent = (cookie: string) => ({ headers: { cookie } });
    await during({ kind: 'addRoute', name: 'group', match, destination: 1 }, async () => {
      for (const cookie of ['group=a.b+c', 'a=1; group=a.b+c', 'a=1; group=a.b+c; z=2', 'group=a.b+c;z=2'])
        await only('v2', order(), paymentHost, sent(cookie));
      for (const cookie of ['group=aXb+c', 'group=a.b+c2', 'mygroup=a.b+c', 'x=group=a.b+c'])
        expect([cookie, await versionsOf(40, order(), paymentHost, sent(cookie))]).toEqual([
          cookie,
          new Set(['v1', 'v2']),
        ]);
    });
  });

  test('a caller’s own proxy takes the route, and no other', async () => {
    const match = matching({ caller: { namespace: 'shop', name: 'order' } });
    await during({ kind: 'addRoute', name: 'inner', match, destination: 1 }, async () => {
      await only('v2', order(), paymentHost);
      expect(await versionsOf(40, edge(), paymentHost)).toEqual(new Set(['v1', 'v2']));
    });
  });

  test('a mirror sends every request a second time, and its answer to nobody', async () => {
    await comeToRest(peers);
    try {
      await during({ kind: 'mirror', destination: 1, percent: 100 }, async () => {
        await waitFor('a copy to arrive', { limitMs: 10_000 }, async () => {
          const before = await paymentCounts(peers);
          await ask(order(), paymentHost);
          return waitFor('its copy', { limitMs: 500 }, async () => {
            const now = await paymentCounts(peers);
            return now.v1 + now.v2 === before.v1 + before.v2 + 2;
          }).catch(() => false);
        });
        const before = await paymentCounts(peers);
        const answers = await askInTurn(20, order(), paymentHost);
        expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200));
        await waitFor('twenty requests and their copies', { limitMs: 5_000 }, async () => {
          const now = await paymentCounts(peers);
          return now.v1 + now.v2 - before.v1 - before.v2 === 40;
        });
      });
    } finally {
      await setLoad(peers, usualLoad);
    }
  });
});
