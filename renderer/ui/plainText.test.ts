import { expect, test } from 'vitest';
import { plainText } from './plainText.ts';

test('an override of direction in a name is shown, not obeyed', () => {
  expect(plainText('pay\u202Etnem')).toBe('pay⟨U+202E⟩tnem');
});

test('control characters and zero-width characters are shown', () => {
  expect(plainText('a\u0000b\u200Bc\u009Bd')).toBe('a⟨U+0000⟩b⟨U+200B⟩c⟨U+009B⟩d');
});

test('ordinary text in any script stays as it is, line ends too', () => {
  expect(plainText('поток “default” → 漢字\n\tשלום')).toBe('поток “default” → 漢字\n\tשלום');
});

test('a text that is too long is cut, and a long one says how long it was', () => {
  expect(plainText('x'.repeat(5_000), 10)).toBe('xxxxxxxxxx…');
  expect(plainText('x'.repeat(5_000), 100)).toBe(`${'x'.repeat(100)}… (5000 characters)`);
});
