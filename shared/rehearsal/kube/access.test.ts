import { expect, test } from 'vitest';
import { splits, startTestCluster } from './testCluster.ts';

test('an unknown or expired token is answered with 401 and the Status of the real server', async () => {
  await using cluster = await startTestCluster();
  for (const token of ['nobody', 'expired']) {
    const response = await cluster.ask(splits, { token });
    expect(response.status).toBe(401);
    expect(await response.json()).toEqual({
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: 'Unauthorized',
      reason: 'Unauthorized',
      code: 401,
    });
  }
});

test('nobody in particular sees the version and nothing else', async () => {
  await using cluster = await startTestCluster();
  expect((await cluster.ask('/version', { token: null })).status).toBe(200);
  expect((await cluster.ask('/apis', { token: null })).status).toBe(403);
  expect((await cluster.ask('/api/v1/pods', { token: null })).status).toBe(403);
});

test('a viewer reads and may not write, and the 403 says who may not do what where', async () => {
  await using cluster = await startTestCluster();
  expect((await cluster.ask(splits, { token: 'viewer' })).status).toBe(200);
  const refused = await cluster.ask(`${splits}/payment`, { method: 'DELETE', token: 'viewer' });
  expect(refused.status).toBe(403);
  expect(await refused.json()).toMatchObject({
    reason: 'Forbidden',
    message:
      'virtualservices.networking.istio.io "payment" is forbidden: User "viewer" cannot delete resource "virtualservices" in API group "networking.istio.io" in the namespace "shop"',
    details: { name: 'payment', group: 'networking.istio.io', kind: 'virtualservices' },
  });
  expect((await cluster.ask('/api/v1/secrets', { token: 'viewer' })).status).toBe(403);
});

test('a user of one namespace sees that namespace only', async () => {
  await using cluster = await startTestCluster();
  const statusOf = async (path: string): Promise<number> =>
    (await cluster.ask(path, { token: 'limited' })).status;
  expect(await statusOf(splits)).toBe(200);
  expect(await statusOf('/api/v1/namespaces/shop')).toBe(200);
  expect(await statusOf('/api/v1/namespaces')).toBe(403);
  expect(await statusOf('/api/v1/services')).toBe(403);
  expect(await statusOf('/api/v1/namespaces/bank/services')).toBe(403);
});

test('a user may ask what they may do, and the answer is how requests are judged', async () => {
  await using cluster = await startTestCluster();
  const ask = async (token: string, verb: string, namespace?: string): Promise<unknown> => {
    const spec = {
      resourceAttributes: { verb, group: 'networking.istio.io', resource: 'virtualservices', namespace },
    };
    const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
    const response = await cluster.ask(path, { method: 'POST', token, json: { spec } });
    expect(response.status).toBe(201);
    return ((await response.json()) as { status: { allowed: boolean } }).status.allowed;
  };
  expect(await ask('admin', 'patch')).toBe(true);
  expect(await ask('viewer', 'patch', 'shop')).toBe(false);
  expect(await ask('viewer', 'list')).toBe(true);
  expect(await ask('limited', 'patch', 'shop')).toBe(true);
  expect(await ask('limited', 'list')).toBe(false);
});

test('rules and identity can be asked for', async () => {
  await using cluster = await startTestCluster();
  const rules = await cluster.ask('/apis/authorization.k8s.io/v1/selfsubjectrulesreviews', {
    method: 'POST',
    token: 'limited',
    json: { spec: { namespace: 'bank' } },
  });
  const { status } = (await rules.json()) as {
    status: { resourceRules: { resources: string[] }[]; incomplete: boolean };
  };
  expect(status.incomplete).toBe(false);
  expect(status.resourceRules.flatMap((rule) => rule.resources)).not.toContain('pods');
  const self = await cluster.ask('/apis/authentication.k8s.io/v1/selfsubjectreviews', {
    method: 'POST',
    json: {},
  });
  expect(await self.json()).toMatchObject({
    status: { userInfo: { username: 'admin', groups: ['system:masters', 'system:authenticated'] } },
  });
});
