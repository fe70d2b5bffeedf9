import { describe, expect, test } from 'vitest';
import { errorOf, parseExact, readBoolean } from './answers.ts';

const answer = (status: number, body: string) => ({
  status,
  headers: { 'content-type': 'text/plain' },
  body,
});

describe('Consul’s answers', () => {
  test('H11 keep every digit of a 64-bit index', () => {
    expect(
      parseExact('{"ModifyIndex": 9007199254740993, "Hash": 18363248990211707518, "Weight": 33.33}'),
    ).toEqual({ ModifyIndex: '9007199254740993', Hash: '18363248990211707518', Weight: 33.33 });
  });

  test('M02 a compare-and-set that was refused is 200 and “false”', () => {
    expect(readBoolean(answer(200, 'true\n'), 'at x', 'Writing')).toBe(true);
    expect(readBoolean(answer(200, 'false\n'), 'at x', 'Writing')).toBe(false);
    expect(() => readBoolean(answer(200, '<html>Log in</html>'), 'at x', 'Writing')).toThrow('not Consul');
  });

  test('that refuse by rule are told from trouble, and hold no id of a token', () => {
    const rule = 'the sum of all split weights must be 100, not 110.000000';
    expect(errorOf(answer(500, rule), 'at x', 'Writing', true).kind).toBe('refused');
    expect(errorOf(answer(500, 'No cluster leader'), 'at x', 'Writing', true).kind).toBe('broken');
    expect(errorOf(answer(403, 'ACL not found'), 'at x', 'Reading').kind).toBe('unauthenticated');
    const denied = errorOf(
      answer(403, "Permission denied: token with AccessorID 'a3333333-3333-6333-8333-333333333333' lacks"),
      'at x',
      'Writing',
      true,
    );
    expect(denied).toMatchObject({
      kind: 'forbidden',
      message: expect.not.stringContaining('a3333333') as unknown,
    });
  });
});
