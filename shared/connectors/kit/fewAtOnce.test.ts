import { expect, test } from 'vitest';
import { fewAtOnce } from './fewAtOnce.ts';

test('asks as many at once as it may, and answers in order', async () => {
  let running = 0;
  let most = 0;
  const release: (() => void)[] = [];
  const answers = fewAtOnce(
    [1, 2, 3, 4, 5],
    async (one) => {
      running += 1;
      most = Math.max(most, running);
      await new Promise<void>((resolve) => release.push(resolve));
      running -= 1;
      return one * 10;
    },
    2,
  );
  // The newest first, so that the order of answers is not that of ends.
  for (let ended = 0; ended < 5; ended += 1) {
    await expect.poll(() => release.length).toBeGreaterThan(0);
    release.pop()?.();
  }
  expect(await answers).toEqual([10, 20, 30, 40, 50]);
  expect(most).toBe(2);
});

test('asks nobody after a failure, and tells of it', async () => {
  const asked: number[] = [];
  const answers = fewAtOnce(
    [1, 2, 3],
    (one) => {
      asked.push(one);
      return one === 1 ? Promise.reject(new Error('no answer')) : Promise.resolve(one);
    },
    1,
  );
  await expect(answers).rejects.toThrow('no answer');
  expect(asked).toEqual([1]);
});
