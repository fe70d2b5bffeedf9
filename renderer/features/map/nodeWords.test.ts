import { expect, test } from 'vitest';
import type { GraphService } from '../../../shared/model/graph.ts';
import { nodeLabel } from './nodeWords.ts';

const payment: GraphService = {
  id: 'c/shop/payment',
  connectionId: 'c',
  kind: 'service',
  name: 'payment',
  namespace: 'shop',
  owner: null,
  hosts: [],
  versions: [],
  readyInstances: 2,
  desiredInstances: 2,
  recentRestarts: null,
  createdAt: null,
};

test('who hears a card hears who is on which version, without signs', () => {
  expect(nodeLabel(payment, null, null, 'x-user-group beta → v2, +2 more')).toMatch(
    /, x-user-group beta goes to v2, \+2 more$/,
  );
});

test('who hears a card hears that it is held before anything else of it', () => {
  expect(nodeLabel(payment, null, 'held · callers get 503')).toMatch(/^payment, held, callers get 503, /);
  expect(nodeLabel(payment, null)).not.toContain('held');
});
