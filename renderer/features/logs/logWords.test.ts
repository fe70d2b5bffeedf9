import { expect, test } from 'vitest';
import type { LogEntry } from '../../../shared/model/log.ts';
import { asText, drawn, levelOf, readMoment, shortNames } from './logWords.ts';

test('instances are told apart by what they do not share', () => {
  const names = ['payment-v2-7d9f-abc', 'payment-v2-7d9f-xyz', 'payment-v1-55c-k2'];
  expect([...shortNames(names).values()]).toEqual(['v2-7d9f-abc', 'v2-7d9f-xyz', 'v1-55c-k2']);
  expect([...shortNames(['payment-1']).values()]).toEqual(['payment-1']);
  expect([...shortNames(['a-', 'a-b']).values()]).toEqual(['a-', 'b']);
});

const line: LogEntry = {
  kind: 'line',
  connectionId: 'c',
  namespace: 'shop',
  instance: 'payment-1',
  container: 'app',
  at: Date.UTC(2026, 10, 22, 14, 6),
  stamp: '',
  text: '\u001b[31mred\u001b]52;c;aGk=\u0007\u202egnp\r',
  missingChars: 12,
};

test('H03 what is copied or kept steers no terminal', () => {
  const text = asText([{ number: 0, entry: line }], 'with names');
  expect(text).toBe('2026-11-22T14:06:00.000Z payment-1 red⟨U+202E⟩gnp … (12 more characters)\n');
});

test('a carriage return at the end is a line’s end, elsewhere it is spelled out', () => {
  expect(drawn('50 %\r100 %\r')).toBe('50 %⟨U+D⟩100 %'.replace('U+D', 'U+000D'));
});

test('a moment is typed by the clock or as long ago', () => {
  const now = new Date(2026, 10, 22, 0, 10, 0).getTime();
  expect(readMoment('0:05', now)).toBe(new Date(2026, 10, 22, 0, 5, 0).getTime());
  expect(readMoment('23:50:30', now)).toBe(new Date(2026, 10, 21, 23, 50, 30).getTime());
  expect(readMoment('5m', now)).toBe(now - 300_000);
  expect(readMoment('25:00', now)).toBeNull();
  expect(readMoment('soon', now)).toBeNull();
});

test.each([
  ['level=warn msg="no connection"', 'warn'],
  ['{"time":"14:06","level":"error","msg":"x"}', 'bad'],
  ['{"level":50,"msg":"pino"}', 'bad'],
  ['{"severity": "WARNING"}', 'warn'],
  ['2026-11-22 14:06:03.250  ERROR 1 --- [main] c.e.Shop: x', 'bad'],
  ['[WARN] slow', 'warn'],
  ['E1122 14:06:03.250 1 main.go:7] x', 'bad'],
  ['level=info msg="ERROR is what they said"', null],
  ['no error here', null],
  ['ERROR_PAGE=/sorry.html', null],
  [`${'.'.repeat(300)} ERROR`, null],
] as const)('%s: how bad it says that it is', (text, level) => {
  expect(levelOf(text)).toBe(level);
});
