import { describe, expect, test } from 'vitest';
import type { Permission } from '../model/connection.ts';
import { deniedInWords, deniedRight } from './rights.ts';

const answer = (allowed: boolean | null, namespace: string | null): Permission => ({
  verb: 'patch',
  resource: 'authorizationpolicies.security.istio.io',
  namespace,
  allowed,
  purpose: '',
});
const asked = { verb: 'patch', kind: 'AuthorizationPolicy', namespace: 'shop' } as const;

describe('a right that is lacking', () => {
  test('is named with its namespace', () => {
    const denied = deniedRight([answer(false, 'shop'), answer(true, 'bank')], asked);
    expect(denied && deniedInWords(denied)).toBe(
      'You may not patch authorizationpolicies.security.istio.io in shop.',
    );
  });

  test('is known of a part of a kind too', () => {
    const denied = { ...answer(false, null), verb: 'create', resource: 'pods/portforward' };
    const forward = { verb: 'create', kind: 'Pod/portforward', namespace: 'shop' } as const;
    expect(deniedRight([denied], forward)?.resource).toBe('pods/portforward');
    expect(deniedRight([denied], { ...forward, kind: 'Pod' })).toBeNull();
  });

  test('is not lacking where it was given for the namespace', () => {
    expect(deniedRight([answer(false, null), answer(true, 'shop')], asked)).toBeNull();
  });

  test('is not claimed where nobody asked or nobody answered', () => {
    expect(deniedRight([], asked)).toBeNull();
    expect(deniedRight([answer(null, 'shop')], asked)).toBeNull();
  });
});
