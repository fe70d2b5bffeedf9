import { expect, test } from 'vitest';
import { weighProofs } from './weighProofs.ts';

const seen = { state: 'seen', detail: 'both proxies hold it' } as const;
const blind = { state: 'unobservable', detail: 'it does not say what proxies hold' } as const;
const waits = { state: 'waiting', detail: 'one proxy of two' } as const;
const due = { state: 'waiting', detail: 'the controller has not spoken', isDue: true } as const;
const against = { state: 'contradicted', detail: 'BackendNotFound' } as const;

test('M12 who speaks against a write outweighs proxies that hold it, in any order', () => {
  expect(weighProofs([seen, against])).toEqual(against);
  expect(weighProofs([against, seen, due])).toEqual(against);
});

test('M12 what proxies hold is not called good before a controller whose word is due has spoken', () => {
  expect(weighProofs([due, seen])).toEqual({ state: 'waiting', detail: 'the controller has not spoken' });
  expect(weighProofs([blind, seen])).toEqual(seen);
  expect(weighProofs([waits, seen])).toEqual(seen);
});

test('nobody who can see it is told as such, with what each says', () => {
  expect(weighProofs([blind, waits])).toEqual(waits);
  expect(weighProofs([blind])).toEqual(blind);
  expect(weighProofs([])).toEqual({ state: 'unobservable', detail: '' });
});
