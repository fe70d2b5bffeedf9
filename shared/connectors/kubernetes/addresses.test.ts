import { expect, test } from 'vitest';
import { addressesOf } from './addresses.ts';

const service = (spec: object, status: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'order', namespace: 'shop', uid: 'u', resourceVersion: '1' },
  spec,
  status,
});
const texts = (...args: Parameters<typeof service>) => addressesOf(service(...args)).map(({ text }) => text);

test('every form of the DNS name with each port, the own address, and who can use which', () => {
  const told = addressesOf(service({ clusterIP: '10.96.0.7', ports: [{ port: 80 }, { port: 9090 }] }));
  expect(told.map(({ text }) => text)).toEqual([
    'order.shop.svc.cluster.local:80',
    'order.shop.svc.cluster.local:9090',
    'order.shop:80',
    'order.shop:9090',
    'order:80',
    'order:9090',
    '10.96.0.7:80',
    '10.96.0.7:9090',
  ]);
  expect(new Set(told.map(({ reach }) => reach))).toEqual(new Set(['cluster']));
  expect(told[4]?.purpose).toBe('from pods of the namespace shop only');
});

test('a headless Service has no address of its own, and one without ports is named without', () => {
  expect(texts({ clusterIP: 'None' })).toEqual(['order.shop.svc.cluster.local', 'order.shop', 'order']);
  expect(addressesOf(service({ clusterIP: 'None' }))[0]?.purpose).toContain('the ready instances themselves');
});

test('load balancers, external addresses and node ports are ways in from outside', () => {
  const told = addressesOf(
    service(
      { clusterIP: 'fd00::7', ports: [{ port: 443, nodePort: 30443 }], externalIPs: ['192.0.2.9'] },
      { loadBalancer: { ingress: [{ hostname: 'lb.example.com' }, { ip: '192.0.2.1' }] } },
    ),
  );
  expect(told.filter(({ reach }) => reach === 'outside').map(({ text }) => text)).toEqual([
    'lb.example.com:443',
    '192.0.2.1:443',
    '192.0.2.9:443',
    ':30443',
  ]);
  expect(told.map(({ text }) => text)).toContain('[fd00::7]:443');
});

test('an alias says what it is one of', () => {
  const [alias, ...more] = addressesOf(service({ type: 'ExternalName', externalName: 'db.example.com' }));
  expect(alias?.purpose).toContain('an alias of db.example.com');
  expect(more).toEqual([]);
});
