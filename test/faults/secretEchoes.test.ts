import { expect, test } from 'vitest';
import { configOf, edited, readConfig, setting } from '../conformance/config.ts';
import { appPaths, createApp, openKubernetes, signal } from '../conformance/rollouts.ts';
import { startWorkedCluster } from '../conformance/workedCluster.ts';

const before = 'hunter2-and-more';
const after = 'correct-horse "battery"';
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const forms = [before, base64(before), base64(after), 'correct-horse', 'battery'];

test.each([
  ['as they are', `denied: password "${after}" is weak, and so was ${before}`],
  ['in base64', `denied: data[password]: Invalid value: "${base64(after)}", was "${base64(before)}"`],
  ['in quotes', `denied: ${JSON.stringify({ password: after })}`],
  ['cut short', `denied: ${'x'.repeat(520)} ${base64(after)} ${base64(before)} ${'x'.repeat(200)}`],
  ['cut in the middle', `denied: ${'x'.repeat(500)} ${base64(`${before}${'y'.repeat(300)}`)}`],
])('a peer that quotes a Secret’s values in its refusal is told of without them: %s', async (_, message) => {
  await using cluster = await startWorkedCluster();
  const { namespace } = cluster;
  const long = message.includes(base64('yyyyyy'));
  await cluster.call('POST', appPaths(namespace).secrets, {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'login', namespace },
    data: { password: base64(long ? `${before}${'y'.repeat(300)}` : before) },
  });
  await createApp(cluster, 'order', { container: { envFrom: [{ secretRef: { name: 'login' } }] } });
  await using session = await openKubernetes(cluster.settings);
  const { document, revision } = (await readConfig(session, namespace, 'order')).of('secret', 'login');
  const operation = edited({ document, revision }, setting('password', after));
  const isWrite = (dryRun: boolean) => ({
    matches: ({ method, query }: { method: string; query: URLSearchParams }) =>
      method === 'PATCH' && query.has('dryRun') === dryRun,
  });
  const answer = { kind: 'answer', code: 422, message } as const;
  cluster.server.faults.add(answer, isWrite(true).matches, 1);
  const refused = await configOf(session).plan(operation, signal);
  expect(refused.guards.find(({ verdict }) => verdict === 'block')?.detail).toContain('denied');
  const plan = await configOf(session).plan(operation, signal);
  cluster.server.faults.add(answer, isWrite(false).matches, 1);
  const error: unknown = await configOf(session)
    .apply(plan, signal)
    .catch((thrown: unknown) => thrown);
  expect(String(error)).toContain('denied');
  for (const form of [...forms, base64(before).slice(0, 12)]) {
    expect(JSON.stringify(refused)).not.toContain(form);
    expect(String(error)).not.toContain(form);
  }
});
