import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import type { WorkloadView } from '../../../shared/model/workload.ts';
import { WorkloadCard } from './WorkloadCard.tsx';

const payment: WorkloadView = {
  ref: { kind: 'Deployment', namespace: 'shop', name: 'payment-v2', uid: 'w1' },
  connectionId: 'c1',
  revision: '77',
  version: 'v2',
  replicas: 4,
  readyReplicas: 4,
  updatedReplicas: 4,
  paused: false,
  rollout: null,
  autoscaler: null,
  revisions: [],
  instances: [],
};

test('the way to logs promises those of the service, which hold other versions’ lines too', () => {
  const html = renderToStaticMarkup(<WorkloadCard workload={payment} rates={null} serviceId="s1" />);
  expect(html).toContain('Logs of the whole service');
  expect(html).not.toMatch(/Logs of [^"<]*payment-v2/);
});
