import { describe, expect, it } from 'vitest';
import type { TripOption } from '../../../shared/model/trip.ts';
import {
  answerDraftOf,
  type AnswerTarget,
  fallbackOf,
  firstDraft,
  firstMechanism,
  hindranceOf,
  secondsOf,
  targetKey,
  tripOf,
} from './tripDraft.ts';

const at = {
  connectionId: 'c',
  call: { calleeId: 'c/shop/payment', host: 'payment.shop.svc', caller: null },
};
const cash: AnswerTarget = {
  key: targetKey('cash.shop.svc', null),
  title: 'cash',
  note: 'shop',
  fallback: { kind: 'service', host: 'cash.shop.svc', subset: null },
};
const mechanismOf = (operation: ReturnType<typeof tripOf>['operation']) =>
  operation?.kind === 'trip' ? operation.mechanism : undefined;
const option = (mechanism: TripOption['mechanism'], over: Partial<TripOption> = {}): TripOption => ({
  mechanism,
  title: mechanism,
  effect: '',
  perCaller: true,
  unavailable: null,
  ...over,
});

describe('a trip as it is filled in', () => {
  it('is five minutes of 503 unless something else is chosen', () => {
    const drafted = tripOf({ ...firstDraft('all', null), mechanism: 'refuse' }, at, []);
    expect(drafted.operation).toEqual({
      kind: 'trip',
      ...at,
      mechanism: { kind: 'refuse', status: 503 },
      forSeconds: 300,
    });
  });

  it.each([
    ['5', 300],
    ['0.5', 30],
    ['1,5', 90],
    ['1440', 86_400],
  ])('%s minutes are %d seconds', (minutes, seconds) => expect(secondsOf(minutes)).toBe(seconds));

  it.each(['', ' ', '0', '0.4', '1441', '-5', 'Infinity', 'five', '1e9'])(
    '“%s” is no time that a trip can last',
    (minutes) => {
      expect(secondsOf(minutes)).toBeNull();
      const drafted = tripOf({ ...firstDraft('all', null), mechanism: 'deny', minutes }, at, []);
      expect(drafted.operation).toBeNull();
    },
  );

  it('names the breaker that the peer has, to force open or to turn off', () => {
    const options = [option('breaker', { breaker: 'payment' }), option('breakerOff', { breaker: 'payment' })];
    const stateOf = (mechanism: TripOption['mechanism'], known = options) =>
      mechanismOf(tripOf({ ...firstDraft('all', null), mechanism }, at, [], known).operation);
    expect(stateOf('breaker')).toEqual({ kind: 'breaker', name: 'payment', state: 'forcedOpen' });
    expect(stateOf('breakerOff')).toEqual({ kind: 'breaker', name: 'payment', state: 'disabled' });
    expect(stateOf('breakerOff', options.slice(0, 1))).toBeUndefined();
  });

  it('closes the breaker that is open, for no time at all', () => {
    const draft = { ...firstDraft('all', null), mechanism: 'closeBreaker', minutes: '' } as const;
    const options = [option('closeBreaker', { breaker: 'payment' })];
    expect(tripOf(draft, at, [], options).operation).toEqual({
      kind: 'closeBreaker',
      ...at,
      breaker: 'payment',
    });
    expect(tripOf(draft, at, []).problem).toMatch(/open any more/);
  });

  it('a refusal is no success', () => {
    const draft = { ...firstDraft('all', null), mechanism: 'refuse' } as const;
    for (const status of ['200', '399', '600', '50', 'abc', '5030'])
      expect(tripOf({ ...draft, status }, at, []).operation, status).toBeNull();
  });

  it('a diversion needs somebody who answers, and one who is there', () => {
    const draft = { ...firstDraft('all', null), mechanism: 'divert' } as const;
    expect(tripOf(draft, at, [cash]).problem).toMatch(/Choose the service/);
    const chosen = { ...draft, answer: { ...draft.answer, target: cash.key } };
    expect(mechanismOf(tripOf(chosen, at, [cash]).operation)).toEqual({ kind: 'divert', to: cash.fallback });
    expect(tripOf(chosen, at, []).operation).toBeNull();
  });

  it('the declared fallback is what is proposed', () => {
    const declared = { kind: 'answer', status: 200, body: '[]' } as const;
    const options = [option('refuse'), option('divert')];
    expect(firstMechanism(options, 'all', true)).toBe('divert');
    expect(firstMechanism(options, 'all', false)).toBe('refuse');
    expect(fallbackOf(answerDraftOf(declared), at, []).operation?.fallback).toEqual(declared);
  });

  it('what cannot be used says why and is not chosen', () => {
    const refuse = option('refuse', { unavailable: 'Flagger owns the route.' });
    const deny = option('deny', { perCaller: false });
    expect(hindranceOf(refuse, 'all')).toBe('Flagger owns the route.');
    expect(hindranceOf(deny, 'one')).toMatch(/every caller/);
    expect(firstMechanism([refuse, deny], 'one', false)).toBeNull();
    expect(firstMechanism([refuse, deny], 'all', false)).toBe('deny');
  });
});
