import { describe, expect, it } from 'vitest';
import { createTestFleet, type TestFleet } from './testFleet.ts';

const principal = (name: string): string => `cluster.local/ns/test/sa/${name}`;
const selector = { matchLabels: { app: 'back' } };

/** The shares of refused calls of both callers under this policy. */
function refused(
  spec: Readonly<Record<string, unknown>>,
  namespace = 'test',
  annotations: Readonly<Record<string, string>> = {},
): readonly [front: number, other: number] {
  const fleet = fleetWith(spec, namespace, annotations);
  const share = (workload: string): number => {
    const sent = { reporter: 'source', source_workload: workload, destination_service_name: 'back' };
    return fleet.count({ ...sent, response_code: '403' }) / fleet.count(sent);
  };
  return [share('front'), share('other')];
}

function fleetWith(
  spec: Readonly<Record<string, unknown>>,
  namespace = 'test',
  annotations: Readonly<Record<string, string>> = {},
): TestFleet {
  const fleet = createTestFleet({
    otherPerSecond: 50,
    audiences: [{ share: 0.25, headers: { 'x-user-group': 'beta' } }],
  });
  fleet.store.put({
    apiVersion: 'security.istio.io/v1',
    kind: 'AuthorizationPolicy',
    metadata: { name: 'guard', namespace, annotations },
    spec,
  });
  fleet.pass(1);
  fleet.mark();
  fleet.pass(10);
  return fleet;
}

const deny = (...rules: readonly object[]): Record<string, unknown> => ({ selector, action: 'DENY', rules });
const allow = (...rules: readonly object[]): Record<string, unknown> => ({
  selector,
  action: 'ALLOW',
  rules,
});
const from = (source: object): object => ({ from: [{ source }] });
const to = (operation: object): object => ({ to: [{ operation }] });

describe('an AuthorizationPolicy', () => {
  it('is enforced by the callee’s proxy: both sides count 403, and the caller fails', () => {
    const fleet = fleetWith(deny(from({ principals: [principal('front')] })));
    const call = { source_workload: 'front', destination_workload_namespace: 'test', response_code: '403' };
    const atSource = fleet.count({ ...call, reporter: 'source', response_flags: '-' });
    expect(atSource).toBeGreaterThan(800);
    expect(fleet.count({ ...call, reporter: 'destination', response_flags: '-' })).toBe(atSource);
    expect(fleet.count({ reporter: 'source', source_workload: 'front', response_code: '200' })).toBe(0);
    expect(
      fleet.count({ reporter: 'destination', destination_workload: 'front', response_code: '502' }),
    ).toBe(atSource);
  });

  it.each([
    ['a principal', deny(from({ principals: [principal('front')] })), [1, 0]],
    ['principals by their end', deny(from({ principals: ['*/sa/other'] })), [0, 1]],
    ['everyone but a principal', deny(from({ notPrincipals: [principal('other')] })), [1, 0]],
    ['a namespace', deny(from({ namespaces: ['test'] })), [1, 1]],
    ['another namespace', deny(from({ namespaces: ['shop'] })), [0, 0]],
    ['a service account', deny(from({ serviceAccounts: ['front'] })), [1, 0]],
    ['a path', deny(to({ paths: ['/other'] })), [0, 1]],
    ['paths by their start', deny(to({ paths: ['/b*'] })), [1, 0]],
    ['a path template', deny(to({ paths: ['/{*}'] })), [1, 1]],
    ['a method', deny(to({ methods: ['POST'] })), [0, 0]],
    ['a port', deny(to({ ports: ['8080'] })), [1, 1]],
    [
      'a path of a principal',
      deny({ ...from({ principals: [principal('front')] }), ...to({ paths: ['/other'] }) }),
      [0, 0],
    ],
    [
      'a condition on the source',
      deny({ when: [{ key: 'source.principal', values: [principal('other')] }] }),
      [0, 1],
    ],
    ['everything, by a rule that asks nothing', deny({}), [1, 1]],
    [
      'nothing, when the selector is of others',
      { ...deny({}), selector: { matchLabels: { app: 'spare' } } },
      [0, 0],
    ],
  ] as const)('denies %s', (_, spec, expected) => {
    expect(refused(spec)).toEqual(expected);
  });

  it.each([
    ['a principal', allow(from({ principals: [principal('front')] })), [0, 1]],
    ['nobody, when it has no rules', { selector }, [1, 1]],
    ['everybody by a rule that asks nothing', allow({}), [0, 0]],
    ['reading only', allow(to({ methods: ['GET'] })), [0, 0]],
  ] as const)('allows %s', (_, spec, expected) => {
    expect(refused(spec)).toEqual(expected);
  });

  it('can ask for a header of the request', () => {
    const [front, other] = refused(
      deny({ when: [{ key: 'request.headers[X-User-Group]', values: ['beta'] }] }),
    );
    expect(front).toBeCloseTo(0.25, 1);
    expect(other).toBe(0);
  });

  it('of the root namespace holds everywhere, of a neighbour nowhere', () => {
    const spec = deny(from({ principals: [principal('front')] }));
    expect(refused(spec, 'istio-system')).toEqual([1, 0]);
    expect(refused(spec, 'elsewhere')).toEqual([0, 0]);
  });

  it('for waypoints, for an audit or for an external authorizer refuses nobody here', () => {
    const targetRefs = [{ kind: 'Service', group: '', name: 'back' }];
    expect(refused({ action: 'DENY', rules: [{}], targetRefs })).toEqual([0, 0]);
    expect(refused({ action: 'AUDIT', rules: [{}] })).toEqual([0, 0]);
    expect(refused({ action: 'CUSTOM', provider: { name: 'x' }, rules: [{}] })).toEqual([0, 0]);
  });

  it('that is only tried out refuses nobody', () => {
    expect(refused(deny({}), 'test', { 'istio.io/dry-run': 'true' })).toEqual([0, 0]);
    expect(refused(deny({}), 'test', { 'istio.io/dry-run': 'false' })).toEqual([1, 1]);
  });

  it('lets calls through again when it is gone', () => {
    const fleet = fleetWith(deny({}));
    fleet.store.remove('authorizationpolicies', 'test', 'guard');
    fleet.pass(1);
    fleet.mark();
    fleet.pass(5);
    expect(fleet.count({ reporter: 'source', response_code: '403' })).toBe(0);
    expect(
      fleet.count({ reporter: 'source', source_workload: 'front', response_code: '200' }),
    ).toBeGreaterThan(400);
  });

  it('is told to gRPC callers as PERMISSION_DENIED', () => {
    const fleet = createTestFleet({ protocol: 'grpc' });
    fleet.policy(deny({}));
    fleet.pass(1);
    fleet.mark();
    fleet.pass(5);
    const sent = { reporter: 'source', source_workload: 'front' };
    expect(fleet.count({ ...sent, response_code: '200', grpc_response_status: '7' })).toBe(fleet.count(sent));
  });
});
