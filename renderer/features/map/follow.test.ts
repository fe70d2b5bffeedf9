import { expect, test } from 'vitest';
import { follow } from './follow.ts';

const positions = new Map([
  ['edge', { x: 0, y: 100 }],
  ['order', { x: 200, y: 40 }],
  ['catalog', { x: 200, y: 260 }],
  ['payment', { x: 400, y: 60 }],
]);
const calls = [
  { callerId: 'edge', calleeId: 'order' },
  { callerId: 'edge', calleeId: 'catalog' },
  { callerId: 'order', calleeId: 'payment' },
  { callerId: 'edge', calleeId: 'not-shown' },
];
const from = (id: string, direction: 'left' | 'right' | 'up' | 'down') =>
  follow({ from: id, direction, positions, calls });

test('right follows the call to the callee nearest in height', () => {
  expect(from('edge', 'right')).toBe('order');
});

test('left follows a call back to its caller', () => {
  expect(from('payment', 'left')).toBe('order');
});

test('down stays in the column where it can', () => {
  expect(from('order', 'down')).toBe('catalog');
});

test('an arrow that leads nowhere says so', () => {
  expect(from('payment', 'right')).toBeNull();
  expect(from('order', 'up')).toBeNull();
});
