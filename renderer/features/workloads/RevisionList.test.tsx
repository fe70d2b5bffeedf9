import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import type { WorkloadView } from '../../../shared/model/workload.ts';
import { RevisionList } from './RevisionList.tsx';

const workload: WorkloadView = {
  ref: { kind: 'Deployment', namespace: 'shop', name: 'payment', uid: 'w1' },
  connectionId: 'c',
  revision: '1',
  version: null,
  replicas: 1,
  readyReplicas: 1,
  updatedReplicas: 1,
  paused: false,
  rollout: null,
  autoscaler: null,
  revisions: [],
  instances: [],
};
const htmlOf = (revisions: WorkloadView['revisions']): string =>
  renderToStaticMarkup(
    <RevisionList
      serviceId="c/shop/payment"
      workload={{ ...workload, revisions }}
      isDenied={false}
      onRollBack={() => undefined}
    />,
  );

test('a single revision is said to be the only one; where none is recorded nothing is said', () => {
  const one = { revision: 1, at: null, cause: null, images: ['payment:1'], current: true };
  expect(htmlOf([one])).toContain('one revision, nothing to compare');
  expect(htmlOf([])).toBe('');
});
