import { expect, test } from 'vitest';
import { linkToPlace, readLink, writeLink, type DeepLink } from './deepLink.ts';

const payment: DeepLink = { context: null, namespace: 'shop', service: 'payment', at: null };
const now = new Date(2026, 0, 31, 15, 0).getTime();

test('what is written is read again, whatever the context is called', () => {
  const links: DeepLink[] = [
    payment,
    { ...payment, at: now },
    { ...payment, context: 'prod' },
    { ...payment, context: 'arn:aws:eks:eu-west-1:1234:cluster/prod?x=1&at=2#y' },
    { ...payment, context: 'Ana’s cluster / 2', at: now },
    { context: 'dc1', namespace: null, service: 'PAYMENT_V2.api', at: null },
    { ...payment, context: '決'.repeat(253), service: '済'.repeat(253) },
  ];
  for (const link of links) expect(readLink(writeLink(link)), writeLink(link)).toEqual(link);
  expect(writeLink(payment)).toBe('podium://service/shop/payment');
});

test('a link that asks for anything else, or is not quite one, is ignored', () => {
  const links = [
    'podium://connect/https://evil.example',
    'podium://apply/shop/payment',
    'podium://service/shop',
    'podium://service/shop/payment/apply',
    'podium://service/shop/payment?weights=0,100',
    'podium://service/shop/payment?context=a&context=b',
    'podium://service/shop/payment?at=noon',
    'podium://service/shop/payment?context=a%0Ab',
    'podium://service/shop/payment?context=%E2%80%AEdorp',
    'podium://service/shop/payment#apply',
    'podium://user@service/shop/payment',
    'podium://service:99/shop/payment',
    'podium://service/shop/..%2Fpayment',
    'podium://service/shop/pay%2Fment',
    'podium://service/shop/%E0%A4%A',
    'podium://service/shop/%3Cb%3E',
    `podium://service/shop/${'p'.repeat(300)}`,
    `podium://service/shop/payment?context=${'p'.repeat(2_000)}`,
    'podium://',
    'https://service/shop/payment',
  ];
  for (const link of links) expect(readLink(link), link).toBeNull();
});

test('a place on the command line is the last two names, and before them the context', () => {
  expect(linkToPlace('shop/payment', null, now)).toEqual(payment);
  expect(linkToPlace('arn:aws:eks:cluster/prod/shop/payment', null, now)).toEqual({
    ...payment,
    context: 'arn:aws:eks:cluster/prod',
  });
  expect(linkToPlace('dc1/-/payment', null, now)).toEqual({ ...payment, context: 'dc1', namespace: null });
  for (const place of ['payment', '', 'a/b/../payment', 'prod/shop/<b>'])
    expect(() => linkToPlace(place, null, now), place).toThrow('CONTEXT/NAMESPACE/SERVICE');
});

test('a time of day is the last such time, in the zone of the machine', () => {
  const at = (time: string) => linkToPlace('shop/payment', time, now).at;
  expect(at('14:06')).toBe(new Date(2026, 0, 31, 14, 6).getTime());
  expect(at('15:01'), 'still to come today').toBe(new Date(2026, 0, 30, 15, 1).getTime());
  expect(at('2026-01-30T09:00:00Z')).toBe(Date.UTC(2026, 0, 30, 9));
  for (const time of ['25:00', 'noon', '']) expect(() => at(time), time).toThrow('is no time');
});
