import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { splits, startTestCluster } from './testCluster.ts';

interface Discovered {
  readonly versions?: readonly string[];
  readonly groups: readonly {
    name: string;
    preferredVersion: { version: string };
    versions: { version: string }[];
  }[];
  readonly resources: readonly { name: string; kind: string; verbs: string[]; namespaced: boolean }[];
}

test('discovery leads from the root to every resource', async () => {
  await using cluster = await startTestCluster();
  const read = async (path: string): Promise<Discovered> =>
    (await (await cluster.ask(path)).json()) as Discovered;
  expect((await read('/api')).versions).toEqual(['v1']);
  const { groups } = await read('/apis');
  const istio = groups.find((group) => group.name === 'networking.istio.io');
  expect(istio?.preferredVersion.version).toBe('v1');
  expect(istio?.versions.map(({ version }) => version)).toEqual(['v1', 'v1beta1']);
  for (const group of groups) {
    expect(await read(`/apis/${group.name}`)).toMatchObject({ kind: 'APIGroup', name: group.name });
    for (const { version } of group.versions) {
      const { resources } = await read(`/apis/${group.name}/${version}`);
      expect(resources.length).toBeGreaterThan(0);
      for (const { name, verbs } of resources.filter((resource) => resource.verbs.includes('list'))) {
        expect(verbs).toContain('watch');
        expect((await cluster.ask(`/apis/${group.name}/${version}/${name}`)).status).toBe(200);
      }
    }
  }
  expect((await read('/api/v1')).resources.map(({ name }) => name)).toContain('services/proxy');
});

test('a client that asks for aggregated discovery gets the plain one', async () => {
  await using cluster = await startTestCluster();
  const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json';
  const response = await cluster.ask('/apis', { headers: { accept } });
  expect(response.headers.get('content-type')).toBe('application/json');
  expect(await response.json()).toMatchObject({ kind: 'APIGroupList' });
});

test('an object is the same under each served version', async () => {
  await using cluster = await startTestCluster();
  const newer = (await (await cluster.ask(`${splits}/payment`)).json()) as object;
  const older = (await (
    await cluster.ask(`${splits.replace('/v1/', '/v1beta1/')}/payment`)
  ).json()) as object;
  expect(older).toEqual({ ...newer, apiVersion: 'networking.istio.io/v1beta1' });
});

test('core events are shown in the words of events.k8s.io, too', async () => {
  await using cluster = await startTestCluster();
  cluster.store.put({
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: 'payment.1', namespace: 'shop' },
    involvedObject: { kind: 'Pod', name: 'payment-1' },
    message: 'Back-off restarting failed container',
    reason: 'BackOff',
  });
  const response = await cluster.ask('/apis/events.k8s.io/v1/namespaces/shop/events/payment.1');
  expect(await response.json()).toMatchObject({
    apiVersion: 'events.k8s.io/v1',
    note: 'Back-off restarting failed container',
    regarding: { kind: 'Pod', name: 'payment-1' },
  });
});

test('what is not served is a Status in a built-in group and text where there is no such group', async () => {
  await using cluster = await startTestCluster();
  const resource = await cluster.ask('/api/v1/gadgets');
  expect([resource.status, ((await resource.json()) as { message: string }).message]).toEqual([
    404,
    'the server could not find the requested resource',
  ]);
  const group = await cluster.ask('/apis/argoproj.io/v1alpha1/rollouts');
  expect([group.status, await group.text()]).toEqual([404, '404 page not found\n']);
  const object = await cluster.ask(`${splits}/nothing`);
  expect(await object.json()).toMatchObject({
    code: 404,
    reason: 'NotFound',
    message: 'virtualservices.networking.istio.io "nothing" not found',
    details: { name: 'nothing', group: 'networking.istio.io', kind: 'virtualservices' },
  });
});

test('a request line that is no path does not bring the server down', async () => {
  await using cluster = await startTestCluster();
  for (const path of ['//', 'http://other/x', '/api/v1/namespaces/%E0%A4%A/pods']) {
    const { port } = new URL(cluster.server.url);
    const socket = connect(Number(port), '127.0.0.1');
    socket.write(
      `GET ${path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer admin\r\nconnection: close\r\n\r\n`,
    );
    let answer = '';
    for await (const chunk of socket) answer += String(chunk);
    expect(answer).toMatch(/^HTTP\/1\.1 40[04] /);
  }
  expect((await cluster.ask(splits)).status).toBe(200);
});
