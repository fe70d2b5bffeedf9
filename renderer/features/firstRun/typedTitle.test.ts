import { expect, test } from 'vitest';
import type { FormField } from '../../../shared/model/connection.ts';
import { titleOf } from './typedTitle.ts';

const formOf = (title: string, kinds: Readonly<Record<string, FormField['kind']>>) => ({
  connector: title.toLowerCase(),
  title,
  caveat: null,
  fields: Object.entries(kinds).map(([name, kind]): FormField => ({
    name,
    label: name,
    note: null,
    placeholder: null,
    kind,
    required: true,
  })),
});

test('a typed connection is named after where it leads', () => {
  const consul = formOf('Consul', { authority: 'lines', address: 'address' });
  expect(titleOf(consul, { address: ' http://consul:8500/x ', authority: 'http://no' })).toBe(
    'Consul at consul:8500',
  );
  expect(titleOf(consul, { address: 'not an address' })).toBe('Consul');
});

test('one that leads to several is named after the first', () => {
  const sentinel = formOf('Sentinel', { centres: 'lines' });
  expect(titleOf(sentinel, { centres: 'order http://10.0.0.1:8719\npay http://10.0.0.2:8719' })).toBe(
    'Sentinel at 10.0.0.1:8719 and 1 more',
  );
  expect(titleOf(sentinel, {})).toBe('Sentinel');
});
