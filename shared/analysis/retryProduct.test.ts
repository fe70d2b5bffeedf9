import { expect, test } from 'vitest';
import { retryProduct } from './retryProduct.ts';

const graph = {
  services: ['edge', 'order', 'payment', 'bank'].map((name) => ({ id: name, name })),
  calls: [
    { callerId: 'edge', calleeId: 'order' },
    { callerId: 'order', calleeId: 'payment' },
    { callerId: 'payment', calleeId: 'bank' },
    // Services that call one another in a circle are walked once.
    { callerId: 'payment', calleeId: 'order' },
    { callerId: 'edge', calleeId: 'payment' },
  ],
};
const tries = (declared: Readonly<Record<string, number>>) => (id: string) => declared[id] ?? 1;

test('retries at each hop multiply, and the worst path is told', () => {
  expect(retryProduct(graph, 'bank', tries({ order: 3, payment: 3, bank: 4 }))).toBe(
    'Along edge → order → payment → bank declared retries multiply: one request can become 3 × 3 × 4 = 36.',
  );
});

test('one hop that retries multiplies nothing', () => {
  expect(retryProduct(graph, 'bank', tries({ bank: 4 }))).toBeNull();
  expect(retryProduct(graph, 'payment', tries({}))).toBeNull();
});
