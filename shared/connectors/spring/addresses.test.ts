import { expect, test } from 'vitest';
import { routedTo } from './addresses.ts';

test('paths of a gateway’s routes lead to the application that they balance over, and flags are no paths', () => {
  const route = (id: string, uri: string, args: Record<string, unknown>) => ({
    id,
    uri,
    order: 0,
    predicates: [{ name: 'Path', args }],
    filters: [],
  });
  const told = routedTo('order', 'edge', [
    route('orders', 'lb://ORDER', { _genkey_0: '/orders/**', _genkey_1: '/o/{id}', _genkey_2: 'false' }),
    route('others', 'lb://CART', { _genkey_0: '/cart/**' }),
    route('fixed', 'http://10.0.0.1:8080', { _genkey_0: '/fixed/**' }),
  ]);
  expect(told.map(({ text, purpose }) => [text, purpose])).toEqual([
    ['/orders/**', 'path at the gateway edge, by its route orders'],
    ['/o/{id}', 'path at the gateway edge, by its route orders'],
  ]);
});
