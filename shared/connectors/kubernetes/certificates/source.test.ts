import { expect, test } from 'vitest';
import {
  certificatesConformance,
  shopCertificate,
  shopEndsAt,
} from '../../../../test/conformance/certificates.ts';
import type { KubeClient } from '../../kube/client.ts';
import { PeerError } from '../../kit/peerError.ts';
import { listAt } from '../../kube/objects.ts';
import { pathOf, type Resource } from '../../kube/resources.ts';
import { firstToEnd } from './parse.ts';
import { createCertificateSource } from './source.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const ingress = {
  metadata: { namespace: 'shop', name: 'edge' },
  spec: { tls: [{ hosts: ['shop.example.com'], secretName: 'edge-tls' }] },
};
const webhook = {
  metadata: { name: 'guard' },
  webhooks: [{ name: 'guard.example.com', clientConfig: { caBundle: base64(shopCertificate) } }],
};
const root = { data: { 'root-cert.pem': shopCertificate } };

/** A cluster that answers so by path, and has nothing else. */
function paperCluster(answers: Readonly<Record<string, unknown>>) {
  const asked: string[] = [];
  const read = (path: string): Promise<unknown> => {
    asked.push(path);
    const answer = answers[path.split('?')[0] ?? ''];
    if (answer instanceof Error) return Promise.reject(answer);
    return answer === undefined
      ? Promise.reject(new PeerError('notFound', 'none', { status: 404 }))
      : Promise.resolve(answer);
  };
  const client = {
    server: 'http://cluster.example.com',
    namespaces: null,
    reach: { tls: {} },
    read,
    // All pages, of which a single reading gives but the first.
    list: async (of: Resource, namespace: string | null) => {
      const answer = await read(pathOf(of, namespace));
      return [...listAt(answer, 'items'), ...listAt(answer, 'more')];
    },
  } as unknown as KubeClient; // The parts that are used.
  return { source: createCertificateSource(client), asked };
}

const ingresses = '/apis/networking.k8s.io/v1/ingresses';
const validating = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations';
const certificates = '/apis/cert-manager.io/v1/certificates';
const rootMap = '/api/v1/namespaces/default/configmaps/istio-ca-root-cert';

certificatesConformance('a cluster on paper', () =>
  Promise.resolve({
    certificates: paperCluster({
      [ingresses]: { items: [ingress] },
      [validating]: { items: [webhook] },
      [rootMap]: root,
    }).source,
    secret: 'shop/edge-tls',
    webhook: 'guard.example.com',
    isSecured: false,
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }),
);

test('cert-manager tells when its own end, and of a Secret that it looks after nothing is left to say', async () => {
  const certificate = {
    metadata: { namespace: 'shop', name: 'edge' },
    spec: { secretName: 'edge-tls', dnsNames: ['shop.example.com'] },
    status: { notAfter: '2026-12-01T00:00:00Z' },
  };
  const { source, asked } = paperCluster({
    [ingresses]: { items: [ingress] },
    [certificates]: { items: [certificate] },
  });
  expect(await source.read(AbortSignal.timeout(1_000))).toEqual({
    certificates: [
      {
        kind: 'certManager',
        where: 'Certificate shop/edge',
        subject: 'shop.example.com',
        usedBy: 'Secret shop/edge-tls',
        endsAt: Date.UTC(2026, 11, 1),
      },
    ],
    problems: [],
  });
  expect(asked.filter((path) => path.includes('/secrets'))).toEqual([]);
});

test('what cert-manager has not issued is said: when it ends nobody knows', async () => {
  const { source } = paperCluster({
    [certificates]: {
      items: [{ metadata: { namespace: 'shop', name: 'new' }, spec: { secretName: 'new' } }],
    },
  });
  expect(await source.read(AbortSignal.timeout(1_000))).toEqual({
    certificates: [],
    problems: [
      'cert-manager has issued nothing for 1 Certificate (shop/new): when what their Secrets hold ends is not known.',
    ],
  });
});

test('that no cert-manager looks after a Secret is not said where that cannot be read', async () => {
  const { source } = paperCluster({
    [ingresses]: { items: [ingress] },
    [certificates]: new PeerError('forbidden', 'You may not list certificates.', { status: 403 }),
  });
  expect((await source.read(AbortSignal.timeout(1_000))).problems).toEqual([
    'You may not list certificates.',
    'When the certificates in 1 Secrets of Ingresses end is not known (shop/edge-tls): whether cert-manager looks after them cannot be read, and Podium reads no Secret unasked.',
  ]);
});

test('a list that comes in pages is read to its end', async () => {
  const more = { metadata: { namespace: 'shop', name: 'more' }, spec: { tls: [{ secretName: 'more-tls' }] } };
  const { source } = paperCluster({ [ingresses]: { items: [ingress], more: [more] } });
  expect((await source.read(AbortSignal.timeout(1_000))).problems).toEqual([
    expect.stringContaining('2 Secrets of Ingresses end is not known (shop/edge-tls, shop/more-tls)'),
  ]);
});

test('what may not be read is said, and keeps nothing else from being told', async () => {
  const { source } = paperCluster({
    [validating]: new PeerError('forbidden', 'You may not list webhooks.', { status: 403 }),
    [rootMap]: root,
  });
  const read = await source.read(AbortSignal.timeout(1_000));
  expect(read.problems).toEqual(['You may not list webhooks.']);
  expect(read.certificates.map(({ kind }) => kind)).toEqual(['meshRoot']);
});

test('of a bundle the first to end is told, and what is no certificate is none', () => {
  const broken = '-----BEGIN CERTIFICATE-----\nbm90IG9uZQ==\n-----END CERTIFICATE-----\n';
  expect(firstToEnd(`${broken}${shopCertificate}`)?.endsAt).toBe(shopEndsAt);
  expect(firstToEnd(broken)).toBeNull();
  expect(firstToEnd('')).toBeNull();
});
