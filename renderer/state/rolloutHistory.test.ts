import { expect, test } from 'vitest';
import { showRolloutHistory, useRolloutHistory } from './rolloutHistory.ts';

test('asked for again, the history of the same service is unfolded anew', () => {
  showRolloutHistory('c/shop/payment');
  const first = useRolloutHistory.getState();
  showRolloutHistory('c/shop/payment');
  const second = useRolloutHistory.getState();
  expect([first.serviceId, second.serviceId]).toEqual(['c/shop/payment', 'c/shop/payment']);
  expect(second.count).toBeGreaterThan(first.count);
});
