import { expect, test } from 'vitest';
import { createConsulSightings } from './sightings.ts';

test('of Consul’s proxies nothing is heard, and what would show it is no setting of Istio’s', async () => {
  const sightings = createConsulSightings('Prometheus', { now: () => 5 });
  const { proxies, unheard } = await sightings.read(
    ['payment.service.dc1.consul'],
    AbortSignal.timeout(5_000),
  );
  expect(proxies).toEqual([]);
  expect(unheard.setting).toContain('envoy-admin-address');
  expect(unheard.setting).not.toContain('istio');
});
