import fc from 'fast-check';
import { expect, test } from 'vitest';
import { callId, externalId, parseCallId, parseEntityId, serviceId, unknownId } from './entityIds.ts';

const text = fc.string({ minLength: 1, unit: 'grapheme' });

test('an id reads back to what it was made of, whatever a cluster calls its things', () => {
  fc.assert(
    fc.property(text, text, text, (connectionId, namespace, name) => {
      const service = serviceId(connectionId, namespace, name);
      expect(parseEntityId(service)).toEqual({ kind: 'service', connectionId, namespace, name });
      const outside = externalId(connectionId, name);
      expect(parseEntityId(outside)).toEqual({ kind: 'external', connectionId, host: name });
      expect(parseCallId(callId(service, outside))).toEqual({ callerId: service, calleeId: outside });
    }),
  );
});

test('a namespace called "external" or "unknown" is not taken for the outside', () => {
  expect(serviceId('c', 'external', 'bank')).not.toBe(externalId('c', 'bank'));
  expect(parseEntityId(serviceId('c', 'external', 'bank'))).toMatchObject({
    kind: 'service',
    namespace: 'external',
  });
  expect(parseEntityId(serviceId('c', 'unknown', 'bank'))).toMatchObject({ namespace: 'unknown' });
  expect(parseEntityId(unknownId('c'))).toEqual({ kind: 'unknown', connectionId: 'c' });
});

test('what is no id of ours is told apart', () => {
  for (const id of ['', 'c', 'c/', 'c/a/b/d', '/a/b', 'c/%E0%A4%A/x']) expect(parseEntityId(id)).toBeNull();
  for (const id of ['a', 'a→', '→b', 'a→b→c']) expect(parseCallId(id)).toBeNull();
});
