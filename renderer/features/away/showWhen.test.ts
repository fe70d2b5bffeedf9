import { beforeEach, expect, test } from 'vitest';
import { useTime } from '../../state/time.ts';
import { useToasts } from '../../state/toasts.ts';
import { formatDay } from '../../ui/format.ts';
import { showWhen } from './showWhen.ts';

const hourMs = 3_600_000;
const toasts = (): string[] => useToasts.getState().toasts.map(({ text }) => text);

beforeEach(() => {
  useToasts.setState({ toasts: [] });
  useTime.setState({ rangeSeconds: 900 });
});

test('what charts go back to is marked by what was clicked', () => {
  const at = Date.now() - 2 * hourMs;
  showWhen('c/shop/payment', at, 'payment: was failing');
  expect(useTime.getState()).toMatchObject({
    rangeSeconds: 21_600,
    lookedBack: { at, title: 'payment: was failing' },
  });
  expect(toasts()).toEqual([]);
});

test('what lies further back than charts go is said to, with its day', () => {
  const at = Date.now() - 30 * hourMs;
  showWhen('c/shop/payment', at, 'payment: was failing');
  expect(toasts()).toHaveLength(1);
  expect(toasts()[0]).toMatch(new RegExp(`^That was ${formatDay(at)}, .*further back than charts go`));
});
