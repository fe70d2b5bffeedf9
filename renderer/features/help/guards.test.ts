import { expect, test } from 'vitest';
import { guardHelp, guardHelpOf } from './guards.ts';

const sources = import.meta.glob<string>(['../../../shared/{core,connectors}/**/*.ts', '!**/*.test.ts'], {
  query: '?raw',
  import: 'default',
  eager: true,
});

/** How a guard's id is written down: beside its verdict, as a call's first word, or under a name just before. */
const written = [
  /\bid: ['`]([\w-]+)(?:\$\{\w+\})?['`],\s*verdict:/g,
  /\b(?:guard|guardOf|tick|ownerGuard|accessGuard)\(\s*['`]([\w-]+)/g,
  /\bconst id = '([\w-]+)';/g,
];

function idsIn(text: string): readonly string[] {
  return text.includes('Guard')
    ? written.flatMap((form) => [...text.matchAll(form)].flatMap(([, id]) => id ?? []))
    : [];
}

test('every check that a review can show has a line in the help, and no line is about nothing', () => {
  const raised = new Set(Object.values(sources).flatMap(idsIn));
  const told = guardHelp.flatMap(({ guards }) => guards.flatMap(({ ids }) => ids));
  expect(raised.size).toBeGreaterThan(30);
  expect([...raised].filter((id) => !told.includes(id))).toEqual([]);
  expect(told.filter((id) => !raised.has(id))).toEqual([]);
});

test('the help of a check is found by its id, also where that ends with the name of a field', () => {
  const ids = guardHelp.flatMap(({ guards }) =>
    guards.flatMap((guard) => guard.ids.map((id) => [id, guard] as const)),
  );
  for (const [id, guard] of ids) expect(guardHelpOf(id.endsWith('-') ? `${id}some-field` : id)).toBe(guard);
  expect(guardHelpOf('zero-limit')?.title).toBe('Zero in a document');
  expect(guardHelpOf('nothing-of-this-name')).toBeNull();
});
