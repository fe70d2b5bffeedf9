import { expect, test } from 'vitest';
import { applyJsonPatch } from './jsonPatch.ts';
import { applyMergePatch, applyStrategicMerge } from './mergePatch.ts';

const document = { a: { b: [1, 2, 3] }, 'x/y': { '~': 1 } };

test.each([
  ['add', [{ op: 'add', path: '/a/b/1', value: 9 }], { ...document, a: { b: [1, 9, 2, 3] } }],
  ['add at the end', [{ op: 'add', path: '/a/b/-', value: 9 }], { ...document, a: { b: [1, 2, 3, 9] } }],
  ['replace', [{ op: 'replace', path: '/a/b/0', value: 9 }], { ...document, a: { b: [9, 2, 3] } }],
  ['replace of nothing', [{ op: 'replace', path: '/c', value: 9 }], { ...document, c: 9 }],
  ['remove', [{ op: 'remove', path: '/a/b/0' }], { ...document, a: { b: [2, 3] } }],
  ['move', [{ op: 'move', from: '/a/b', path: '/c' }], { a: {}, 'x/y': { '~': 1 }, c: [1, 2, 3] }],
  ['copy', [{ op: 'copy', from: '/a/b/2', path: '/c' }], { ...document, c: 3 }],
  ['test', [{ op: 'test', path: '/a', value: { b: [1, 2, 3] } }], document],
  ['escapes', [{ op: 'replace', path: '/x~1y/~0', value: 2 }], { ...document, 'x/y': { '~': 2 } }],
])('%s does what RFC 6902 says', (_name, patch, expected) => {
  expect(applyJsonPatch(document, patch)).toEqual(expected);
});

test.each([
  [[{ op: 'test', path: '/a/b/0', value: 2 }]],
  [[{ op: 'replace', path: '/missing/x', value: 2 }]],
  [[{ op: 'replace', path: '/a/b/3', value: 2 }]],
  [[{ op: 'remove', path: '/a/b/3' }]],
  [[{ op: 'add', path: '/no/parent', value: 2 }]],
  [[{ op: 'add', path: '/a/b/01', value: 2 }]],
  [[{ op: 'replace', path: '/a/b/0' }]],
  [[{ op: 'invent', path: '/a' }]],
])('a patch that does not apply is refused whole: %j', (patch) => {
  expect(() => applyJsonPatch(document, patch)).toThrow('the server rejected our request');
  expect(document.a.b).toEqual([1, 2, 3]);
});

test('a patch cannot reach the prototype of our objects', () => {
  applyJsonPatch({}, [{ op: 'add', path: '/__proto__', value: { polluted: true } }]);
  applyMergePatch({}, JSON.parse('{"__proto__": {"polluted": true}}'));
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  expect(() => applyJsonPatch({}, [{ op: 'add', path: '/constructor/x', value: 1 }])).toThrow();
});

test('a merge patch merges maps, deletes by null and replaces lists', () => {
  expect(applyMergePatch({ a: { b: 1, c: 2 }, l: [1, 2] }, { a: { b: null, d: 3 }, l: [9] })).toEqual({
    a: { c: 2, d: 3 },
    l: [9],
  });
});

test('a strategic merge changes one container and leaves its neighbours alone', () => {
  const pod = {
    containers: [{ name: 'app', image: 'a:1', env: [{ name: 'X', value: '1' }] }, { name: 'proxy' }],
  };
  const patch = { containers: [{ name: 'app', image: 'a:2' }] };
  expect(applyStrategicMerge(pod, patch)).toEqual({
    containers: [{ name: 'app', image: 'a:2', env: [{ name: 'X', value: '1' }] }, { name: 'proxy' }],
  });
  expect(applyStrategicMerge(pod, { containers: [{ name: 'proxy', $patch: 'delete' }] })).toEqual({
    containers: [pod.containers[0]],
  });
});
