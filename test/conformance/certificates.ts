import { describe, expect, test, vi } from 'vitest';
import { kubernetes, type KubernetesSettings } from '../../shared/connectors/kubernetes/connector.ts';
import type { OperatorOf } from '../support/bindRoles.ts';
import { type ClusterUnderTest, hostOf } from './cluster.ts';

/** Of shop.example.com, signed by itself; it ends on 1 December 2026 at 21:24:28 UTC. */
export const shopCertificate = `-----BEGIN CERTIFICATE-----
MIIBizCCATGgAwIBAgIULp1QJxYsP3gI4t1QA0pFYPZjJHEwCgYIKoZIzj0EAwIw
GzEZMBcGA1UEAwwQc2hvcC5leGFtcGxlLmNvbTAeFw0yNjExMjIyMTI0MjhaFw0y
NjEyMDEyMTI0MjhaMBsxGTAXBgNVBAMMEHNob3AuZXhhbXBsZS5jb20wWTATBgcq
hkjOPQIBBggqhkjOPQMBBwNCAARHCNwpr8ay/0Pg+k4y6ZvA5312fo/k0VV6PqGL
fdGpJ19eNW7diSIg5wA+wawh1a6VEncnrcwYOJkwEwKiukRKo1MwUTAdBgNVHQ4E
FgQUATRAiKsonsT+OoXdvDQQ1fwXLk4wHwYDVR0jBBgwFoAUATRAiKsonsT+OoXd
vDQQ1fwXLk4wDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNIADBFAiEAyc31
+SPP90TPmpEk6CrnWl0Uazf5/JUAOpYBWjGe+20CICzWUWQEn9VO3PVOc4niTLVF
if6zWTC9WSMapGcp+kpD
-----END CERTIFICATE-----
`;
export const shopEndsAt = Date.UTC(2026, 11, 1, 21, 24, 28);

const shopStartsAt = Date.UTC(2026, 10, 22, 21, 24, 28);

/** What nobody may see: it stands where the key of `shopCertificate` would. */
const key = '-----BEGIN PRIVATE KEY-----\nbm9ib2R5LW1heS1zZWUtdGhpcw==\n-----END PRIVATE KEY-----\n';
const base64 = (text: string): string => Buffer.from(text).toString('base64');

interface Differences {
  /** Whether it is reached by TLS, as a user with a certificate; its mesh then has a root of its own, else `shopCertificate`. */
  readonly isSecured: boolean;
  /** Whether it serves Gateways of the Gateway API. */
  readonly hasGateways: boolean;
}

/** An Ingress, a gateway of each kind, a webhook, and a Secret of which one names no such thing. */
async function furnish({ namespace, call, run }: ClusterUnderTest, { hasGateways }: Differences) {
  const metadata = (name: string) => ({ name, namespace });
  const at = (group: string, plural: string): string => `/${group}/namespaces/${namespace}/${plural}`;
  await call('POST', at('api/v1', 'services'), {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metadata('edge'),
    spec: { selector: { app: 'edge' }, ports: [{ name: 'https', port: 443, targetPort: 8443 }] },
  });
  await call('POST', at('api/v1', 'secrets'), {
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'kubernetes.io/tls',
    metadata: metadata('edge-tls'),
    data: { 'tls.crt': base64(shopCertificate), 'tls.key': base64(key) },
  });
  const tls = ['edge-tls', 'gone-tls'].map((secretName) => ({
    hosts: [`${secretName}.example.com`],
    secretName,
  }));
  await call('POST', at('apis/networking.k8s.io/v1', 'ingresses'), {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: metadata('edge'),
    spec: { tls, defaultBackend: { service: { name: 'edge', port: { number: 443 } } } },
  });
  await call('POST', at('apis/networking.istio.io/v1', 'gateways'), {
    apiVersion: 'networking.istio.io/v1',
    kind: 'Gateway',
    metadata: metadata('edge-istio'),
    spec: {
      selector: { app: 'edge' },
      servers: [
        {
          port: { number: 443, name: 'https', protocol: 'HTTPS' },
          hosts: ['shop.example.com'],
          tls: { mode: 'SIMPLE', credentialName: 'edge-tls' },
        },
      ],
    },
  });
  if (hasGateways)
    await call('POST', at('apis/gateway.networking.k8s.io/v1', 'gateways'), {
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'Gateway',
      metadata: metadata('edge-listener'),
      spec: {
        gatewayClassName: 'nobody-plays-it',
        listeners: [
          { name: 'https', port: 443, protocol: 'HTTPS', tls: { certificateRefs: [{ name: 'edge-tls' }] } },
        ],
      },
    });
  await run({ app: 'edge', version: 'v1', instances: 1 });
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
        clientConfig: { service: { namespace, name: 'edge' }, caBundle: base64(shopCertificate) },
      },
    ],
  });
  return {
    webhook,
    async [Symbol.asyncDispose]() {
      await call('DELETE', `${webhooks}/${webhook}`);
    },
  };
}

/** What of a cluster ends at a certain day is told; of a Secret nothing but its certificate. */
export function certificatesConformance<Cluster extends ClusterUnderTest>(
  name: string,
  start: () => Promise<Cluster>,
  operatorOf: OperatorOf<Cluster>,
  differences: Differences,
): void {
  const read = async (settings: KubernetesSettings) => {
    const logged: string[] = [];
    const log = (text: string, more?: unknown): void => void logged.push(`${text} ${JSON.stringify(more)}`);
    await using session = await kubernetes.open(settings, { ...hostOf(), log: { info: log, warn: log } });
    if (session.certificates === undefined) throw new Error('the cluster tells of no certificates');
    const told = await session.certificates.read(AbortSignal.timeout(20_000));
    const everything = JSON.stringify([told, logged]);
    for (const secret of [key, base64(key), 'bm9ib2R5', 'PRIVATE KEY'])
      expect(everything).not.toContain(secret);
    return told;
  };
  const users = (namespace: string): string =>
    differences.hasGateways
      ? `Ingress ${namespace}/edge, Gateway ${namespace}/edge-listener and Gateway ${namespace}/edge-istio`
      : `Ingress ${namespace}/edge and Gateway ${namespace}/edge-istio`;

  describe(`certificates of ${name}`, () => {
    test('are read by name where they are shown to callers, and of a Secret nothing but its certificate is kept', async () => {
      await using cluster = await start();
      const { namespace } = cluster;
      await using given = await furnish(cluster, differences);
      const services = [{ namespace, name: 'edge' }];
      const told = await read({ ...cluster.settings, namespaces: [namespace] });
      expect(told.certificates).toContainEqual({
        kind: 'secret',
        where: `Secret ${namespace}/edge-tls`,
        subject: 'shop.example.com',
        usedBy: users(namespace),
        services,
        startsAt: shopStartsAt,
        endsAt: shopEndsAt,
      });
      expect(told.problems).toEqual([
        `When the certificate in Secret ${namespace}/gone-tls of Ingress ${namespace}/edge ends is not known: there is no such Secret.`,
      ]);
      expect(told.certificates).toContainEqual({
        kind: 'webhook',
        where: `validating webhook ${given.webhook}`,
        subject: 'shop.example.com',
        usedBy: null,
        services,
        startsAt: shopStartsAt,
        endsAt: shopEndsAt,
      });
      const of = (kind: string) => told.certificates.find((one) => one.kind === kind);
      if (differences.isSecured) expect(of('meshRoot')?.endsAt).toBeGreaterThan(Date.now());
      else expect(of('meshRoot')).toMatchObject({ subject: 'shop.example.com', endsAt: shopEndsAt });
      for (const kind of ['user', 'server']) {
        expect(of(kind) === undefined, kind).toBe(!differences.isSecured);
        if (differences.isSecured) expect(of(kind)?.endsAt).toBeGreaterThan(Date.now());
      }
    });

    test('in Secrets that one may not read are said to be unknown, and the documented role lets one know', async () => {
      await using cluster = await start();
      const { namespace } = cluster;
      await using _ = await furnish(cluster, differences);
      // A role that was bound just now does not hold in every cache of the server at once.
      const soon = { timeout: 20_000, interval: 500 };
      const reader = await operatorOf(cluster, ['read']);
      await vi.waitFor(async () => {
        const { certificates, problems } = await read(reader);
        expect(certificates.map(({ kind }) => kind)).not.toContain('secret');
        expect(problems).toContain(
          `When the certificates in 2 Secrets end (${namespace}/edge-tls of ${users(namespace)}, ${namespace}/gone-tls of Ingress ${namespace}/edge) is not known: you may not get secrets in ${namespace}.`,
        );
      }, soon);
      const operator = await operatorOf(cluster, ['certificates']);
      await vi.waitFor(async () => {
        const { certificates } = await read(operator);
        expect(certificates).toContainEqual(
          expect.objectContaining({ where: `Secret ${namespace}/edge-tls`, endsAt: shopEndsAt }),
        );
      }, soon);
    });
  });
}
