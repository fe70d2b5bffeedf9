import { appendFile } from 'node:fs/promises';
import { afterAll, beforeAll } from 'vitest';
import type { ClusterUnderTest } from '../conformance/cluster.ts';
import { createPayment } from '../conformance/cluster.ts';
import { logsConformance, type LogsUnderTest } from '../conformance/logs.ts';
import { startRealCluster } from '../conformance/realCluster.ts';
import { bindRoles } from '../support/bindRoles.ts';
import { readCoordinates } from './coordinates.ts';
import { quietLogFile, quietNamespace } from './start/kubelet.ts';

let cluster: ClusterUnderTest | null = null;

beforeAll(async () => {
  cluster = await startRealCluster(quietNamespace);
  await createPayment(cluster);
  await bindRoles(cluster, ['read', 'logs']);
  await bindRoles(cluster, ['read'], 'shop-viewers');
});

afterAll(() => cluster?.[Symbol.asyncDispose]());

/** Pods that all show one file, which kwok's kubelet reads as a container runtime writes it. */
function startQuiet(): Promise<LogsUnderTest> {
  const { runDir, kubernetes } = readCoordinates();
  const as = (context: string): LogsUnderTest['settings'] => ({
    kubeconfig: { paths: [kubernetes.kubeconfigFile] },
    context,
    namespaces: [quietNamespace],
  });
  return Promise.resolve({
    settings: as('shop-operator'),
    withoutRight: as('shop-viewer'),
    namespace: quietNamespace,
    service: 'payment',
    write: (...texts) =>
      appendFile(
        quietLogFile(runDir),
        texts.map((text) => `${new Date().toISOString()} stdout F ${text}\n`).join(''),
      ),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  });
}

logsConformance('a real API server and kwok’s kubelet', startQuiet);
