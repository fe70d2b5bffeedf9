import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { createShop } from './fleet/shop.ts';
import { followReal } from './follow.ts';
import { adminRules } from './kube/access.ts';
import { startKubeServer } from './kube/server.ts';
import { createObjectStore } from './kube/store.ts';
import { paymentRoute } from './fleet/shopMesh.ts';
import { createRehearsal, type Rehearsal } from './rehearsal.ts';
import { startServers } from './servers.ts';
import { fieldsAt, listAt } from './traffic/reading.ts';

function smallShop(): Rehearsal {
  return createRehearsal({
    fleet: createShop(Date.now()),
    seed: 1,
    now: Date.now,
    historyMs: 30_000,
    scrapeMs: 5_000,
    keep: 100,
  });
}

describe('the rehearsal’s servers', () => {
  it('answer Prometheus through the API server’s service proxy, with nothing but the kubeconfig', async () => {
    const shop = smallShop();
    await using servers = await startServers(shop);
    const config: unknown = parse(servers.kubeconfig);
    const server = String(fieldsAt(fieldsAt(listAt(config, 'clusters')[0]), 'cluster')['server']);
    const users = listAt(config, 'users').map((one) => String(fieldsAt(one, 'user')['token']));
    const path = '/api/v1/namespaces/monitoring/services/prometheus:9090/proxy/api/v1/query';
    for (const token of users) {
      const answer = await fetch(
        `${server}${path}?query=${encodeURIComponent('sum(istio_requests_total)')}`,
        {
          headers: { authorization: `Bearer ${token}` },
        },
      );
      const body: unknown = await answer.json();
      expect(answer.status).toBe(200);
      expect(fieldsAt(body, 'data')['resultType']).toBe('vector');
      expect(listAt(body, 'data', 'result')).toHaveLength(1);
    }
    expect((await fetch(`${server}${path}?query=1`)).status).toBeGreaterThanOrEqual(401);
  });

  it('let one context write and the other only read', async () => {
    const shop = smallShop();
    await using servers = await startServers(shop);
    const patch = (token: string): Promise<Response> =>
      fetch(`${servers.kubeUrl}/apis/networking.istio.io/v1/namespaces/shop/virtualservices/payment`, {
        method: 'PATCH',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json-patch+json' },
        body: JSON.stringify([{ op: 'replace', path: '/spec/http/0/route/0/weight', value: 60 }]),
      });
    expect((await patch(servers.tokens.viewer)).status).toBe(403);
    expect((await patch(servers.tokens.operator)).status).toBe(200);
  });

  it('expose the counters for a real Prometheus', async () => {
    const shop = smallShop();
    await using servers = await startServers(shop);
    const text = await (await fetch(servers.metricsUrl)).text();
    expect(text).toContain('# TYPE istio_requests_total counter\n');
    expect(text).toMatch(/^istio_request_duration_milliseconds_bucket\{.*le="\+Inf"\} \d+$/m);
    for (const line of text.trim().split('\n'))
      expect(line).toMatch(/^(#|[a-z_][a-z0-9_]*(\{.*\})? [\d.e+]+$)/);
  });

  it('take queries by POST and say what is wrong with them', async () => {
    const shop = smallShop();
    await using servers = await startServers(shop);
    const ask = (body: string): Promise<Response> =>
      fetch(`${servers.prometheusUrl}/api/v1/query`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body,
      });
    expect(await (await ask('query=1%2B1&time=5')).text()).toBe(
      '{"status":"success","data":{"resultType":"scalar","result":[5,"2"]}}',
    );
    expect((await ask('query=sum(')).status).toBe(400);
    expect((await ask('query=stddev(up)')).status).toBe(422);
    expect((await fetch(`${servers.prometheusUrl}/api/v1/nothing`)).status).toBe(404);
  });

  it('follow the routes of another API server', async () => {
    const real = createObjectStore();
    real.put({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } });
    real.put(paymentRoute(80, 20, 0));
    const tokens = new Map([['secret', { name: 'fleet', rules: adminRules }]]);
    await using server = await startKubeServer({ store: real, tokens, proxies: () => undefined });
    const own = createObjectStore();
    own.put(paymentRoute(1, 1, 0));
    const ending = new AbortController();
    const follow = { url: server.url, token: 'secret', caFile: null, certFile: null, keyFile: null };
    followReal(own, follow, ending.signal, () => undefined);
    const weight = (): unknown =>
      fieldsAt(listAt(listAt(own.get('virtualservices', 'shop', 'payment'), 'spec', 'http')[0], 'route')[0])[
        'weight'
      ];
    await expect.poll(weight).toBe(80);
    real.put(paymentRoute(95, 5, 0));
    await expect.poll(weight).toBe(95);
    real.remove('virtualservices', 'shop', 'payment');
    await expect.poll(() => own.list('virtualservices').length).toBe(0);
    ending.abort();
  });
});

describe('the rehearsal’s process', () => {
  it('says where it is, plays incidents, refuses others, and ends when its starter lets go', async () => {
    const child = spawn(process.execPath, [
      join(import.meta.dirname, 'main.ts'),
      '--history',
      '1',
      '--seed',
      '4',
    ]);
    const lines = createInterface({ input: child.stdout });
    const ready = await nextLine(lines);
    expect(ready).toMatchObject({ ready: true });
    expect(String(ready['kubeconfig'])).toContain('current-context: shop-rehearsal');
    child.stdin.write('{"incident":"sale"}\n');
    expect(await nextLine(lines)).toEqual({ incident: 'sale', ok: true });
    child.stdin.write('{"incident":"flood"}\n');
    expect(await nextLine(lines)).toMatchObject({ incident: 'flood', ok: false });
    child.stdin.end();
    expect(await exitCode(child)).toBe(0);
  });

  it('refuses a command line it does not understand', async () => {
    const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts'), '--services', 'many']);
    expect(await exitCode(child)).toBe(2);
  });
});

async function nextLine(lines: Interface): Promise<Record<string, unknown>> {
  const [line] = (await once(lines, 'line')) as [string]; // readline gives text
  return JSON.parse(line) as Record<string, unknown>; // one object a line
}

async function exitCode(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null) return child.exitCode;
  const [code] = (await once(child, 'exit')) as [number | null]; // Node's own event
  return code;
}
