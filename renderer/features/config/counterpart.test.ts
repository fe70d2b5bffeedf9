import { expect, test } from 'vitest';
import type { ConfigDocument } from '../../../shared/model/config.ts';
import { counterpart, counterparts } from './counterpart.ts';

const named = (name: string, kind: ConfigDocument['kind'] = 'configMap') => ({
  kind,
  document: {
    connectionId: 'c1',
    apiVersion: 'v1',
    kind: kind === 'secret' ? 'Secret' : 'ConfigMap',
    namespace: 'shop',
    name,
    uid: name,
  },
});
const nameOf = (found: { readonly document: { readonly name: string } } | null) =>
  found?.document.name ?? null;

test('the counterpart is called the same, whatever hash kustomize put behind its name', () => {
  const there = [named('settings', 'secret'), named('settings-9bcdfghkmt'), named('settings-old')];
  expect(nameOf(counterpart(named('settings-7k2f9mtb5c'), there))).toBe('settings-9bcdfghkmt');
  expect(nameOf(counterpart(named('settings'), there))).toBe('settings-9bcdfghkmt');
  expect(nameOf(counterpart(named('settings'), [...there, named('settings')]))).toBe('settings');
  expect(counterpart(named('other'), there)).toBeNull();
  expect(counterparts(named('other'), there).map(nameOf)).toEqual(['settings-9bcdfghkmt', 'settings-old']);
});
