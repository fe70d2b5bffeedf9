import { expect, test } from 'vitest';
import { asDeclared, capabilitiesOf } from './capabilities.ts';
import type { Session } from './connector.ts';

const session: Session = {
  peer: { product: 'Paper', version: '1' },
  server: 'on paper',
  user: null,
  permissions: [],
  warnings: [],
  namespaces: null,
  protections: { declared: () => new Map() },
  events: { read: () => Promise.resolve([]) },
  [Symbol.asyncDispose]: () => Promise.resolve(),
};

test('what a session has is told in the order of the tables', () => {
  expect(capabilitiesOf(session)).toEqual(['events', 'protections']);
});

test('a session may have less than is declared and never more', () => {
  const paper = { id: 'paper', capabilities: ['events', 'protections', 'weights'] as const };
  expect(asDeclared(paper, session)).toBe(session);
  expect(() => asDeclared({ ...paper, capabilities: ['events', 'weights'] }, session)).toThrow(
    'The connector paper does not declare protections, which its session has.',
  );
});
