import { describe, expect, test } from 'vitest';
import type { GraphService } from '../../shared/model/graph.ts';
import { plainProvenance, plainService } from './plain.ts';

const service: GraphService = {
  id: 'c/shop/\u202eyap',
  connectionId: 'c',
  kind: 'external',
  name: '\u202eyap',
  namespace: null,
  owner: `team\u200b${'a'.repeat(9_000)}`,
  hosts: [],
  versions: [],
  readyInstances: null,
  desiredInstances: null,
  recentRestarts: null,
  createdAt: null,
};

describe('what peers say, as the window holds it', () => {
  test('a name that steers how it is drawn is shown for what it is, and its id stays', () => {
    expect(plainService(service)).toMatchObject({ id: service.id, name: '⟨U+202E⟩yap', namespace: null });
  });

  test('an owner of nine thousand letters is cut', () => {
    expect(plainService(service).owner).toMatch(/^team⟨U\+200B⟩a+… \(9005 characters\)$/);
  });

  test('an incomplete source says why in plain words', () => {
    const said = { source: 'Prometheus', observedAt: 1, newestSampleAt: null, windowSeconds: 60 };
    expect(plainProvenance({ ...said, problems: ['a\u001b[31mb'] }).problems).toEqual(['a⟨U+001B⟩[31mb']);
  });
});
