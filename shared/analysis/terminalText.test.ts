import { expect, test } from 'vitest';
import { mostSpans, terminalSpans, withoutSequences } from './terminalText.ts';

test('colours become styles, and end where they end', () => {
  expect(terminalSpans('\u001b[1;31merror\u001b[0m: \u001b[92mok\u001b[39m.')).toEqual([
    { text: 'error', colour: 1, bold: true, dim: false },
    { text: ': ', colour: null, bold: false, dim: false },
    { text: 'ok', colour: 2, bold: false, dim: false },
    { text: '.', colour: null, bold: false, dim: false },
  ]);
});

test('colours of 256 and of three parts are passed over whole', () => {
  expect(terminalSpans('\u001b[38;5;31ma\u001b[38;2;31;32;33;1mb')).toEqual([
    { text: 'a', colour: null, bold: false, dim: false },
    { text: 'b', colour: null, bold: true, dim: false },
  ]);
});

test.each([
  ['cursor moves', 'safe\u001b[2J\u001b[1;1Hlie', 'safelie'],
  ['a title', 'a\u001b]0;pwned\u0007b', 'ab'],
  ['the clipboard (OSC 52)', 'a\u001b]52;c;cm0gLXJm\u001b\\b', 'ab'],
  ['a link (OSC 8), its words kept', '\u001b]8;;https://evil.test\u0007click\u001b]8;;\u0007', 'click'],
  ['sequences in their eight-bit form', 'a\u009b31mb\u009d0;t\u009cc', 'abc'],
  [
    'device control, privacy and application strings',
    'a\u001bPq\u001b\\b\u001b^x\u001b\\c\u001b_y\u001b\\d',
    'abcd',
  ],
  ['a reset and a charset', 'a\u001bcb\u001b(0c', 'abc'],
])('H03 %s does nothing and is not shown', (_, line, shown) => {
  expect(withoutSequences(line)).toBe(shown);
  expect(
    terminalSpans(line)
      .map(({ text }) => text)
      .join(''),
  ).toBe(shown);
});

test('what is never ended hides nothing', () => {
  expect(withoutSequences('a\u001b]0;the rest of the line')).toContain('the rest of the line');
  expect(withoutSequences('a\u001b[31')).toBe('a\u001b[31');
});

test('a flood of beginnings takes no longer than its length', () => {
  const flood = '\u001b]'.repeat(200_000) + '\u001b['.repeat(200_000) + '\u009d'.repeat(200_000);
  // Of work, not on the clock: the machine may have other things to do.
  const began = process.threadCpuUsage();
  withoutSequences(flood);
  expect(process.threadCpuUsage(began).user / 1000).toBeLessThan(3_000);
});

test('pieces that look the same are one', () => {
  expect(terminalSpans('\u001b[1ma'.repeat(800))).toEqual([
    { text: 'a'.repeat(800), colour: null, bold: true, dim: false },
  ]);
});

test('a line of a thousand colours is a bounded number of pieces, and loses no text', () => {
  const spans = terminalSpans('\u001b[31ma\u001b[32mb'.repeat(500));
  expect(spans).toHaveLength(mostSpans);
  expect(spans.at(-1)).toMatchObject({ colour: null, bold: false, dim: false });
  expect(spans.map(({ text }) => text).join('')).toBe('ab'.repeat(500));
});
