import { expect, test } from 'vitest';
import { createPseudonyms } from './pseudonyms.ts';

test('a name has the same other name wherever it stands, and parts of words are left', () => {
  const hide = createPseudonyms([
    { kind: 'connection', names: ['shop-prod'] },
    { kind: 'service', names: ['order', 'order-history', 'shop/a+b'] },
  ]);
  expect(hide('shop-prod: order calls order-history, not reordering; order again, shop/a+b')).toBe(
    'connection-1: service-1 calls service-2, not reordering; service-1 again, service-3',
  );
  expect(hide('order-6c9f-x2k is a pod of order')).toBe('service-1-6c9f-x2k is a pod of service-1');
});

test('hosts and people are told by how they are written', () => {
  const hide = createPseudonyms([{ kind: 'service', names: ['payment'] }]);
  const hidden = hide(
    'https://api.eu.example.com:6443 refused ana@example.com from 10.2.3.4; payment.shop.svc.cluster.local, 10.2.3.4, [fd00::1]',
  );
  expect(hidden).not.toMatch(/example|10\.2|ana|fd00|payment|cluster/);
  // The same address is the same host both times.
  expect(new Set(hidden.match(/host-\d+/g)).size).toBeLessThan(hidden.match(/host-\d+/g)?.length ?? 0);
  expect(hidden).toMatch(/^https:\/\/host-\d+:6443 refused user-1 from/);
});

test('what everybody is called stays readable', () => {
  const hide = createPseudonyms([{ kind: 'namespace', names: ['default', 'istio-system'] }]);
  const text =
    'Prometheus at http://127.0.0.1:9090 in istio-system, by default; 1.2.3 and Kubernetes v1.34.1';
  expect(hide(text)).toBe(text);
});

test.each([
  ['a host of whatever domain', 'dial k8s.acme-bank.corp:6443 failed', /acme|corp/],
  ['a host of a country', 'no such host k8s.acme.ch.', /acme/],
  ['a host of two parts of a country', '“vault.bank.co.uk” answers 403', /vault|bank/],
  ['a host in letters of another script', 'бank.пример.рф refused', /пример|рф/],
  ['a bare address', 'connect ECONNREFUSED fd00::1 and 2001:db8:0:0:0:0:0:7', /fd00|db8/],
  ['an ARN', 'arn:aws:eks:eu-west-1:123456789012:cluster/acme-prod refused', /acme|1234|eu-west/],
  ['a service account', 'User "system:serviceaccount:team-x:deployer" cannot list', /team|deployer/],
  ['a home', 'ENOENT: /home/ana/.kube/acme, and ~/keys/acme', /ana|acme|keys/],
  ['a home with a space', "open '/Users/Ana Maria/kube/acme'", /Ana|Maria|acme/],
  ['a home on Windows', 'C:\\\\Users\\\\ana\\\\acme is not there', /ana|acme/],
  ['a file elsewhere', 'read /etc/acme/prod-kubeconfig', /acme|prod/],
])('%s is told by how it is written', (_, text, names) => {
  const hidden = createPseudonyms([])(text);
  expect(hidden).not.toMatch(names);
  expect(hidden).toMatch(/(?:host|user|file)-1/);
});

test('groups of APIs, paths of an API, versions and times stay readable', () => {
  const hide = createPseudonyms([]);
  const text =
    'at 12:34:56 GET /apis/networking.istio.io/v1/virtualservices and gateway.networking.k8s.io from ~/.kube/config, [::1] by Node.js v24.1.0, 1.34.1-eks-abc';
  expect(hide(text)).toBe(text.replace('[::1]', 'host-1'));
});

test('long texts without a name are gone through once, not once for each letter', () => {
  const hide = createPseudonyms([]);
  const long = ['x.1', 'a-', 'a:', '~'].map((part) => part.repeat(100_000)).join('!');
  expect(hide(long)).toContain('a-a-a-');
});
