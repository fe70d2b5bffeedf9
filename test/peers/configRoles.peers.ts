import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { expect, test } from 'vitest';
import { configOf, createConfigured, edited, readConfig, setting } from '../conformance/config.ts';
import { paths, paymentRoutes, paymentRule } from '../conformance/cluster.ts';
import { startRealCluster } from '../conformance/realCluster.ts';
import {
  appPaths,
  asked,
  createApp,
  openKubernetes,
  poll,
  proven,
  signal,
  viewOf,
  workloadsOf,
} from '../conformance/rollouts.ts';
import { guardsOf } from '../conformance/weights.ts';
import type { WorkloadAction } from '../../shared/model/workload.ts';
import { asOperator, bindRoles } from '../support/bindRoles.ts';
import { readCoordinates } from './coordinates.ts';

const { url, caFile, tokens } = readCoordinates().kubernetes;
/** The answer as text: the numbers in it are as the server keeps them. */
const readText = (path: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${tokens.admin}` };
    request(`${url}${path}`, { ca: readFileSync(caFile), headers }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (part: string) => (text += part));
      answer.on('end', () => resolve(text));
    })
      .on('error', reject)
      .end();
  });

/** POST of a text as it stands; the status of the answer. */
const sendText = (path: string, body: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${tokens.admin}`, 'content-type': 'application/json' };
    request(`${url}${path}`, { method: 'POST', ca: readFileSync(caFile), headers }, (answer) => {
      answer.resume().on('end', () => resolve(answer.statusCode ?? 0));
    })
      .on('error', reject)
      .end(body);
  });

test('the documented roles suffice for every operation on workloads and configuration', async () => {
  await using cluster = await startRealCluster();
  const { namespace } = cluster;
  await bindRoles(cluster, ['notes', 'read', 'workloads', 'config']);
  await createConfigured(cluster);
  const path = paths(namespace);
  await cluster.call('POST', path.destinationRules, paymentRule(namespace));
  await cluster.call('POST', path.virtualServices, paymentRoutes(namespace));
  await using session = await openKubernetes(asOperator(cluster));
  const missing = session.permissions.filter(
    ({ allowed, purpose }) =>
      allowed !== true &&
      !/Prometheus|trip|fallback|where none|declared here|callee|refusal|logs/i.test(purpose),
  );
  expect(missing).toEqual([]);

  const workloads = workloadsOf(session);
  const view = () => viewOf(session, namespace, 'order');
  const does = async (action: WorkloadAction): Promise<void> => {
    const plan = await workloads.plan(asked(await view(), action), signal);
    expect([action.verb, new Set(Object.values(guardsOf(plan)))]).toEqual([action.verb, new Set(['pass'])]);
    await workloads.apply(plan, signal);
    if (plan.expectation.kind === 'rollout') await proven(session, plan.expectation, 'seen');
  };
  await does({ verb: 'scale', replicas: 2 });
  await does({ verb: 'restart' });
  await does({ verb: 'rollBack', revision: 1 });
  await does({ verb: 'pause' });
  await does({ verb: 'resume' });
  const instance = (await view()).instances[0]?.name ?? '';
  await does({ verb: 'drain', instance });
  await does({ verb: 'putBack', instance });

  const config = configOf(session);
  const documents = await readConfig(session, namespace, 'order');
  const { ref } = await view();
  const secret = documents.of('secret', 'order-db');
  expect(await session.configuration?.reveal(secret.document, 'password', signal)).toBeTruthy();
  for (const operation of [
    edited(documents.of('configMap', 'order-env'), setting('LIMIT', '11'), [ref]),
    edited(secret, setting('password', 'another'), [ref]),
  ]) {
    const plan = await config.plan(operation, signal);
    expect(new Set(Object.values(guardsOf(plan)))).toEqual(new Set(['pass']));
    await config.apply(plan, signal);
    await proven(session, plan.expectation, 'seen');
  }
  // Names of Secrets may not be listed with it: the search goes on without them, and says so.
  const found = await session.configuration?.search('LIMIT', signal);
  expect(found?.hits.map(({ key, line }) => [key, line])).toEqual([['LIMIT', '11']]);
  expect(found?.problems.join(' ')).toMatch(/secrets.*not allowed/i);
});

test('H11 a number beyond 2^53 stays as it is when another field is edited, and is not written', async () => {
  await using cluster = await startRealCluster();
  const { namespace } = cluster;
  const large = '9007199254740993';
  const group = `${namespace}.example.com`;
  const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
  await cluster.call('POST', definitions, {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `counters.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { plural: 'counters', singular: 'counter', kind: 'Counter' },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: {
            openAPIV3Schema: {
              type: 'object',
              properties: {
                spec: {
                  type: 'object',
                  properties: { serial: { type: 'integer', format: 'int64' }, step: { type: 'integer' } },
                },
              },
            },
          },
        },
      ],
    },
  });
  const collection = `/apis/${group}/v1/namespaces/${namespace}/counters`;
  // Our own clients would round it on the way in.
  const made = `{"apiVersion":"${group}/v1","kind":"Counter","metadata":{"name":"large"},"spec":{"serial":${large},"step":1}}`;
  await poll(
    () => sendText(collection, made),
    (status) => status === 201,
  );
  try {
    await using session = await openKubernetes(cluster.settings);
    const name = { connectionId: 'conformance', apiVersion: `${group}/v1`, kind: 'Counter' };
    const document = { ...name, namespace, name: 'large', uid: '' };
    const control = configOf(session);
    const text = (step: number, serial: string) => `spec:\n  step: ${step}\n  serial: ${serial}\n`;
    const edit = (yaml: string) => edited({ document, revision: '' }, { kind: 'yaml', text: yaml });
    const plan = await control.plan(edit(text(2, large)), signal);
    expect(plan.changes[0]?.patch.filter(({ op }) => op !== 'test')).toEqual([
      { op: 'replace', path: '/spec/step', value: 2 },
    ]);
    await control.apply(plan, signal);
    expect(await readText(`${collection}/large`)).toMatch(/"spec":\{"serial":9007199254740993,"step":2\}/);
    await expect(control.plan(edit(text(2, '9007199254740995')), signal)).rejects.toThrow(
      /\/spec\/serial that is too large to be written without rounding/,
    );
  } finally {
    await cluster.call('DELETE', `${definitions}/counters.${group}`);
  }
});

test('a quota that lets no more pods be made is named while the rollout waits', async () => {
  await using cluster = await startRealCluster();
  const { namespace } = cluster;
  await createApp(cluster, 'order');
  await cluster.call('POST', `/api/v1/namespaces/${namespace}/resourcequotas`, {
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: { name: 'pods', namespace },
    spec: { hard: { pods: '2' } },
  });
  await poll(
    async () =>
      JSON.stringify(await cluster.call('GET', `/api/v1/namespaces/${namespace}/resourcequotas/pods`)),
    (text) => /"used":\{"pods":"2"\}/.test(text),
  );
  await using session = await openKubernetes(cluster.settings);
  const control = workloadsOf(session);
  const operation = asked(await viewOf(session, namespace, 'order'), { verb: 'scale', replicas: 3 });
  const plan = await control.plan(operation, signal);
  await control.apply(plan, signal);
  const proof = await poll(
    async () => session.proof?.loaded(plan.expectation, 0, signal),
    (one) => /exceeded quota/.test(one?.detail ?? ''),
  );
  expect(proof).toMatchObject({
    state: 'waiting',
    detail: expect.stringMatching(/no more pods can be made/) as unknown,
  });
  await control.apply(await control.planUndo(operation, plan.changes, signal), signal);
  await proven(session, plan.expectation, 'seen');
});

test('in a namespace that is going away nothing is promised: the workload is gone, and that is said', async () => {
  const cluster = await startRealCluster();
  await createApp(cluster, 'order');
  await using session = await openKubernetes(cluster.settings);
  const control = workloadsOf(session);
  const operation = asked(await viewOf(session, cluster.namespace, 'order'), { verb: 'restart' });
  const plan = await control.plan(operation, signal);
  await cluster[Symbol.asyncDispose]();
  await poll(
    () =>
      cluster.call('GET', `${appPaths(cluster.namespace).deployments}/order`).then(
        () => false,
        () => true,
      ),
    (gone) => gone,
  );
  await expect(control.apply(plan, signal)).rejects.toThrow(/not found|deleted/);
  await expect(control.plan(operation, signal)).rejects.toThrow(/not found/);
  expect(await session.proof?.loaded(plan.expectation, 0, signal)).toMatchObject({
    state: 'contradicted',
    detail: expect.stringMatching(/was deleted/) as unknown,
  });
});
