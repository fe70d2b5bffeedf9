import { expect, it } from 'vitest';
import { isExactly, likenessOf, misleadingIn } from './misleadingName.ts';

const points = (name: string) => misleadingIn(name).map(({ point }) => point);

it('H04 an honest name is not flagged', () => {
  for (const name of ['payment', 'edge-gateway.shop.svc', 'Zahlung_2', 'übung', '支付'])
    expect(misleadingIn(name), name).toEqual([]);
});

it('H04 marks that turn the direction of a name are flagged with their code points', () => {
  expect(points('pay\u202etnem')).toEqual(['U+202E']);
  expect(points('\u2066payment\u2069')).toEqual(['U+2066', 'U+2069']);
});

it('H04 characters that are not drawn are flagged, each where it stands', () => {
  expect(points('pay\u200bment\ufeff')).toEqual(['U+200B', 'U+FEFF']);
  expect(points('payment\u{e0041}')).toEqual(['U+E0041']);
  expect(misleadingIn('pay\u00adment')[0]?.what).toBe('is not drawn at all');
});

it('H04 letters of another script that look like Latin ones are flagged and say like which', () => {
  expect(misleadingIn('p\u0430yment')).toEqual([{ point: 'U+0430', what: 'looks like “a”, but is not' }]);
  // Not one Latin letter in it, and yet it reads "scope".
  expect(points('\u0455\u0441\u043e\u0440\u0435')).toHaveLength(5);
  expect(points('\uff50ayment')).toEqual(['U+FF50']);
  expect(misleadingIn('payment\u0301')[0]?.what).toBe('is drawn onto the letter before it');
});

it('H04 two names that look the same have one likeness', () => {
  expect(likenessOf('p\u0430y\u200bment')).toBe(likenessOf('payment'));
  expect(likenessOf('payment')).not.toBe(likenessOf('payments'));
});

it('H04 a typed confirmation must be the very name: no look-alike, case, blank or normal form', () => {
  const name = 'p\u0430yment';
  expect(isExactly('payment', name)).toBe(false);
  expect(isExactly(name, name)).toBe(true);
  expect(isExactly(' payment', 'payment')).toBe(false);
  expect(isExactly('Payment', 'payment')).toBe(false);
  expect(isExactly('caf\u00e9', 'cafe\u0301')).toBe(false);
});
