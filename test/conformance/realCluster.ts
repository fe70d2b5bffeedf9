import { randomUUID } from 'node:crypto';
import { createApiClient } from '../peers/start/api.ts';
import { readCoordinates } from '../peers/coordinates.ts';
import type { ClusterUnderTest } from './cluster.ts';

/** A namespace of its own in the real cluster of this run, deleted afterwards. */
export async function startRealCluster(
  namespace = `conformance-${randomUUID().slice(0, 8)}`,
): Promise<ClusterUnderTest> {
  const { url, caFile, tokens, kubeconfigFile } = readCoordinates().kubernetes;
  const api = createApiClient(url, caFile, tokens.admin);
  const call: ClusterUnderTest['call'] = async (method, path, body) => {
    const contentType = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
    const answer = await api.call(path, { method, contentType, ...(body === undefined ? {} : { body }) });
    if (answer.status >= 300)
      throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  await call('POST', '/api/v1/namespaces', {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: namespace },
  });
  const deployments = `/apis/apps/v1/namespaces/${namespace}/deployments`;
  const slices = `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`;
  return {
    settings: { kubeconfig: { paths: [kubeconfigFile] }, context: 'admin' },
    namespace,
    call,
    async run({ app, version, instances, sidecar = false }) {
      const labels = { app, version };
      await call('POST', deployments, {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: `${app}-${version}`, namespace, labels },
        spec: {
          replicas: instances,
          selector: { matchLabels: labels },
          template: {
            metadata: { labels },
            spec: {
              // The nodes are kwok's; there is no scheduler.
              nodeName: 'n1',
              containers: [
                { name: 'app', image: `registry.example.com/${app}:${version}` },
                ...(sidecar ? [{ name: 'istio-proxy', image: 'docker.io/istio/proxyv2:1.31' }] : []),
              ],
            },
          },
        },
      });
      await poll(async () => {
        const { status } = (await call('GET', `${deployments}/${app}-${version}`)) as {
          readonly status?: { readonly readyReplicas?: number };
        };
        return status?.readyReplicas === instances;
      });
    },
    async stop({ app, version }) {
      await call('DELETE', `${deployments}/${app}-${version}?propagationPolicy=Foreground`);
      await poll(async () => {
        const { items } = (await call('GET', slices)) as {
          readonly items: readonly { readonly endpoints?: unknown }[];
        };
        // The names of slices begin with those of Services, which may be the workload's own.
        return !JSON.stringify(items.map(({ endpoints }) => endpoints)).includes(`"${app}-${version}-`);
      });
    },
    async [Symbol.asyncDispose]() {
      await call('DELETE', `/api/v1/namespaces/${namespace}`);
    },
  };
}

async function poll(done: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!(await done())) {
    if (Date.now() > deadline) throw new Error('the cluster did not get there within 20 s');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
