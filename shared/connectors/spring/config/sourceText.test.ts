import { describe, expect, test } from 'vitest';
import { readSourceText } from './readSourceText.ts';

const yaml = `# payment's own
payment:
  greeting: 'hello'   # said first
  limits: {calls: 5, "burst": 7}
  fail-ratio: 0

  hosts:
    - one
    - two
  note: |
    two
    lines
  nothing:
db:
  password: hunter2 # secret
flat.name: on
`;

const edit = (text: string, key: string, value: string | null, file = 'payment.yml'): string =>
  readSourceText(file, text).with(key, value);

describe('a YAML file', () => {
  test('is flattened as the real Config Server flattens it', () => {
    const text = `a:
  b: 'quoted'
  list: [one, two]
  m:
    - x: 1
    - y: 2
  nothing: null
  empty:
  emptyMap: {}
  emptyList: []
  on: yes
  oct: 0777
  octal: 0o17
  date: 2001-12-14
  float: 1.50
  exp: 1e3
  text: |
    two
    lines
  "dotted.key": v
  "[weird key]": w
  "weird key": w2
  ph: \${a.b}
flat.key.here: 5
`;
    // What Spring Cloud Config 2025.1.1 handed out of this very file.
    expect(Object.fromEntries(readSourceText('a.yml', text).values)).toEqual({
      'a.b': 'quoted',
      'a.list[0]': 'one',
      'a.list[1]': 'two',
      'a.m[0].x': '1',
      'a.m[1].y': '2',
      'a.nothing': '',
      'a.empty': '',
      'a.emptyList': '',
      'a[true]': 'true',
      'a.oct': '511',
      'a.octal': '0o17',
      'a.date': '2001-12-14',
      'a.float': '1.5',
      'a.exp': '1000',
      'a.text': 'two\nlines\n',
      'a.dotted.key': 'v',
      'a[weird key]': 'w',
      'a.weird key': 'w2',
      'a.ph': '${a.b}',
      'flat.key.here': '5',
    });
  });

  test('keeps comments, quotes and all other lines when one value changes', () => {
    expect(edit(yaml, 'payment.greeting', 'good day')).toBe(yaml.replace("'hello'", "'good day'"));
    expect(edit(yaml, 'payment.fail-ratio', '0.5')).toBe(yaml.replace('fail-ratio: 0', 'fail-ratio: 0.5'));
    expect(edit(yaml, 'payment.limits.calls', '6')).toBe(yaml.replace('calls: 5', 'calls: 6'));
    expect(edit(yaml, 'payment.hosts[1]', 'three')).toBe(yaml.replace('- two', '- three'));
    expect(edit(yaml, 'payment.nothing', 'x')).toBe(yaml.replace('nothing:', 'nothing: x'));
    expect(edit(yaml.replaceAll('\n', '\r\n'), 'payment.fail-ratio', '1')).toBe(
      yaml.replace('fail-ratio: 0', 'fail-ratio: 1').replaceAll('\n', '\r\n'),
    );
  });

  test.each([
    'yes',
    'on',
    '0777',
    '1e3',
    '~',
    '',
    'null',
    '1.50',
    '1:30',
    ' x',
    'a: b',
    '# no',
    "it's",
    '{x',
    '- x',
    'True',
    '2001-12-14',
    'tab\there',
    'two\nlines',
    '"q"',
    '007',
    '.5',
    '+1',
    'a #b',
  ])('H08: %j is written so that it is read as that text', (value) => {
    const text = edit(yaml, 'payment.fail-ratio', value);
    expect(readSourceText('payment.yml', text).values.get('payment.fail-ratio')).toBe(value);
    const added = edit(yaml, 'payment.new', value);
    expect(readSourceText('payment.yml', added).values.get('payment.new')).toBe(value);
  });

  test('takes a new property where its like stand, else at its end', () => {
    expect(edit(yaml, 'payment.currency', 'EUR')).toBe(
      yaml.replace('  nothing:\n', '  nothing:\n  currency: EUR\n'),
    );
    expect(edit(yaml, 'db.pool.size', '5')).toBe(yaml.replace('# secret\n', '# secret\n  pool.size: 5\n'));
    expect(edit(yaml, 'shop.name', 'x')).toBe(`${yaml}shop.name: x\n`);
    expect(edit('', 'shop.name', 'x')).toBe('shop.name: x\n');
    expect(edit('a: 1', 'b', '2')).toBe('a: 1\nb: 2\n');
  });

  test('loses a property with the map that would be empty without it', () => {
    expect(edit(yaml, 'payment.fail-ratio', null)).toBe(yaml.replace('  fail-ratio: 0\n', ''));
    expect(edit('a:\n  b:\n    c: 1 # one\nd: 2\n', 'a.b.c', null)).toBe('d: 2\n');
  });

  test('is not changed where that would change more: blocks of text, lists, braces', () => {
    expect(() => edit(yaml, 'payment.note', 'x')).toThrow('by hand');
    expect(() => edit(yaml, 'payment.hosts[0]', null)).toThrow('by hand');
    expect(() => edit(yaml, 'payment.limits.calls', null)).toThrow('by hand');
    expect(() => edit(yaml, 'payment', 'x')).toThrow('by hand');
  });

  test.each([
    ['H08: a key twice', 'a: 1\na: 2\n', 'duplicate key'],
    ['H08: a key in two spellings', 'a.b: 1\na:\n  b: 2\n', 'says a.b twice'],
    ['H08: an anchor', 'a: &x 1\nb: *x\n', 'uses anchors'],
    ['H08: a merge', 'a: {x: 1}\n<<: {y: 1}\n', 'uses merges'],
    ['H08: several documents', 'a: 1\n---\nb: 2\n', 'several documents'],
    ['H08: tabs', 'a:\n\tb: 1\n', 'cannot be read'],
    ['H07: lists nested ten thousand deep', '['.repeat(10_000), 'cannot be read'],
    [
      'H07: aliases of aliases of aliases',
      `a: &a [x,x]\n${Array.from({ length: 9 }, (_, i) => `b${i}: &b${i} [*${i === 0 ? 'a' : `b${i - 1}`},*${i === 0 ? 'a' : `b${i - 1}`}]`).join('\n')}\n`,
      'uses anchors',
    ],
  ])('%s is refused', (_, text, words) => {
    expect(() => readSourceText('x.yml', text)).toThrow(words);
  });

  test('H06: keys that mean something to JavaScript are keys like any other', () => {
    const text = '__proto__: 1\nconstructor:\n  prototype: {polluted: 1}\n';
    expect([...readSourceText('x.yml', text).values.keys()]).toEqual([
      '__proto__',
      'constructor.prototype.polluted',
    ]);
    expect(edit(text, '__proto__', '2')).toBe(text.replace('1', '2'));
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  test('is shown with what looks secret covered', () => {
    expect(readSourceText('payment.yml', yaml).covered).toBe(yaml.replace('hunter2', '••••••'));
  });
});

describe('a properties file', () => {
  const text = `# comment
a.b = hello world
a.c:colon
a.d=multi\\
   line
a.e=caf\\u00e9
key\\ with\\ space=1
a.g
! other
db.password=hunter2
`;
  test('is read as Java reads it', () => {
    expect(Object.fromEntries(readSourceText('a.properties', text).values)).toEqual({
      'a.b': 'hello world',
      'a.c': 'colon',
      'a.d': 'multiline',
      'a.e': 'café',
      'key with space': '1',
      'a.g': '',
      'db.password': 'hunter2',
    });
  });

  test('keeps comments, separators and all other lines when one value changes', () => {
    const change = (key: string, value: string | null) => edit(text, key, value, 'a.properties');
    expect(change('a.b', 'bye')).toBe(text.replace('hello world', 'bye'));
    expect(change('a.d', 'one')).toBe(text.replace('multi\\\n   line', 'one'));
    expect(change('a.c', null)).toBe(text.replace('a.c:colon\n', ''));
    expect(change('x.y', ' é\\n')).toBe(`${text}x.y=\\ \\u00e9\\\\n\n`);
    expect(readSourceText('a.properties', change('x.y', ' é\\n')).values.get('x.y')).toBe(' é\\n');
    expect(readSourceText('a.properties', text).covered).toBe(text.replace('hunter2', '••••••'));
  });

  test('is refused with a key twice, or with several documents', () => {
    expect(() => readSourceText('a.properties', 'a=1\na=2\n')).toThrow('says a twice');
    expect(() => readSourceText('a.properties', 'a=1\n#---\nb=2\n')).toThrow('several documents');
  });
});
