import { Chunk } from '@codemirror/merge';
import { Text } from '@codemirror/state';
import { expect, test } from 'vitest';
import { comparedEnds } from './lineEnds.ts';

/** The lines that are drawn as taken and as new. */
function drawn(before: string, after: string) {
  const ends = comparedEnds(before, after);
  const [a, b] = [ends.before, ends.after].map((text) => Text.of(text.split('\n')));
  if (a === undefined || b === undefined) throw new Error('there are two');
  const linesIn = (text: Text, from: number, to: number): readonly string[] =>
    from === to ? [] : text.sliceString(from, Math.min(to, text.length + 1) - 1).split('\n');
  const chunks = Chunk.build(a, b);
  return {
    taken: chunks.flatMap(({ fromA, toA }) => linesIn(a, fromA, toA)),
    added: chunks.flatMap(({ fromB, toB }) => linesIn(b, fromB, toB)),
  };
}

test('a line that is added or taken at the end leaves the one before it as it was', () => {
  expect(drawn('a: 1\nb: 2', 'a: 1\nb: 2\nc: 3\n')).toEqual({ taken: [], added: ['c: 3'] });
  expect(drawn('a: 1\nb: 2\n', 'a: 1\nb: 2\nc: 3')).toEqual({ taken: [], added: ['c: 3'] });
  expect(drawn('a: 1\nb: 2\nc: 3\n', 'a: 1\nb: 2\n')).toEqual({ taken: ['c: 3'], added: [] });
  expect(drawn('a: 1\nb: 2\n', 'a: 1\nb: 2\nb: 2\n')).toEqual({ taken: [], added: ['b: 2'] });
});

test('what is changed is drawn as both, and an end of line alone as nothing', () => {
  expect(drawn('a: 1\nb: 2\n', 'a: 1\nb: 3\n')).toEqual({ taken: ['b: 2'], added: ['b: 3'] });
  expect(drawn('a: 1\nb: 2\n', 'a: 0\nb: 2')).toEqual({ taken: ['a: 1'], added: ['a: 0'] });
  expect(drawn('a: 1', 'a: 1\n')).toEqual({ taken: [], added: [] });
});

test('a new document takes no empty line from nothing', () => {
  expect(drawn('', 'a: 1\nb: 2\n')).toEqual({ taken: [], added: ['a: 1', 'b: 2'] });
});
