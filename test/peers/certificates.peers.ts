import { kubernetes } from '../../shared/connectors/kubernetes/connector.ts';
import { certificatesConformance, shopCertificate } from '../conformance/certificates.ts';
import { hostOf } from '../conformance/cluster.ts';
import { startRealCluster } from '../conformance/realCluster.ts';
import { waitFor } from './start/processes.ts';

certificatesConformance('a real API server', async () => {
  const stack = new AsyncDisposableStack();
  const cluster = stack.use(await startRealCluster());
  const { namespace, call } = cluster;
  await call('POST', `/apis/networking.k8s.io/v1/namespaces/${namespace}/ingresses`, {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name: 'edge', namespace },
    spec: {
      tls: [{ hosts: ['shop.example.com'], secretName: 'edge-tls' }],
      defaultBackend: { service: { name: 'edge', port: { number: 80 } } },
    },
  });
  const webhooks = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations';
  const webhook = `${namespace}.example.com`;
  await call('POST', webhooks, {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    metadata: { name: webhook },
    // It guards nothing: no rule.
    webhooks: [
      {
        name: webhook,
        sideEffects: 'None',
        admissionReviewVersions: ['v1'],
        clientConfig: {
          url: 'https://guard.example.com/',
          caBundle: Buffer.from(shopCertificate).toString('base64'),
        },
      },
    ],
  });
  stack.defer(async () => void (await call('DELETE', `${webhooks}/${webhook}`)));
  // istiod puts it into every namespace by itself, soon after that is there.
  await waitFor('the root certificate of the mesh', { limitMs: 30_000 }, () =>
    call('GET', `/api/v1/namespaces/${namespace}/configmaps/istio-ca-root-cert`).then(
      () => true,
      () => false,
    ),
  );
  const session = await kubernetes.open({ ...cluster.settings, namespaces: [namespace] }, hostOf());
  stack.use(session);
  if (session.certificates === undefined) throw new Error('the cluster tells of no certificates');
  return {
    certificates: session.certificates,
    secret: `${namespace}/edge-tls`,
    webhook,
    isSecured: true,
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
});
