import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { ledInstancesConformance } from '../conformance/ledInstances.ts';
import { ledRolloutsConformance } from '../conformance/ledRollouts.ts';
import { startRealCluster } from '../conformance/realCluster.ts';
import { realOperatorOf } from '../support/bindRoles.ts';
import { readCoordinates } from './coordinates.ts';
import { findPeers } from './install.ts';
import { clientFor } from './measure.ts';
import { applyCrds } from './start/kubernetes.ts';

const admin = clientFor(readCoordinates(), 'admin');
const kinds = ['rollouts.argoproj.io', 'canaries.flagger.app'];

beforeAll(async () => {
  const { rolloutCrds } = findPeers();
  if (rolloutCrds.kind === 'absent') throw new Error(rolloutCrds.because);
  for (const file of ['argo.yaml', 'flagger.yaml']) await applyCrds(admin, join(rolloutCrds.dir, file));
}, 60_000);
// Other suites are about clusters without them.
afterAll(async () => {
  for (const kind of kinds)
    await admin.call(`/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${kind}`, { method: 'DELETE' });
});

const where = 'a real API server with the kinds of Argo Rollouts and Flagger';
ledRolloutsConformance(where, startRealCluster);
ledInstancesConformance(where, startRealCluster, realOperatorOf);
