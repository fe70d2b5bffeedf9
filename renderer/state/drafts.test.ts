import { beforeEach, describe, expect, test } from 'vitest';
import type { Split } from '../../shared/model/weights.ts';
import { discardDraft, draftWeights, isOvertaken, operationOf, useDrafts } from './drafts.ts';

const split = (weights: readonly (number | null)[], revision = '7'): Split => ({
  id: 'uid/http/default',
  connectionId: 'c1',
  document: {
    connectionId: 'c1',
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    namespace: 'shop',
    name: 'payment',
    uid: 'uid',
  },
  revision,
  serviceId: 'c1/shop/payment',
  route: { index: 0, title: 'default', match: 'all requests', protocol: 'http' },
  hosts: ['payment'],
  gateways: ['mesh'],
  destinations: weights.map((weight, index) => ({
    index,
    host: 'payment',
    subset: `v${index + 1}`,
    port: null,
    title: `v${index + 1}`,
    version: `v${index + 1}`,
    weight,
    readyInstances: 2,
    problem: null,
  })),
  ownership: null,
  readOnly: null,
  changedBy: null,
});

const draftOf = () => useDrafts.getState().bySplit['uid/http/default'];

describe('drafts', () => {
  beforeEach(() => useDrafts.setState({ bySplit: {} }));

  test('a draft keeps what the operator saw first, also when someone else writes half-way', () => {
    draftWeights(split([70, 30]), [90, 10]);
    draftWeights(split([60, 40], '8'), [95, 5]);
    expect(operationOf(draftOf()!)).toEqual({
      kind: 'setWeights',
      splitId: 'uid/http/default',
      connectionId: 'c1',
      weights: [95, 5],
      seen: { revision: '7', weights: [70, 30] },
    });
    expect(isOvertaken(draftOf()!, split([60, 40], '8'))).toBe(true);
    expect(isOvertaken(draftOf()!, split([70, 30], '8'))).toBe(false);
  });

  test('weights moved back to what was seen leave nothing pending', () => {
    draftWeights(split([70, 30]), [71, 29]);
    draftWeights(split([70, 30]), [70, 30]);
    expect(draftOf()).toBeUndefined();
  });

  test('a route that gained a version starts a new draft', () => {
    draftWeights(split([70, 30]), [95, 5]);
    draftWeights(split([70, 20, 10], '9'), [90, 5, 5]);
    expect(draftOf()?.seen.revision).toBe('9');
  });

  test('a discarded draft is gone', () => {
    draftWeights(split([70, 30]), [95, 5]);
    discardDraft('uid/http/default');
    expect(draftOf()).toBeUndefined();
  });
});
