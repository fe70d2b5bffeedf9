import { expect, test } from 'vitest';
import { emptyOptions, optionsOf, optionsProblem } from './options.ts';

test('nothing typed asks for nothing', () => {
  expect(optionsOf(emptyOptions)).toEqual({});
  expect(optionsProblem(emptyOptions)).toBeNull();
});

test('namespaces may be parted by blanks and commas', () => {
  expect(optionsOf({ ...emptyOptions, namespaces: ' shop, finance\ndelivery ' })).toEqual({
    namespaces: ['shop', 'finance', 'delivery'],
  });
});

test('a Prometheus with headers is handed on, values with colons whole', () => {
  const draft = {
    namespaces: '',
    prometheusUrl: ' https://prom.example:9090 ',
    prometheusHeaders: 'Authorization: Bearer a:b\n\nX-Scope-OrgID: shop',
  };
  expect(optionsOf(draft).prometheus).toEqual({
    url: 'https://prom.example:9090',
    headers: [
      { name: 'Authorization', value: 'Bearer a:b' },
      { name: 'X-Scope-OrgID', value: 'shop' },
    ],
  });
});

test('what is wrong is said in words, without repeating a secret', () => {
  expect(optionsProblem({ ...emptyOptions, namespaces: 'Shop' })).toContain('“Shop”');
  expect(optionsProblem({ ...emptyOptions, prometheusUrl: 'prom:9090' })).toContain('not a URL');
  const leaked = optionsProblem({ ...emptyOptions, prometheusUrl: 'http://p', prometheusHeaders: 's3cret' });
  expect(leaked).not.toBeNull();
  expect(leaked).not.toContain('s3cret');
});
