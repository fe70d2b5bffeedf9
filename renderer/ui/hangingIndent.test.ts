import { expect, test } from 'vitest';
import { hangingClass } from './hangingIndent.ts';

test('a line hangs by the spaces it begins with', () => {
  expect(hangingClass('    host: payment.shop.svc.cluster.local')).toBe('codeHang4');
  expect(hangingClass('kind: VirtualService')).toBe('codeHang0');
});

test('a line deeper than there is room for hangs no deeper', () => {
  expect(hangingClass(`${' '.repeat(90)}deep: true`)).toBe('codeHang40');
});
