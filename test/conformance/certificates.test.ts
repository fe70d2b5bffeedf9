import { expect, test } from 'vitest';
import { kubernetes } from '../../shared/connectors/kubernetes/connector.ts';
import { issue } from '../../shared/rehearsal/certificate.ts';
import { kubeconfigText } from '../support/loginProgram.ts';
import { startTlsFront } from '../support/tlsFront.ts';
import { certificatesConformance, shopCertificate } from './certificates.ts';
import { hostOf } from './cluster.ts';
import { simulatedOperatorOf, startSimulatedCluster } from './simulatedCluster.ts';

certificatesConformance(
  'a simulated API server',
  async () => {
    const cluster = await startSimulatedCluster();
    cluster.store.put({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'istio-ca-root-cert', namespace: cluster.namespace },
      data: { 'root-cert.pem': shopCertificate },
    });
    return cluster;
  },
  simulatedOperatorOf,
  { isSecured: false, hasGateways: false },
);

test('what the API server shows on the connection that is open anyway is told, without another connection', async () => {
  const endsAt = Math.floor(Date.now() / 1_000) * 1_000 + 5 * 86_400_000;
  const authority = issue({ name: 'our-ca', isAuthority: true });
  const shown = issue({ name: 'the-api', by: authority, names: ['127.0.0.1'], until: endsAt });
  await using cluster = await startSimulatedCluster();
  await using front = await startTlsFront({ port: Number(new URL(cluster.server.url).port) }, shown);
  const trust = { 'certificate-authority-data': Buffer.from(authority.cert).toString('base64') };
  const text = kubeconfigText(front.url, { token: 'admin' }, trust);
  await using session = await kubernetes.open({ kubeconfig: { text }, context: 'cloud' }, hostOf());
  const told = await session.certificates?.read(AbortSignal.timeout(10_000));
  expect(told?.certificates.filter(({ kind }) => kind === 'server')).toEqual([
    expect.objectContaining({ where: `shown by ${front.url}`, subject: 'the-api', endsAt }),
  ]);
});
