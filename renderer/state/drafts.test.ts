import { beforeEach, describe, expect, test } from 'vitest';
import { splitOf } from '../../test/support/splits.ts';
import {
  discardDraft,
  draftOf as draftAt,
  draftWeights,
  isOvertaken,
  operationOf,
  useDrafts,
} from './drafts.ts';

const split = (weights: readonly (number | null)[], revision = '7') => splitOf(weights, { revision });

const place = { connectionId: 'c1', id: 'uid/http/default' };
const draftOf = () => draftAt(place);

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
    expect(draftOf()).toBeNull();
  });

  test('a route that gained a version starts a new draft', () => {
    draftWeights(split([70, 30]), [95, 5]);
    draftWeights(split([70, 20, 10], '9'), [90, 5, 5]);
    expect(draftOf()?.seen.revision).toBe('9');
  });

  test('of two contexts of one cluster each has its own, and discarding one leaves the other', () => {
    const other = { ...split([70, 30]), connectionId: 'c2' };
    draftWeights(split([70, 30]), [95, 5]);
    draftWeights(other, [90, 10]);
    expect(operationOf(draftOf()!)).toMatchObject({ connectionId: 'c1', weights: [95, 5] });
    expect(operationOf(draftAt(other)!)).toMatchObject({ connectionId: 'c2', weights: [90, 10] });
    discardDraft(other);
    expect(draftAt(other)).toBeNull();
    expect(draftOf()?.weights).toEqual([95, 5]);
  });

  test('a discarded draft is gone', () => {
    draftWeights(split([70, 30]), [95, 5]);
    discardDraft(place);
    expect(draftOf()).toBeNull();
  });
});
