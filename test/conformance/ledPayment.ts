import type { KubernetesSettings } from '../../shared/connectors/kubernetes/connector.ts';
import type { WorkloadAction, WorkloadView } from '../../shared/model/workload.ts';
import { type ClusterUnderTest, paths } from './cluster.ts';
import { asked, openKubernetes, signal, workloadsOf } from './rollouts.ts';
import { serviceFor } from './routesPayment.ts';

export const rolloutsPath = (namespace: string): string =>
  `/apis/argoproj.io/v1alpha1/namespaces/${namespace}/rollouts`;
export const canariesPath = (namespace: string): string =>
  `/apis/flagger.app/v1beta1/namespaces/${namespace}/canaries`;

/** A Rollout as its controller reports it while it waits at its second step. */
export const rollout = (namespace: string): unknown => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Rollout',
  metadata: { name: 'payment', namespace },
  spec: {
    replicas: 4,
    selector: { matchLabels: { app: 'payment' } },
    template: {
      metadata: { labels: { app: 'payment', version: 'v2' } },
      spec: { containers: [{ name: 'app', image: 'registry.example.com/payment:v2' }] },
    },
    strategy: {
      canary: {
        canaryService: 'payment-canary',
        stableService: 'payment-stable',
        steps: [
          { setWeight: 20 },
          { pause: {} },
          { analysis: { templates: [{ templateName: 'success-rate' }] } },
          { setWeight: 60 },
          { pause: { duration: '1h' } },
        ],
      },
    },
  },
});

export const waiting = {
  HPAReplicas: 4,
  availableReplicas: 4,
  canary: {
    weights: {
      canary: { podTemplateHash: '6cf78c66c5', serviceName: 'payment-canary', weight: 20 },
      stable: { podTemplateHash: '5dfbb8f8f8', serviceName: 'payment-stable', weight: 80 },
    },
    currentBackgroundAnalysisRunStatus: { name: 'payment-6cf78c66c5-2', status: 'Running', message: '' },
  },
  controllerPause: true,
  currentPodHash: '6cf78c66c5',
  currentStepIndex: 1,
  observedGeneration: '1',
  pauseConditions: [{ reason: 'CanaryPauseStep', startTime: '2026-11-22T10:00:00Z' }],
  phase: 'Paused',
  message: 'CanaryPauseStep',
  readyReplicas: 4,
  replicas: 4,
  stableRS: '5dfbb8f8f8',
  updatedReplicas: 1,
};

export const canary = (namespace: string): unknown => ({
  apiVersion: 'flagger.app/v1beta1',
  kind: 'Canary',
  metadata: { name: 'order', namespace },
  spec: {
    targetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'order' },
    service: { port: 8080 },
    analysis: {
      interval: '1m',
      threshold: 5,
      maxWeight: 50,
      stepWeight: 10,
      metrics: [{ name: 'request-success-rate', thresholdRange: { min: 99 }, interval: '1m' }],
      webhooks: [{ name: 'gate', type: 'confirm-promotion', url: 'http://loadtester.test/gate/check' }],
    },
  },
});

/** Puts payment's Rollout into a cluster, at its second step, and opens that by these settings. */
export async function beginLed<Cluster extends ClusterUnderTest>(
  cluster: Cluster,
  settings: KubernetesSettings = cluster.settings,
) {
  const { namespace, call } = cluster;
  await call('POST', paths(namespace).services, serviceFor(namespace, 'payment', { app: 'payment' }));
  await call('POST', rolloutsPath(namespace), rollout(namespace));
  const path = `${rolloutsPath(namespace)}/payment`;
  const report = (status: object) => call('PATCH', `${path}/status`, { status });
  await report(waiting);
  const root = await openKubernetes(settings);
  const control = workloadsOf(root);
  const key = (service: string) => ({ namespace, name: service, hosts: [] });
  const view = async (service = 'payment'): Promise<WorkloadView> => {
    const [found] = await control.read(key(service), signal);
    if (found === undefined) throw new Error(`nothing runs ${service}`);
    return found;
  };
  const act = async (action: WorkloadAction, service = 'payment') =>
    control.plan(asked(await view(service), action), signal);
  const live = async () =>
    (await call('GET', path)) as { readonly spec: object; readonly status: Record<string, unknown> };
  return {
    cluster,
    control,
    view,
    act,
    live,
    report,
    write: (part: object) => call('PATCH', `${path}?fieldManager=rollouts-controller`, part),
    async [Symbol.asyncDispose]() {
      await root[Symbol.asyncDispose]();
      await cluster[Symbol.asyncDispose]();
    },
  };
}
