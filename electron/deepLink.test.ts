import { expect, test } from 'vitest';
import { linkIn } from './deepLink.ts';

test('a link to a service is read from among other arguments', () => {
  expect(linkIn(['/usr/bin/podium', '--flag', 'podium://service/shop/payment'])).toEqual({
    service: 'shop/payment',
  });
});

test('a link that asks for anything else, or is not quite one, is ignored', () => {
  const links = [
    'podium://connect/https://evil.example',
    'podium://service/shop',
    'podium://service/shop/payment/apply',
    'podium://service/shop/payment?weights=0,100',
    'podium://service/shop/payment#apply',
    'podium://user@service/shop/payment',
    'podium://service:99/shop/payment',
    'podium://service/shop/..%2Fpayment',
    'podium://service/Shop/payment',
    `podium://service/shop/${'p'.repeat(700)}`,
    'podium://',
    'https://service/shop/payment',
  ];
  for (const link of links) expect(linkIn([link]), link).toBeNull();
  expect(linkIn([])).toBeNull();
});
