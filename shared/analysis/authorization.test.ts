import { describe, expect, test } from 'vitest';
import {
  type AttributeTest,
  type AuthorizationPolicy,
  type AuthorizationRule,
  judgeAuthorization,
  type KnownCaller,
  strictest,
} from './authorization.ts';

const order: KnownCaller = { namespace: 'shop', accounts: ['order'] };
const is = (attribute: string, ...values: string[]): AttributeTest => ({ attribute, values, notValues: [] });
const isNot = (attribute: string, ...notValues: string[]): AttributeTest => ({
  attribute,
  values: [],
  notValues,
});
const from = (...tests: AttributeTest[]): AuthorizationRule => ({ from: [tests], to: [], when: [] });
const to = (...tests: AttributeTest[]): AuthorizationRule => ({ from: [], to: [tests], when: [] });
const when = (...tests: AttributeTest[]): AuthorizationRule => ({ from: [], to: [], when: tests });
const anything: AuthorizationRule = { from: [], to: [], when: [] };
const policy = (
  action: AuthorizationPolicy['action'],
  rules: readonly AuthorizationRule[],
  more: Partial<AuthorizationPolicy> = {},
): AuthorizationPolicy => ({
  namespace: 'shop',
  name: action.toLowerCase(),
  action,
  rules,
  coversAll: true,
  doubt: null,
  ...more,
});
const outcome = (
  policies: readonly AuthorizationPolicy[],
  caller: KnownCaller | null = order,
  protocol: 'http' | 'tcp' = 'http',
) => judgeAuthorization(policies, caller, protocol).outcome;

const principal = 'cluster.local/ns/shop/sa/order';

describe('one rule', () => {
  const denies = (rule: AuthorizationRule, caller: KnownCaller | null = order) =>
    outcome([policy('DENY', [rule])], caller);
  test.each([
    ['without any test takes everybody', anything, 'denied'],
    ['by namespace', from(is('source.namespace', 'shop')), 'denied'],
    ['by another namespace', from(is('source.namespace', 'bank')), 'unruled'],
    ['by the start of a namespace', from(is('source.namespace', 'sh*')), 'denied'],
    ['by the end of a namespace', from(is('source.namespace', '*op')), 'denied'],
    ['by anybody who has one', from(is('source.namespace', '*')), 'denied'],
    ['by principal', from(is('source.principal', principal)), 'denied'],
    ['by another principal', from(is('source.principal', 'cluster.local/ns/shop/sa/till')), 'unruled'],
    ['by a principal of another domain', from(is('source.principal', 'td2/ns/shop/sa/order')), 'maybe'],
    ['by account', from(is('source.serviceAccount', 'shop/order')), 'denied'],
    ['by all but a namespace', from(isNot('source.namespace', 'shop')), 'unruled'],
    ['by all but another namespace', from(isNot('source.namespace', 'bank')), 'denied'],
    [
      'by all but another principal',
      from(isNot('source.principal', 'cluster.local/ns/shop/sa/till')),
      'denied',
    ],
    ['by both of two tests', from(is('source.namespace', 'shop'), is('source.principal', 'x')), 'unruled'],
    ['by path', to(is('request.path', '/pay')), 'maybe'],
    ['by all but a path', to(isNot('request.path', '/pay')), 'maybe'],
    [
      'by another namespace and path',
      { ...from(is('source.namespace', 'bank')), ...{ to: [[is('request.path', '/')]] } },
      'unruled',
    ],
    ['by a condition on the caller', when(is('source.namespace', 'shop')), 'denied'],
    ['by a condition on a header', when(is('request.headers[x]', 'y')), 'maybe'],
  ] as const)('%s', (_, rule, expected) => {
    expect(denies(rule)).toBe(expected);
  });

  test('of two sources one is enough', () => {
    const rule: AuthorizationRule = {
      from: [[is('source.namespace', 'bank')], [is('source.namespace', 'shop')]],
      to: [],
      when: [],
    };
    expect(denies(rule)).toBe('denied');
  });

  test('by identity is not decided for a caller that nobody knows', () => {
    expect(denies(from(is('source.namespace', 'shop')), null)).toBe('maybe');
    expect(denies(anything, null)).toBe('denied');
  });

  test('by an account that only some instances run under is not decided', () => {
    const caller = { namespace: 'shop', accounts: ['order', 'order-new'] };
    expect(denies(from(is('source.principal', principal)), caller)).toBe('maybe');
    const { by } = judgeAuthorization(
      [policy('DENY', [from(is('source.principal', principal))])],
      caller,
      'http',
    );
    // The domain is the mesh's own: it is the instance that decides.
    expect(by[0]?.match).toEqual({ is: 'depends', on: ['source.principal'] });
  });
});

describe('several policies', () => {
  const admits = policy('ALLOW', [from(is('source.namespace', 'shop'))]);
  const admitsOthers = policy('ALLOW', [from(is('source.namespace', 'bank'))]);
  const denies = policy('DENY', [anything]);
  const byPath = [to(is('request.path', '/pay'))];

  test('none is about the callee: nobody is refused', () => expect(outcome([])).toBe('unruled'));
  test('what is denied is refused whatever is allowed', () =>
    expect(outcome([admits, denies])).toBe('denied'));
  test('where something is allowed everything else is refused', () =>
    expect(outcome([admitsOthers])).toBe('denied'));
  test('one that admits is enough', () => expect(outcome([admitsOthers, admits])).toBe('admitted'));
  test('ALLOW without rules admits nobody', () => expect(outcome([policy('ALLOW', [])])).toBe('denied'));
  test('ALLOW with an empty rule admits everybody', () =>
    expect(outcome([policy('ALLOW', [anything])])).toBe('admitted'));
  test('DENY without rules denies nobody', () => expect(outcome([policy('DENY', [])])).toBe('unruled'));
  test('AUDIT refuses nobody', () => expect(outcome([policy('AUDIT', [anything])])).toBe('unruled'));
  test('an authorizer that is asked may refuse what is allowed', () =>
    expect(outcome([policy('CUSTOM', [anything]), admits])).toBe('maybe'));
  test('an authorizer that is asked about others is no matter', () =>
    expect(outcome([policy('CUSTOM', [from(is('source.namespace', 'bank'))])])).toBe('unruled'));
  test('admission by path is not decided', () => expect(outcome([policy('ALLOW', byPath)])).toBe('maybe'));
  test('denial by path is not decided even where all is allowed', () =>
    expect(outcome([policy('DENY', byPath), admits])).toBe('maybe'));
  test('a denial for some instances refuses some calls', () =>
    expect(outcome([policy('DENY', [anything], { coversAll: false })])).toBe('maybe'));
  test('an admission that only some instances ask for leaves the others open', () =>
    expect(outcome([policy('ALLOW', [], { coversAll: false })])).toBe('maybe'));

  test('those are named that decide', () => {
    const named = (policies: AuthorizationPolicy[]) =>
      judgeAuthorization(policies, order, 'http').by.map(({ policy: { action } }) => action);
    expect(named([admits, denies])).toEqual(['DENY']);
    expect(named([admitsOthers, policy('DENY', byPath)])).toEqual(['ALLOW']);
    expect(judgeAuthorization([policy('DENY', byPath)], order, 'http').by[0]?.match).toEqual({
      is: 'depends',
      on: ['request.path'],
    });
  });
});

describe('a principal of a domain that may be the mesh’s own', () => {
  test.each([
    ['prod.example.com/ns/shop/*', 'maybe', 'maybe'],
    ['prod.example.com/*', 'maybe', 'maybe'],
    ['prod*', 'maybe', 'maybe'],
    ['*.example.com/ns/shop/sa/order', 'maybe', 'maybe'],
    ['prod.example.com/ns/bank/*', 'denied', 'unruled'],
    ['cluster.local/ns/bank/*', 'denied', 'unruled'],
    ['*/ns/bank/sa/order', 'denied', 'unruled'],
    ['*/ns/shop/sa/order', 'admitted', 'denied'],
  ])('%s: ALLOW %s, DENY %s', (pattern, allowed, denied) => {
    const rules = [from(is('source.principal', pattern))];
    expect(outcome([policy('ALLOW', rules)])).toBe(allowed);
    expect(outcome([policy('DENY', rules)])).toBe(denied);
    const { by } = judgeAuthorization([policy('ALLOW', rules)], order, 'http');
    if (allowed === 'maybe') expect(by[0]?.match).toEqual({ is: 'depends', on: ['source.trustDomain'] });
  });
});

describe('a policy that calls perhaps do not meet', () => {
  const doubt = 'whether calls go through Gateway wp';
  const admits = policy('ALLOW', [from(is('source.namespace', 'shop'))]);
  const admitsOthers = policy('ALLOW', [from(is('source.namespace', 'bank'))]);
  test('denies perhaps, and says on what that depends', () => {
    const { outcome: is, by } = judgeAuthorization([policy('DENY', [anything], { doubt })], order, 'http');
    expect(is).toBe('maybe');
    expect(by[0]?.match).toEqual({ is: 'depends', on: [doubt] });
  });
  test('denies nobody whom it does not name', () =>
    expect(outcome([policy('DENY', [from(is('source.namespace', 'bank'))], { doubt })])).toBe('unruled'));
  test('that admits others refuses perhaps', () =>
    expect(outcome([{ ...admitsOthers, doubt }])).toBe('maybe'));
  test('that admits does not clear of one that certainly does not', () =>
    expect(outcome([{ ...admits, doubt }, admitsOthers])).toBe('maybe'));
  test('that admits refuses nobody, met or not', () =>
    expect(outcome([{ ...admits, doubt }])).toBe('admitted'));
  test('does not take back what a met one denies', () =>
    expect(outcome([{ ...admits, doubt }, policy('DENY', [anything])])).toBe('denied'));

  test('of several places that a call has to pass the strictest decides', () => {
    const at = (...policies: AuthorizationPolicy[]) => judgeAuthorization(policies, order, 'http');
    expect(strictest([at(admits), at(admitsOthers)])).toMatchObject({
      outcome: 'denied',
      by: [{ policy: admitsOthers }],
    });
    expect(strictest([at(), at(admits)]).outcome).toBe('admitted');
    expect(strictest([at(), at()])).toEqual({ outcome: 'unruled', by: [] });
  });
});

describe('connections without requests', () => {
  const byPath = to(is('request.path', '/pay'));
  test('are not admitted by a rule that asks for a request', () =>
    expect(outcome([policy('ALLOW', [byPath])], order, 'tcp')).toBe('denied'));
  test('are denied by what is left of such a rule', () =>
    expect(
      outcome([policy('DENY', [{ ...from(is('source.namespace', 'shop')), to: byPath.to }])], order, 'tcp'),
    ).toBe('denied'));
});
