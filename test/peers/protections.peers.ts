import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type OpenCluster, openCluster } from '../conformance/cluster.ts';
import { editsOf, formsOf, protectionsConformance, setting } from '../conformance/protections.ts';
import { startRealCluster } from '../conformance/realCluster.ts';
import { type Answer, ask, askAtOnce, askInTurn } from './ask.ts';
import { openConsole } from './console.ts';
import { readCoordinates } from './coordinates.ts';
import { serviceId } from '../../shared/analysis/entityIds.ts';
import { anySignal } from '../../shared/connectors/kit/anySignal.ts';
import { clientFor, countsAtServices, setMode } from './measure.ts';
import { waitFor } from './start/processes.ts';

protectionsConformance('a real API server with istiod', startRealCluster);

const peers = readCoordinates();
const admin = clientFor(peers, 'admin');
const signal = AbortSignal.timeout(600_000);
/** Nobody but these suites calls it. */
const quiet = 'refunds.shop.svc.cluster.local';

describe('protections as real requests meet them', () => {
  let open: OpenCluster;
  beforeAll(async () => {
    open = await openCluster({
      kubeconfig: { paths: [peers.kubernetes.kubeconfigFile] },
      context: 'admin',
    });
  });
  afterAll(() => open[Symbol.asyncDispose]());
  afterEach(async () => {
    for (const one of ['refunds-v1', 'payment-v1', 'payment-v2'])
      await setMode(peers, one, { failRatio: 0, delayMs: 5 });
  });

  const order = () => {
    if (peers.envoys === null) throw new Error('this run has no mesh');
    return peers.envoys.order;
  };

  /** Fills in a service's form, looks, takes it back. */
  async function during(
    service: string,
    title: RegExp,
    values: Readonly<Record<string, string | number | null>>,
    look: () => Promise<void>,
  ): Promise<void> {
    const control = editsOf(open.mesh);
    const form = await waitFor(`a form of ${service}`, { limitMs: 10_000 }, async () =>
      (await formsOf(open.mesh, 'shop', service)).find((one) => title.test(one.title)),
    );
    const operation = setting(form, values);
    const plan = await control.plan(operation, signal);
    expect(plan.guards.filter(({ verdict }) => verdict === 'block')).toEqual([]);
    await control.apply(plan, signal);
    try {
      await look();
    } finally {
      await control.apply(await control.planUndo(operation, plan.changes, signal), signal);
    }
  }

  const settled = (what: string, look: () => Promise<boolean>): Promise<unknown> =>
    waitFor(what, { limitMs: 15_000 }, look);
  const all = (answers: readonly Answer[], status: number): boolean =>
    answers.every((answer) => answer.status === status);

  test('a limit refuses what is too much, and lets all through again once it is gone', async () => {
    await setMode(peers, 'refunds-v1', { delayMs: 150 });
    const limits = { http2MaxRequests: 1, http1MaxPendingRequests: 1, maxConnections: 1 };
    await during('refunds', /a new DestinationRule$/, limits, async () => {
      await settled('some of eight at once to be refused', async () => {
        const answers = await askAtOnce(8, order(), quiet);
        const refused = answers.filter(({ status, overloaded }) => status === 503 && overloaded);
        return refused.length > 0 && refused.length < 8;
      });
      expect(all(await askInTurn(3, order(), quiet), 200)).toBe(true);
    });
    await settled('all of eight at once to be served', async () =>
      all(await askAtOnce(8, order(), quiet), 200),
    );
  });

  test('what a limit did stands beside the call, as the caller’s own proxy counted it', async () => {
    await using console = await openConsole(peers);
    const state = await console.open('admin', {}, ({ sources }) =>
      sources.some((source) => source.connector === 'prometheus' && source.state === 'live'),
    );
    await setMode(peers, 'refunds-v1', { delayMs: 150 });
    const limits = { http2MaxRequests: 1, http1MaxPendingRequests: 1, maxConnections: 1 };
    await during('refunds', /a new DestinationRule$/, limits, async () => {
      const called = serviceId(state.id, 'shop', 'refunds');
      const looked = new AbortController();
      const look = anySignal([looked.signal, AbortSignal.timeout(45_000)]);
      // Somebody has to look at the map for it to be measured.
      const measuring = (async () => {
        for await (const _ of await console.client.signals.watch({ windowSeconds: 60 }, { signal: look }))
          continue;
      })().catch(() => undefined);
      let told: string[] = [];
      for await (const detail of await console.client.services.inspect(
        { serviceId: called },
        { signal: look },
      )) {
        await askAtOnce(8, order(), quiet);
        told = detail.callsIn.flatMap(({ protections }) =>
          protections.flatMap(({ limit, observed }) =>
            limit === 'requests' && observed !== null ? [observed.text] : [],
          ),
        );
        if (told.some((text) => text.startsWith('reached in 1 of 1 calling proxy'))) break;
      }
      expect(told.join()).toMatch(
        /reached in 1 of 1 calling proxy in the last minute, [1-9]\d* requests? refused/,
      );
      looked.abort();
      await measuring;
    });
  });

  test('M11 a limit of 0 refuses nobody', async () => {
    await setMode(peers, 'refunds-v1', { delayMs: 100 });
    const operation = { http2MaxRequests: 0, connectTimeout: '3s' };
    await during('refunds', /a new DestinationRule$/, operation, async () => {
      await settled('the proxy to have the rule', async () => {
        const dump = await fetch(`${order().adminUrl}/config_dump?resource=dynamic_active_clusters`);
        return /refunds\.shop[^]*?"connect_timeout": "3s"/.test(await dump.text());
      });
      expect(all(await askAtOnce(16, order(), quiet), 200)).toBe(true);
    });
  });

  test('a time-out answers 504 for a service that is too slow', async () => {
    await setMode(peers, 'refunds-v1', { delayMs: 1_000 });
    await during('refunds', /a new VirtualService$/, { timeout: '100ms' }, async () => {
      await settled('504', async () => (await ask(order(), quiet)).status === 504);
    });
    await settled('the slow answer', async () => (await ask(order(), quiet)).status === 200);
  });

  test('retries are made as often as they say', async () => {
    await setMode(peers, 'refunds-v1', { failRatio: 1 });
    const requests = async () => (await countsAtServices(peers))['refunds-v1']?.requests ?? 0;
    await during('refunds', /a new VirtualService$/, { attempts: 3, retryOn: '5xx' }, async () => {
      await settled('four tries of one request', async () => {
        const before = await requests();
        expect((await ask(order(), quiet)).status).toBe(500);
        return (await requests()) - before === 4;
      });
    });
    await settled('one try', async () => {
      const before = await requests();
      await ask(order(), quiet);
      return (await requests()) - before === 1;
    });
  });

  test('an instance that fails leaves the rotation, and ending ejection brings it back', async () => {
    const path = '/api/v1/namespaces/shop/services';
    const host = 'till.shop.svc.cluster.local';
    await admin.call(path, {
      method: 'POST',
      body: {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'till', namespace: 'shop' },
        spec: { selector: { app: 'payment' }, ports: [{ name: 'http', port: 8080, targetPort: 8080 }] },
      },
    });
    try {
      await settled('an answer', async () => (await ask(order(), host)).status === 200);
      await setMode(peers, 'payment-v2', { failRatio: 1 });
      const ejection = {
        consecutive5xxErrors: 2,
        interval: '1s',
        baseEjectionTime: '60s',
        maxEjectionPercent: 50,
      };
      await during('till', /a new DestinationRule$/, ejection, async () => {
        await settled('twenty answers without an error', async () =>
          all(await askInTurn(20, order(), host), 200),
        );
        const form = (await formsOf(open.mesh, 'shop', 'till')).find(
          ({ title }) => title === 'Limits and ejection for till',
        );
        if (form === undefined) throw new Error('the new rule has no form');
        const nulls = Object.fromEntries(Object.keys(ejection).map((key) => [key, null]));
        const control = editsOf(open.mesh);
        const end = setting(form, nulls);
        const plan = await control.plan(end, signal);
        expect(plan.guards.find(({ id }) => id === 'un-ejects')?.verdict).toBe('tick');
        await control.apply(plan, signal);
        await settled('the failing one to be asked again', async () =>
          (await askInTurn(10, order(), host)).some(({ status }) => status === 500),
        );
        await control.apply(await control.planUndo(end, plan.changes, signal), signal);
      });
    } finally {
      await admin.call(`${path}/till`, { method: 'DELETE' });
    }
  });
});
