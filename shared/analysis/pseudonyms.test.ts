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
