import { expect, test } from 'vitest';
import type { Holding } from '../../../shared/model/watch.ts';
import { watchChipWords } from './watchWords.ts';

const holding = (
  kind: Holding['kind'],
  until: number,
  state: Holding['state'] = 'watching',
): Pick<Holding, 'kind' | 'state' | 'until'> => ({ kind, until, state });

test('the chip counts each kind, and what is over first', () => {
  const all = [holding('watch', 90_000), holding('expiry', 30_000, 'held'), holding('watch', 60_000)];
  expect(watchChipWords([{ state: 'running' }], all, 0)).toEqual({
    alarm: false,
    what: '1 canary, 2 watched, 1 kept for a while',
    countdown: '0:30',
  });
});

test('a canary alone has no countdown, and nothing has no chip', () => {
  expect(watchChipWords([{ state: 'paused' }], [], 0)).toMatchObject({ what: '1 canary', countdown: null });
  expect(watchChipWords([], [], 0)).toBeNull();
});

test('what will not go back by itself raises the alarm', () => {
  expect(watchChipWords([], [holding('watch', 1, 'stuck')], 0)?.alarm).toBe(true);
  expect(watchChipWords([], [holding('expiry', 1, 'changed')], 0)?.alarm).toBe(true);
  expect(watchChipWords([{ state: 'stuck' }], [], 0)?.alarm).toBe(true);
});
