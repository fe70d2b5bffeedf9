import { describe, expect, test } from 'vitest';
import { isFailed } from './callOutcome.ts';

const row = (responseCode: string | null, flags: string[] = [], grpcStatus: string | null = null) => ({
  responseCode,
  flags,
  grpcStatus,
  protocol: grpcStatus === null ? ('http' as const) : ('grpc' as const),
});

describe('a call has failed', () => {
  test.each([
    ['an error of the server', row('503')],
    ['a class of errors, as plain Envoy tells', row('5xx')],
    ['no answer at all', row('0', ['UC'])],
    ['an injected fault', row('503', ['FI'])],
    ['a stream reset after its head was sent', row('200', ['UR'])],
    ['gRPC UNAVAILABLE inside a 200', row('200', [], '14')],
    ['gRPC UNKNOWN, what an uncaught exception becomes', row('200', [], '2')],
    ['a connection that could not be made', { ...row(null, ['UF']), protocol: 'tcp' as const }],
  ])('with %s', (_, one) => {
    expect(isFailed(one)).toBe(true);
  });

  test.each([
    ['an answer', row('200')],
    ['a mistake of the caller', row('404')],
    ['a path without a route, asked for by whoever', row('404', ['NR'])],
    ['a caller that went away', row('0', ['DC'])],
    ['too many requests', row('429', ['RL'])],
    ['gRPC NOT_FOUND', row('200', [], '5')],
    ['gRPC CANCELLED by the caller', row('200', [], '1')],
    ['an injected delay', row('200', ['DI'])],
  ])('not with %s', (_, one) => {
    expect(isFailed(one)).toBe(false);
  });
});
