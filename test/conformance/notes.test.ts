import { expect, test } from 'vitest';
import { createPayment } from './cluster.ts';
import { notesConformance, notesIn, openPodium, shiftPayment } from './notes.ts';
import { type SimulatedCluster, simulatedOperatorOf, startSimulatedCluster } from './simulatedCluster.ts';

notesConformance('the rehearsal’s API server', () => startSimulatedCluster(), simulatedOperatorOf);

/** May do everything but leave Events. */
function withoutEvents(cluster: SimulatedCluster): void {
  const rules = [
    {
      verbs: ['*'],
      apiGroups: ['networking.istio.io', 'security.istio.io', 'apps', 'discovery.k8s.io'],
      resources: ['*'],
    },
    { verbs: ['get', 'list', 'watch'], apiGroups: ['*'], resources: ['*'] },
    { verbs: ['create'], apiGroups: ['authorization.k8s.io', 'authentication.k8s.io'], resources: ['*'] },
  ];
  cluster.tokens.set('admin', { name: 'quiet', rules });
}

test('a refusal to take the Event holds nothing up, and stands in the journal', async () => {
  await using cluster = await startSimulatedCluster();
  await createPayment(cluster);
  withoutEvents(cluster);
  await using podium = await openPodium(cluster);
  const id = await shiftPayment(podium, cluster.namespace, [60, 40], 'why not');
  const record = await podium.follow(id, ({ noteProblem }) => noteProblem !== null);
  expect(record.state).toBe('written');
  expect(record.noteProblem).toMatch(/^No Event was left for others: .*events/);
  const declared = await podium.follow(id, ({ rungs }) =>
    rungs.some((one) => one.rung === 'declared' && one.state === 'seen'),
  );
  expect(declared.error).toBeNull();
});

test('who does not want others told leaves nothing', async () => {
  await using cluster = await startSimulatedCluster();
  await createPayment(cluster);
  await using podium = await openPodium(cluster);
  await podium.client.settings.mark({ events: false });
  await shiftPayment(podium, cluster.namespace, [60, 40], 'quietly');
  await podium.client.settings.mark({ events: true });
  const told = await shiftPayment(podium, cluster.namespace, [50, 50], 'loudly');
  await expect
    .poll(async () =>
      (await notesIn(cluster)).map(({ metadata }) => metadata.annotations?.['podium.dev/operation']),
    )
    .toEqual([told]);
});
