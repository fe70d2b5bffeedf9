import { expect, test } from 'vitest';
import { split, splits, startTestCluster, type TestCluster } from './testCluster.ts';
import type { KubeObject } from './store.ts';

const payment = `${splits}/payment`;

async function send(
  cluster: TestCluster,
  method: string,
  path: string,
  json?: unknown,
  contentType = 'application/json',
): Promise<{ status: number; body: Record<string, unknown> & KubeObject; warning: string | null }> {
  const response = await cluster.ask(path, { method, json, headers: { 'content-type': contentType } });
  const warning = response.headers.get('warning');
  return { status: response.status, body: (await response.json()) as never, warning };
}

const jsonPatch = (cluster: TestCluster, operations: unknown, query = '') =>
  send(cluster, 'PATCH', `${payment}${query}`, operations, 'application/json-patch+json');
const mergePatch = (cluster: TestCluster, change: unknown, query = '') =>
  send(cluster, 'PATCH', `${payment}${query}`, change, 'application/merge-patch+json');

const weight = '/spec/http/0/route/0/weight';
const stored = (cluster: TestCluster) => cluster.store.get('virtualservices', 'shop', 'payment');

test('a fenced JSON patch changes the weight and nothing else', async () => {
  await using cluster = await startTestCluster();
  const before = stored(cluster);
  const { status, body } = await jsonPatch(
    cluster,
    [
      { op: 'test', path: '/metadata/resourceVersion', value: before?.metadata.resourceVersion },
      { op: 'test', path: weight, value: 70 },
      { op: 'replace', path: weight, value: 95 },
    ],
    '?fieldManager=podium',
  );
  expect(status).toBe(200);
  expect(body['spec']).toEqual(split(95, 30)['spec']);
  expect(body.metadata.generation).toBe(2);
  expect(Number(body.metadata.resourceVersion)).toBeGreaterThan(Number(before?.metadata.resourceVersion));
  expect(body.metadata.managedFields?.at(-1)).toMatchObject({
    manager: 'podium',
    operation: 'Update',
    apiVersion: 'networking.istio.io/v1',
    fieldsV1: { 'f:spec': { 'f:http': {} } },
  });
});

test('a failed test operation is 422 without a word of why, and nothing is stored', async () => {
  await using cluster = await startTestCluster();
  const before = stored(cluster);
  const { status, body } = await jsonPatch(cluster, [
    { op: 'replace', path: weight, value: 95 },
    { op: 'test', path: weight, value: 1 },
  ]);
  expect(status).toBe(422);
  expect(body).toEqual({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: 'the server rejected our request due to an error in our request',
    reason: 'Invalid',
    details: {},
    code: 422,
  });
  expect(stored(cluster)).toBe(before);
});

test('a PUT of a stale revision is 409, one without a revision 422, a fresh one is stored', async () => {
  await using cluster = await startTestCluster();
  const old = stored(cluster);
  cluster.store.put(split(60, 40));
  const stale = await send(cluster, 'PUT', payment, old);
  expect([stale.status, stale.body]).toMatchObject([
    409,
    {
      reason: 'Conflict',
      message:
        'Operation cannot be fulfilled on virtualservices.networking.istio.io "payment": the object has been modified; please apply your changes to the latest version and try again',
    },
  ]);
  expect((await send(cluster, 'PUT', payment, split(1, 1))).status).toBe(422);
  const fresh = await send(cluster, 'PUT', payment, { ...stored(cluster), spec: split(10, 90)['spec'] });
  expect([fresh.status, fresh.body['spec']]).toEqual([200, split(10, 90)['spec']]);
});

test('a dry run judges the whole write and keeps nothing of it', async () => {
  await using cluster = await startTestCluster();
  const before = stored(cluster);
  const change = { spec: split(95, 5)['spec'] };
  const { status, body } = await mergePatch(cluster, change, '?dryRun=All');
  expect([status, body['spec'], body.metadata.generation]).toEqual([200, change.spec, 2]);
  expect(body.metadata.resourceVersion).toBe(before?.metadata.resourceVersion);
  expect(stored(cluster)).toBe(before);
  expect((await mergePatch(cluster, { spec: split(0, 0)['spec'] }, '?dryRun=All')).status).toBe(400);
  const fresh = await send(cluster, 'POST', `${splits}?dryRun=All`, split(1, 1, 'order'));
  expect([fresh.status, fresh.body.metadata.resourceVersion]).toEqual([201, undefined]);
  expect((await mergePatch(cluster, change, '?dryRun=Some')).status).toBe(422);
});

test('a misspelt field is refused under strict validation, else pruned with a warning', async () => {
  await using cluster = await startTestCluster();
  const misspelt = [{ op: 'add', path: '/spec/http/0/route/0/wieght', value: 3 }];
  const strict = await jsonPatch(cluster, misspelt, '?fieldValidation=Strict');
  expect(strict.status).toBe(422);
  expect(strict.body['message']).toContain(
    'strict decoding error: unknown field "spec.http[0].route[0].wieght"',
  );
  const loose = await jsonPatch(cluster, misspelt);
  expect([loose.status, loose.body['spec']]).toEqual([200, split()['spec']]);
  expect(loose.warning).toContain('unknown field');
});

test('a weight of null is dropped without a word', async () => {
  await using cluster = await startTestCluster();
  const { status, body } = await jsonPatch(cluster, [{ op: 'replace', path: weight, value: null }]);
  expect(status).toBe(200);
  expect(JSON.stringify(body['spec'])).not.toContain('70');
});

test('a fraction is no weight', async () => {
  await using cluster = await startTestCluster();
  const { status, body } = await jsonPatch(cluster, [{ op: 'replace', path: weight, value: 33.3 }]);
  expect([status, body['message']]).toMatchObject([
    422,
    expect.stringContaining('must be of type int32: "float64"'),
  ]);
});

test('a wrong type is 422 and names the field', async () => {
  await using cluster = await startTestCluster();
  const { status, body } = await jsonPatch(cluster, [{ op: 'replace', path: weight, value: 'x' }]);
  expect(status).toBe(422);
  const field = 'spec.http[0].route[0].weight';
  expect(body).toMatchObject({
    reason: 'Invalid',
    details: {
      name: 'payment',
      group: 'networking.istio.io',
      kind: 'VirtualService',
      causes: [
        {
          reason: 'FieldValueTypeInvalid',
          field,
          message: expect.stringContaining(`${field} in body must be of type integer: "string"`),
        },
        { reason: 'FieldValueInvalid', field: '<nil>' },
      ],
    },
  });
});

test.each([
  [split(0, 0)['spec'], 'total destination weight = 0'],
  [split(-5, 105)['spec'], 'weight -5 < 0'],
  [{ hosts: ['payment'], http: [{ timeout: '1s' }] }, 'HTTP route, redirect or direct_response is required'],
])('the mesh refuses what its proxies would: %j', async (spec, told) => {
  await using cluster = await startTestCluster();
  const { status, body } = await mergePatch(cluster, { spec });
  expect(status).toBe(400);
  expect(body['message']).toBe(
    `admission webhook "validation.istio.io" denied the request: configuration is invalid: ${told}`,
  );
  expect(body).not.toHaveProperty('reason');
  expect(body).not.toHaveProperty('details');
});

test('the mesh accepts weights that do not sum to 100 and subsets that do not exist', async () => {
  await using cluster = await startTestCluster();
  expect((await mergePatch(cluster, { spec: split(90, 30)['spec'] })).status).toBe(200);
});

test('duplicate subsets are refused, and a webhook that is down refuses everything of the mesh', async () => {
  await using cluster = await startTestCluster();
  const rule = {
    apiVersion: 'networking.istio.io/v1',
    kind: 'DestinationRule',
    metadata: { name: 'payment' },
    spec: { host: 'payment', subsets: [{ name: 'v1' }, { name: 'v1' }] },
  };
  const path = splits.replace('virtualservices', 'destinationrules');
  const twice = await send(cluster, 'POST', path, rule);
  expect([twice.status, twice.body['message']]).toMatchObject([
    400,
    expect.stringContaining('duplicate subset names: v1'),
  ]);
  cluster.server.faults.webhook = 'unreachable';
  const down = await send(cluster, 'POST', path, { ...rule, spec: { host: 'payment' } });
  expect([down.status, down.body]).toMatchObject([500, { reason: 'InternalError' }]);
  cluster.server.faults.webhook = 'absent';
  expect((await send(cluster, 'POST', path, rule)).status).toBe(201);
});

test('objects are created once, in a namespace that exists', async () => {
  await using cluster = await startTestCluster();
  const made = await send(cluster, 'POST', splits, split(1, 1, 'order'));
  expect([made.status, made.body.metadata.generation]).toEqual([201, 1]);
  const again = await send(cluster, 'POST', splits, split(1, 1, 'order'));
  expect([again.status, again.body]).toMatchObject([409, { reason: 'AlreadyExists' }]);
  const { namespace: _shop, ...metadata } = split().metadata;
  const nowhere = await send(cluster, 'POST', splits.replace('shop', 'nowhere'), { ...split(), metadata });
  expect([nowhere.status, nowhere.body['message']]).toEqual([404, 'namespaces "nowhere" not found']);
});

test('a delete with preconditions spares an object that is another one by now', async () => {
  await using cluster = await startTestCluster();
  const held = stored(cluster);
  const wrong = await send(cluster, 'DELETE', payment, { preconditions: { uid: 'another' } });
  expect([wrong.status, wrong.body]).toMatchObject([409, { reason: 'Conflict' }]);
  const stale = await send(cluster, 'DELETE', payment, { preconditions: { resourceVersion: '1' } });
  expect(stale.status).toBe(409);
  expect(stored(cluster)).toBe(held);
  const right = await send(cluster, 'DELETE', payment, { preconditions: { uid: held?.metadata.uid } });
  expect([right.status, right.body]).toMatchObject([
    200,
    { status: 'Success', details: { uid: held?.metadata.uid } },
  ]);
  expect(stored(cluster)).toBeUndefined();
});

test('an apply patch, and a strategic merge of a custom resource, are honestly refused', async () => {
  await using cluster = await startTestCluster();
  for (const type of ['application/apply-patch+yaml', 'application/strategic-merge-patch+json']) {
    const { status, body } = await send(cluster, 'PATCH', payment, {}, type);
    expect([status, body]).toMatchObject([415, { reason: 'UnsupportedMediaType' }]);
  }
});

test('a deployment is restarted by a strategic merge of one annotation', async () => {
  await using cluster = await startTestCluster();
  const template = { metadata: { labels: { app: 'payment' } }, spec: { containers: [{ name: 'app' }] } };
  const metadata = { name: 'payment', namespace: 'shop' };
  cluster.store.put({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata,
    spec: { template },
    status: { replicas: 1 },
  });
  const annotations = { 'kubectl.kubernetes.io/restartedAt': '2026-11-22T00:00:00Z' };
  const path = '/apis/apps/v1/namespaces/shop/deployments/payment';
  const change = { spec: { template: { metadata: { annotations } } }, status: { replicas: 99 } };
  const { status, body } = await send(
    cluster,
    'PATCH',
    path,
    change,
    'application/strategic-merge-patch+json',
  );
  expect(status).toBe(200);
  expect(body).toMatchObject({
    metadata: { generation: 2 },
    spec: { template: { metadata: { labels: { app: 'payment' }, annotations }, spec: template.spec } },
    status: { replicas: 1 },
  });
});

test('the status is written through its own address and leaves the specification alone', async () => {
  await using cluster = await startTestCluster();
  const body = { spec: {}, status: { validationMessages: [] } };
  const result = await send(cluster, 'PATCH', `${payment}/status`, body, 'application/merge-patch+json');
  expect(result.status).toBe(200);
  expect(stored(cluster)).toMatchObject({
    spec: split()['spec'],
    status: body.status,
    metadata: { generation: 1 },
  });
});

test('of two writers from the same base one is refused', async () => {
  await using cluster = await startTestCluster();
  const base = stored(cluster);
  const shift = (value: number) =>
    jsonPatch(cluster, [
      { op: 'test', path: '/metadata/resourceVersion', value: base?.metadata.resourceVersion },
      { op: 'replace', path: weight, value },
    ]);
  const results = await Promise.all([shift(10), shift(20)]);
  expect(results.map(({ status }) => status).toSorted()).toEqual([200, 422]);
});

test('a body above 3 MiB is refused', async () => {
  await using cluster = await startTestCluster();
  const huge = { ...split(1, 1, 'huge'), junk: 'x'.repeat(3 * 1024 * 1024) };
  expect((await send(cluster, 'POST', splits, huge)).status).toBe(413);
});
