import { beforeEach, describe, expect, test } from 'vitest';
import { splitOf } from '../../test/support/splits.ts';
import { discardDraft, draftWeights, isOvertaken, operationOf, useDrafts } from './drafts.ts';

const split = (weights: readonly (number | null)[], revision = '7') => splitOf(weights, { revision });

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

  test('a split of the same id in another system is what is meant once it is moved', () => {
    draftWeights(split([70, 30]), [95, 5]);
    draftWeights({ ...split([70, 30]), connectionId: 'c2' }, [90, 10]);
    expect(operationOf(draftOf()!)).toMatchObject({ connectionId: 'c2', weights: [90, 10] });
  });

  test('a discarded draft is gone', () => {
    draftWeights(split([70, 30]), [95, 5]);
    discardDraft('uid/http/default');
    expect(draftOf()).toBeUndefined();
  });
});
