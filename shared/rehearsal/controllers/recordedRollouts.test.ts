import { expect, test } from 'vitest';
import { withDefaults } from '../kube/defaults.ts';
import { applyMergePatch } from '../kube/mergePatch.ts';
import { recording } from '../kube/recordedReplay.ts';
import { createObjectStore, type KubeInput, type KubeObject } from '../kube/store.ts';
import { fieldsAt, listAt, type Fields } from '../traffic/reading.ts';
import { createControllers } from './controllers.ts';

const startAt = 1_800_000_000_000;

test('a walk through a Deployment ends at every station as it did with the real controllers', () => {
  const walk = openWalk();
  walk.agrees('scaled');
  walk.change({
    spec: {
      template: {
        metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': '2026-11-22T08:00:00Z' } },
      },
    },
  });
  walk.agrees('restarted');
  walk.change({ spec: { paused: true } });
  walk.agrees('paused');
  walk.change({ spec: { paused: null } });
  walk.change({ spec: { template: { metadata: { annotations: null } } } });
  walk.agrees('rolled-back');
  walk.change({
    spec: {
      progressDeadlineSeconds: 5,
      // Never ready, by other means than where it was recorded.
      template: {
        spec: { containers: [{ name: 'refunds', image: 'registry.example.com/shop/refunds:broken' }] },
      },
    },
  });
  walk.agrees('stuck');
});

/** The Deployment of the recording, at four instances. */
function openWalk(): { change(patch: Fields): void; agrees(state: string): void } {
  let now = startAt;
  const store = createObjectStore({ now: () => now });
  const controllers = createControllers(store, { startAt });
  const pass = (seconds: number): void => {
    for (let passed = 0; passed < seconds * 2; passed += 1) controllers.step((now += 500));
  };
  store.put({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } });
  const { status: _status, ...whole } = recording('rollout-scaled').response.body as KubeInput;
  const { name, namespace = '', labels } = whole.metadata;
  const deployment = (): KubeObject => {
    const found = store.get('deployments', namespace, name);
    if (found === undefined) throw new Error('the Deployment is gone');
    return found;
  };
  const change = (patch: Fields): void => {
    store.put(withDefaults(applyMergePatch(deployment(), patch) as KubeObject), { manager: 'podium' });
    pass(60);
  };
  store.put({
    ...whole,
    metadata: { name, namespace, labels },
    spec: { ...fieldsAt(whole, 'spec'), replicas: 1 },
  });
  pass(10);
  change({ spec: { replicas: 4 } });
  return {
    change,
    agrees(state) {
      const recorded = recording(`rollout-${state}`).response.body as KubeObject;
      const sets = recording(`rollout-${state}-sets`).response.body as { readonly items: KubeObject[] };
      expect(outline(deployment(), store.list('replicasets', 'shop')), state).toEqual(
        outline(recorded, sets.items),
      );
    },
  };
}

/** What must be alike: numbers, revisions, conditions and their words; a set is called by its revision. */
function outline(deployment: KubeObject, sets: readonly KubeObject[]): Fields {
  const revisions = new Map(
    sets.map((set) => [
      set.metadata.name,
      set.metadata.annotations?.['deployment.kubernetes.io/revision'] ?? '',
    ]),
  );
  const { conditions: _conditions, ...counts } = fieldsAt(deployment, 'status');
  return {
    generation: deployment.metadata.generation,
    annotations: deployment.metadata.annotations,
    counts,
    conditions: listAt(deployment, 'status', 'conditions')
      .map((one) => fieldsAt(one))
      .map(({ type, status, reason, message }) => ({
        type,
        status,
        reason,
        message: String(message).replace(
          /"(refunds-[a-z0-9]+)"/,
          (_, set: string) => `revision ${revisions.get(set) ?? ''}`,
        ),
      }))
      .toSorted((left, right) => (String(left.type) < String(right.type) ? -1 : 1)),
    sets: sets
      .map((set) => {
        const { observedGeneration: _generation, ...own } = fieldsAt(set, 'status');
        return {
          annotations: set.metadata.annotations,
          asked: fieldsAt(set, 'spec')['replicas'],
          status: own,
        };
      })
      .toSorted((left, right) =>
        JSON.stringify(left.annotations) < JSON.stringify(right.annotations) ? -1 : 1,
      ),
  };
}
