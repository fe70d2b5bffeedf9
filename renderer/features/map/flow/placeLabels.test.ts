import { expect, test } from 'vitest';
import { curveOf } from './callPath.ts';
import { placeLabels } from './placeLabels.ts';

const card = (x: number, y: number) => ({ x, y, width: 176, height: 58 });
const call = (id: string, from: [number, number], to: [number, number]) => ({
  id,
  curve: curveOf({ x: from[0], y: from[1] }, { x: to[0], y: to[1] }),
});

test('between cards side by side a label stands beside the line, not on it', () => {
  const places = placeLabels([call('a', [176, 29], [260, 29])], [card(0, 0), card(260, 0)]);
  const { x, y } = places.get('a') ?? { x: 0, y: 29 };
  expect(Math.abs(y - 29)).toBeGreaterThan(10);
  expect(x).toBeGreaterThanOrEqual(176 + 27);
  expect(x).toBeLessThanOrEqual(260 - 27);
});

test('labels of calls that lie close stand apart', () => {
  const places = placeLabels(
    [call('a', [176, 29], [400, 140]), call('b', [176, 100], [400, 140])],
    [card(0, 0), card(0, 71), card(400, 111)],
  );
  const [a, b] = [places.get('a'), places.get('b')];
  if (a === undefined || b === undefined) throw new Error('a call got no place');
  expect(Math.abs(a.x - b.x) >= 54 || Math.abs(a.y - b.y) >= 22).toBe(true);
});

test('a card in the middle of a line is avoided', () => {
  const between = card(300, 0);
  const { x, y } = placeLabels([call('a', [176, 29], [700, 29])], [card(0, 0), between, card(700, 0)]).get(
    'a',
  ) ?? {
    x: 388,
    y: 29,
  };
  const onCard = x + 27 > 300 && x - 27 < 476 && y + 11 > 0 && y - 11 < 58;
  expect(onCard).toBe(false);
});

test('between cards that stand closer than a label is wide it stands clear of both, above or below', () => {
  const cards = [card(0, 0), card(206, 40)];
  const { x, y } = placeLabels([call('a', [176, 29], [206, 69])], cards).get('a') ?? { x: 0, y: 0 };
  const isOn = cards.some(
    (box) => x + 27 > box.x && x - 27 < box.x + box.width && y + 11 > box.y && y - 11 < box.y + box.height,
  );
  expect(isOn).toBe(false);
});

test('a label that is free where it is tried first is compared with no card again', () => {
  let reads = 0;
  const far = {
    ...card(0, 0),
    get x() {
      reads += 1;
      return -4_000;
    },
  };
  placeLabels([call('a', [176, 29], [400, 29])], [far]);
  expect(reads).toBe(1);
});
