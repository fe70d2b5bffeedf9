import * as http from 'node:http';
import { expect, test } from 'vitest';
import { shopCertificate, shopEndsAt } from '../../../../test/conformance/certificates.ts';
import { issue } from '../../../rehearsal/certificate.ts';
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
const root = { data: { 'root-cert.pem': shopCertificate } };

/** A cluster that answers so by path, and has nothing else. */
function paperCluster(
  answers: Readonly<Record<string, unknown>>,
  namespaces: readonly string[] | null = null,
) {
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
    namespaces,
    reach: { tls: {}, agent: () => new http.Agent() },
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

test('cert-manager tells when its own end, and of a Secret that it looks after nothing is left to say', async () => {
  const certificate = {
    metadata: { namespace: 'shop', name: 'edge' },
    spec: { secretName: 'edge-tls', dnsNames: ['shop.example.com'] },
    status: { notBefore: '2026-09-02T00:00:00Z', notAfter: '2026-12-01T00:00:00Z' },
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
        usedBy: 'Secret shop/edge-tls and Ingress shop/edge',
        services: [],
        startsAt: Date.UTC(2026, 8, 2),
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
      'cert-manager has issued nothing for 1 Certificate (shop/new): when what its Secret holds ends is not known.',
    ],
  });
});

const secretPath = '/api/v1/namespaces/shop/secrets';

test('where cert-manager’s documents cannot be read, the Secret is; and what no Secret tells is said, each reason once', async () => {
  const tls = ['edge-tls', 'none-tls', 'key-tls'].map((secretName) => ({ secretName }));
  const { source, asked } = paperCluster({
    [ingresses]: { items: [{ ...ingress, spec: { tls } }] },
    [certificates]: new PeerError('forbidden', 'You may not list certificates.', { status: 403 }),
    [`${secretPath}/edge-tls`]: { data: { 'tls.crt': base64(shopCertificate), 'tls.key': base64('SECRET') } },
    [`${secretPath}/key-tls`]: { data: { 'tls.key': base64('SECRET') } },
  });
  const read = await source.read(AbortSignal.timeout(1_000));
  expect(read.certificates).toMatchObject([{ kind: 'secret', where: 'Secret shop/edge-tls' }]);
  expect(JSON.stringify(read)).not.toMatch(/SECRET|U0VDUkVU/);
  expect(read.problems).toEqual([
    'You may not list certificates.',
    'When the certificate in Secret shop/none-tls of Ingress shop/edge ends is not known: there is no such Secret.',
    'When the certificate in Secret shop/key-tls of Ingress shop/edge ends is not known: it holds no certificate that can be read.',
  ]);
  // By name alone: never all of them.
  expect(asked.filter((path) => /secrets(\?|$)/.test(path))).toEqual([]);
});

test('a list that comes in pages is read to its end, and of very many Secrets some are left out, which is said', async () => {
  const all = Array.from({ length: 62 }, (_, i) => ({ secretName: `tls-${i}` }));
  const more = { metadata: { namespace: 'shop', name: 'more' }, spec: { tls: all } };
  const { source, asked } = paperCluster({ [ingresses]: { items: [ingress], more: [more] } });
  const { problems } = await source.read(AbortSignal.timeout(1_000));
  expect(asked.filter((path) => path.startsWith(secretPath))).toHaveLength(60);
  expect(problems).toEqual([
    expect.stringMatching(
      /^When the certificates in 60 Secrets end .* and 56 more\) is not known: there is no/,
    ),
    expect.stringMatching(
      /^When the certificates in 3 Secrets end .*is not known: Podium reads 60 at most\.$/,
    ),
  ]);
});

test('a listener of the Gateway API names Secrets, also of another namespace, and its own Service is who is reached', async () => {
  const gateway = {
    metadata: { namespace: 'shop', name: 'edge' },
    spec: {
      listeners: [
        {
          tls: {
            certificateRefs: [{ name: 'a' }, { name: 'b', namespace: 'vault' }, { kind: 'Other', name: 'c' }],
          },
        },
      ],
    },
  };
  const label = { 'gateway.networking.k8s.io/gateway-name': 'edge' };
  const { source } = paperCluster({
    '/apis/gateway.networking.k8s.io/v1': { resources: [{ name: 'gateways', kind: 'Gateway' }] },
    '/apis/gateway.networking.k8s.io/v1/gateways': { items: [gateway] },
    '/api/v1/services': {
      items: [
        { metadata: { namespace: 'shop', name: 'edge-istio', labels: label } },
        { metadata: { namespace: 'else', name: 'edge-istio', labels: label } },
      ],
    },
    '/api/v1/namespaces/shop/secrets/a': { data: { 'tls.crt': base64(shopCertificate) } },
    '/api/v1/namespaces/vault/secrets/b': { data: { 'tls.crt': base64(shopCertificate) } },
  });
  const { certificates, problems } = await source.read(AbortSignal.timeout(1_000));
  expect(certificates.map(({ where, usedBy, services }) => [where, usedBy, services])).toEqual(
    ['shop/a', 'vault/b'].map((secret) => [
      `Secret ${secret}`,
      'Gateway shop/edge',
      [{ namespace: 'shop', name: 'edge-istio' }],
    ]),
  );
  expect(problems).toEqual([]);
});

const linkerdServed = { resources: [{ name: 'serviceprofiles', kind: 'ServiceProfile' }] };
const roots = '/api/v1/namespaces/linkerd/configmaps/linkerd-identity-trust-roots';

test('of Linkerd its root and its issuer are told; where it is not served nobody asks for either', async () => {
  const { source } = paperCluster({
    '/apis/linkerd.io/v1alpha2': linkerdServed,
    [roots]: { data: { 'ca-bundle.crt': shopCertificate } },
    '/api/v1/namespaces/linkerd/secrets/linkerd-identity-issuer': {
      data: { 'crt.pem': base64(shopCertificate), 'key.pem': base64('SECRET') },
    },
  });
  const read = await source.read(AbortSignal.timeout(1_000));
  expect(read.certificates.map(({ kind, where }) => [kind, where])).toEqual([
    ['meshRoot', 'ConfigMap linkerd/linkerd-identity-trust-roots'],
    ['meshIssuer', 'Secret linkerd/linkerd-identity-issuer'],
  ]);
  expect(JSON.stringify(read)).not.toMatch(/SECRET|U0VDUkVU/);

  const denied = paperCluster({
    '/apis/linkerd.io/v1alpha2': linkerdServed,
    [roots]: { data: { 'ca-bundle.crt': shopCertificate } },
    '/api/v1/namespaces/linkerd/secrets/linkerd-identity-issuer': new PeerError('forbidden', 'no'),
  });
  const { certificates: root, problems } = await denied.source.read(AbortSignal.timeout(1_000));
  expect(root).toHaveLength(1);
  expect(problems).toEqual([
    'When Linkerd’s issuer (Secret linkerd/linkerd-identity-issuer) ends is not known: you may not get secrets in linkerd.',
  ]);

  const elsewhere = paperCluster({
    '/apis/linkerd.io/v1alpha2': linkerdServed,
    '/api/v1/namespaces/linkerd/secrets/linkerd-identity-issuer': {
      data: { 'crt.pem': base64(shopCertificate) },
    },
  });
  const issuer = await elsewhere.source.read(AbortSignal.timeout(1_000));
  expect(issuer.certificates.map(({ kind }) => kind)).toEqual(['meshIssuer']);
  expect(issuer.problems).toEqual([
    expect.stringMatching(
      /linkerd\/linkerd-identity-trust-roots\) ends is not known: there is no such ConfigMap; whether Linkerd is in another/,
    ),
  ]);

  const without = paperCluster({});
  await without.source.read(AbortSignal.timeout(1_000));
  expect(without.asked.filter((path) => path.includes('namespaces/linkerd'))).toEqual([]);
});

test('Linkerd is found in any namespace by its settings, and what was looked for in vain is said', async () => {
  const elsewhere = paperCluster({
    '/apis/linkerd.io/v1alpha2': linkerdServed,
    '/api/v1/configmaps': {
      items: [
        { metadata: { namespace: 'mesh', name: 'linkerd-config' } },
        // A server that selects nothing.
        { metadata: { namespace: 'shop', name: 'settings' } },
      ],
    },
    '/api/v1/namespaces/mesh/configmaps/linkerd-identity-trust-roots': {
      data: { 'ca-bundle.crt': shopCertificate },
    },
    '/api/v1/namespaces/mesh/secrets/linkerd-identity-issuer': {
      data: { 'crt.pem': base64(shopCertificate) },
    },
  });
  const read = await elsewhere.source.read(AbortSignal.timeout(1_000));
  expect(read.certificates.map(({ where }) => where)).toEqual([
    'ConfigMap mesh/linkerd-identity-trust-roots',
    'Secret mesh/linkerd-identity-issuer',
  ]);
  expect(read.problems).toEqual([]);

  const nowhere = paperCluster({
    '/apis/linkerd.io/v1alpha2': linkerdServed,
    '/api/v1/configmaps': { items: [] },
  });
  const { problems } = await nowhere.source.read(AbortSignal.timeout(1_000));
  expect(problems[0]).toBe(
    'When Linkerd’s trust root (ConfigMap linkerd/linkerd-identity-trust-roots) ends is not known: there is no such ConfigMap; a ConfigMap linkerd-config was not found in any namespace either.',
  );
});

test('of several namespaces one that may not be read is said, and what the others tell of Linkerd is used', async () => {
  const forbidden = new PeerError('forbidden', 'You may not list configmaps in shop.', { status: 403 });
  const mesh = '/api/v1/namespaces/mesh';
  const found = paperCluster(
    {
      '/apis/linkerd.io/v1alpha2': linkerdServed,
      '/api/v1/namespaces/shop/configmaps': forbidden,
      [`${mesh}/configmaps`]: { items: [{ metadata: { namespace: 'mesh', name: 'linkerd-config' } }] },
      [`${mesh}/configmaps/linkerd-identity-trust-roots`]: { data: { 'ca-bundle.crt': shopCertificate } },
      [`${mesh}/secrets/linkerd-identity-issuer`]: { data: { 'crt.pem': base64(shopCertificate) } },
    },
    ['shop', 'mesh'],
  );
  const read = await found.source.read(AbortSignal.timeout(1_000));
  expect(read.certificates.map(({ where }) => where)).toEqual([
    'ConfigMap mesh/linkerd-identity-trust-roots',
    'Secret mesh/linkerd-identity-issuer',
  ]);
  expect(read.problems).toContain(
    'Whether Linkerd is in shop is not known: You may not list configmaps in shop.',
  );

  const vain = paperCluster(
    {
      '/apis/linkerd.io/v1alpha2': linkerdServed,
      '/api/v1/namespaces/shop/configmaps': forbidden,
      [`${mesh}/configmaps`]: { items: [] },
    },
    ['shop', 'mesh'],
  );
  expect((await vain.source.read(AbortSignal.timeout(1_000))).problems).toContain(
    'When Linkerd’s trust root (ConfigMap linkerd/linkerd-identity-trust-roots) ends is not known: there is no such ConfigMap; a ConfigMap linkerd-config was not found in mesh either; whether Linkerd is in shop is not known: You may not list configmaps in shop.',
  );
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
  const lasting = issue({ name: 'lasting', until: shopEndsAt + 86_400_000 }).cert;
  for (const bundle of [`${lasting}${shopCertificate}`, `${shopCertificate}${lasting}`])
    expect(firstToEnd(bundle)?.endsAt).toBe(shopEndsAt);
  expect(firstToEnd(broken)).toBeNull();
  expect(firstToEnd('')).toBeNull();
});
