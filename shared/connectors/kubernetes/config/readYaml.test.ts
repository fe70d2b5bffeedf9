import { expect, test } from 'vitest';
import { readYaml } from './readYaml.ts';

const laughs = [
  'a0: &a0 [x,x,x,x,x,x,x,x,x,x]',
  ...Array.from({ length: 9 }, (_, i) => `a${i + 1}: &a${i + 1} [${Array(10).fill(`*a${i}`).join(',')}]`),
].join('\n');

test.each([
  ['a billion laughs', laughs, /aliases make more than/],
  ['1e6 aliases', `a: &a 1\nb: [${'*a,'.repeat(1_000_000)}1]`, /Line 1: the text is longer/],
  ['as many aliases as fit', `a: &a 1\nb: [${'*a,'.repeat(490_000)}1]`, /Line 2: more than 100 aliases/],
  ['1e5 merge keys', `a: &a {x: 1}\nb:\n${'  <<: *a\n'.repeat(100_000)}`, /more than 100 aliases/],
  ['a flow 10k deep', `a: ${'['.repeat(10_000)}${']'.repeat(10_000)}`, /Line 1: nested deeper than 100/],
  ['dashes 100k deep', `a:\n  ${'- '.repeat(100_000)}x`, /Line 2: nested deeper than 100/],
  [
    'indentation 1700 deep',
    Array.from({ length: 1_700 }, (_, i) => `${' '.repeat(i)}a:`).join('\n'),
    /indented/,
  ],
  ['70k keys', Array.from({ length: 70_000 }, (_, i) => `k${i}: ${i}`).join('\n'), /more than 60000/],
  ['an alias of itself', 'a: &a [*a]', /nested deeper than 100/],
])('H07 %s is refused, with its line, in less than a second', (_, text, words) => {
  // Of work, not on the clock: the machine may have other things to do.
  const began = process.threadCpuUsage();
  expect(() => readYaml(text)).toThrow(words);
  expect(process.threadCpuUsage(began).user / 1000).toBeLessThan(1_000);
});

test('H07 a long text of plain lines is read', () => {
  const lines = 'x'.repeat(98);
  const read = readYaml(`data:\n  a: |\n${`    ${lines}\n`.repeat(14_000)}`);
  expect(JSON.stringify(read)).toHaveLength(14_000 * 99 + 14_000 + 17);
});

test('H08 YAML 1.2 is read: on and yes are words, 0777 is seven hundred and seventy-seven', () => {
  expect(readYaml('a: on\nb: yes\nc: 0777\nd: 1e3\ne: ~\nf: 0o17\ng: 12:30\nh: "1"\n1: x\ntrue: y')).toEqual({
    1: 'x',
    a: 'on',
    b: 'yes',
    c: 777,
    d: 1000,
    e: null,
    f: 15,
    g: '12:30',
    h: '1',
    true: 'y',
  });
});

test.each([
  ['a: 1\nb: 2\na: 3', /Line 3: the key a stands here twice/],
  ['a:\n\tb: 1', /Line 2: Tabs are not allowed/],
  ['\uFEFFa: 1', /Line 1: a byte order mark/],
  ['a: 1\n---\nb: 2', /Line 2: another document begins/],
  ['%YAML 1.1\n---\na: yes', /Line 1: directives/],
  ['a: {<<: {b: 1}}', /Line 1: merge keys/],
  ['a: .inf', /Line 1: JSON has no number/],
  ['a: !!binary aGk=', /Line 1/],
  ['a: !secret x', /Line 1: Unresolved tag/],
  ['? [1]\n: 2', /Line 1/],
  ['- 1', /Line 1: this is no map/],
  ['', /Line 1: this is no map/],
])('H08 %j is refused with its line', (text, words) => {
  expect(() => readYaml(text)).toThrow(words);
});

test('H06 keys of prototypes are literal keys', () => {
  const read = readYaml('data:\n  __proto__: {polluted: 1}\n  constructor: {prototype: {polluted: 1}}');
  expect(JSON.stringify(read)).toBe(
    '{"data":{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}}',
  );
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
});

test('what looks like YAML inside of a text is only text', () => {
  expect(readYaml('data:\n  x: |\n    *.example.com\n    %YAML\n    <<: [[[\n    --- \n  y: "a: 1"')).toEqual(
    {
      data: { x: '*.example.com\n%YAML\n<<: [[[\n--- \n', y: 'a: 1' },
    },
  );
});
