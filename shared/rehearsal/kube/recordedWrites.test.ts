import { expect, test } from 'vitest';
import { fieldsAt } from '../traffic/reading.ts';
import { recording, type Replayed, startReplay, timeless } from './recordedReplay.ts';
import type { KubeInput } from './store.ts';

const configuration = [
  'config-create',
  'config-create-exists',
  'config-create-dry-run',
  'config-bad-key',
  'config-key-twice',
  'config-bad-name',
  'config-not-text',
  'config-unknown-field-strict',
  'config-patch',
  'config-patch-test-failed',
  'config-patch-not-text',
  'config-merge-patch',
  'config-strategic-merge',
  'config-freeze',
  'config-frozen',
  'config-frozen-dry-run',
  'config-frozen-thaw',
  'config-frozen-label',
  'config-delete-other-uid',
  'config-delete-dry-run',
  'config-delete',
  'config-delete-missing',
];

test('the whole walk through a ConfigMap is answered step by step as the real server answered', async () => {
  await using replay = await startReplay();
  for (const name of configuration) await answersAlike(replay, name);
});

test('the whole walk through a Secret is answered step by step as the real server answered', async () => {
  await using replay = await startReplay();
  for (const name of [
    'secret-create',
    'secret-metadata-only',
    'secret-patch',
    'secret-not-base64',
    'secret-delete',
  ])
    await answersAlike(replay, name);
});

test('a Secret of another type is refused for the same first reason', async () => {
  await using replay = await startReplay();
  await answersAlike(replay, 'secret-create');
  const recorded = recording('secret-type-changed');
  const { status, body } = await replay.answer(recorded);
  expect(status).toBe(422);
  // The real server goes on with what the other type would need.
  const causes = (answer: unknown) => fieldsAt(answer, 'details')['causes'] as readonly unknown[];
  expect(causes(body)).toEqual(causes(recorded.response.body).slice(0, 1));
});

test.each([
  'deployment-replicas-negative',
  'deployment-selector-changed',
  'deployment-labels-mismatch',
  'deployment-unknown-field-strict',
  'deployment-wrong-type',
  'deployment-strategic-dry-run',
])('%s is answered as the real server answered', async (name) => {
  await using replay = await startReplay();
  const before = recording('deployment-strategic-dry-run').response.body as KubeInput;
  const template = fieldsAt(before, 'spec', 'template');
  const { env: _env, ...container } = fieldsAt((fieldsAt(template, 'spec')['containers'] as unknown[])[0]);
  const spec = { ...fieldsAt(template, 'spec'), containers: [container] };
  const managedFields = (fieldsAt(before, 'metadata')['managedFields'] as unknown[]).slice(0, 2);
  replay.store.remove('deployments', 'shop', 'refunds');
  replay.store.put({
    ...before,
    metadata: { ...before.metadata, managedFields },
    spec: { ...fieldsAt(before, 'spec'), template: { ...template, spec } },
  });
  await answersAlike(replay, name);
});

test('a pod that is deleted stays until its kubelet has ended it, and its node cannot be changed', async () => {
  await using replay = await startReplay();
  const recorded = recording('pod-deleted');
  const pod = recorded.response.body as KubeInput;
  const { deletionTimestamp: _at, deletionGracePeriodSeconds: _grace, ...metadata } = pod.metadata;
  replay.store.put({ ...pod, metadata: metadata });
  const { status, body } = await replay.answer(recorded);
  expect(status).toBe(200);
  expect(body).toMatchObject({ kind: 'Pod', metadata: { deletionGracePeriodSeconds: 30 } });
  expect(replay.store.get('pods', 'shop', pod.metadata.name)?.metadata['deletionTimestamp']).toBeDefined();
});

/** Asks our server what the real one was asked, about the object that ours has under that name. */
async function answersAlike(replay: Replayed, name: string): Promise<void> {
  const recorded = recording(name);
  const real = /"uid":"([0-9a-f-]{36})"/.exec(JSON.stringify(recorded.request.body ?? ''))?.[1];
  const held = replay.store.get('configmaps', 'shop', 'podium-settings')?.metadata.uid ?? '';
  const asked = JSON.stringify(recorded.request.body);
  // What the recording calls "another uid" stays another one.
  const own = real === undefined || real.startsWith('00000000') ? asked : asked?.replaceAll(real, held);
  const answered = await replay.answer(recorded, recorded.request.path, own);
  expect([name, answered.status]).toEqual([name, recorded.response.status]);
  expect(steady(answered.body), name).toEqual(steady(recorded.response.body));
}

/** Without the document that the refusal of a patch quotes whole: the order of its fields is nobody's promise. */
function steady(body: unknown): unknown {
  const text = JSON.stringify(timeless(body)).replace(
    /Invalid value: \\"\{.*?\}\\": (strict|json|illegal)/g,
    'Invalid value: document: $1',
  );
  return JSON.parse(text);
}
