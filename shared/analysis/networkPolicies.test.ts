import { expect, test } from 'vitest';
import {
  judgeNetwork,
  type LabelSelector,
  type NetworkPolicy,
  type PodEnd,
  type PolicyPeer,
  type PolicyRule,
} from './networkPolicies.ts';

const labels = (of: Readonly<Record<string, string>>) => new Map(Object.entries(of));
const selector = (
  pairs: Readonly<Record<string, string>> = {},
  ...expressions: LabelSelector['expressions'][number][]
) => ({
  pairs: labels(pairs),
  expressions,
});
const end = (app: string, namespace = 'shop', team: string | null = 'a'): PodEnd => ({
  namespace,
  namespaceLabels: team === null ? null : labels({ team }),
  pods: [labels({ app })],
});
const pods = (of: LabelSelector | null, namespaces: LabelSelector | null = null): PolicyPeer => ({
  kind: 'pods',
  pods: of,
  namespaces,
});
const rule = (...peers: PolicyPeer[]): PolicyRule => ({ peers, byPort: false });
const guards = (ingress: readonly PolicyRule[] | null, more: Partial<NetworkPolicy> = {}): NetworkPolicy => ({
  namespace: 'shop',
  name: 'guards',
  selects: selector({ app: 'payment' }),
  ingress,
  egress: null,
  ...more,
});
const payment = end('payment');
const outcome = (
  policies: readonly NetworkPolicy[],
  caller: PodEnd | null = end('order'),
  callee = payment,
) => judgeNetwork(policies, caller, callee).outcome;

test.each([
  ['none', [], 'unruled'],
  ['one for other pods', [guards([], { selects: selector({ app: 'other' }) })], 'unruled'],
  ['one of another namespace', [guards([], { namespace: 'bank' })], 'unruled'],
  ['one that says nothing of what comes in', [guards(null)], 'unruled'],
  ['one without rules', [guards([])], 'denied'],
  ['one with an empty rule', [guards([rule()])], 'admitted'],
  ['one that admits the caller', [guards([rule(pods(selector({ app: 'order' })))])], 'admitted'],
  ['one that admits another', [guards([rule(pods(selector({ app: 'till' })))])], 'denied'],
  ['two, of which one admits', [guards([]), guards([rule(pods(selector()))], { name: 'b' })], 'admitted'],
  ['one by address', [guards([rule({ kind: 'address' })])], 'maybe'],
  ['one by port', [guards([{ peers: [], byPort: true }])], 'maybe'],
  [
    'one that keeps the caller in',
    [guards([], { selects: selector({ app: 'order' }), ingress: null, egress: [] })],
    'denied',
  ],
  [
    'one by an expression',
    [guards([rule(pods(selector({}, { key: 'app', operator: 'In', values: ['order'] })))])],
    'admitted',
  ],
  [
    'one by the opposite',
    [guards([rule(pods(selector({}, { key: 'app', operator: 'NotIn', values: ['order'] })))])],
    'denied',
  ],
  [
    'one by a label that is there',
    [guards([rule(pods(selector({}, { key: 'app', operator: 'Exists', values: [] })))])],
    'admitted',
  ],
  [
    'one by a label that is missing',
    [guards([rule(pods(selector({}, { key: 'app', operator: 'DoesNotExist', values: [] })))])],
    'denied',
  ],
  [
    'one by what is no operator',
    [guards([rule(pods(selector({}, { key: 'app', operator: 'Gt', values: ['1'] })))])],
    'denied',
  ],
] as const)('of policies: %s', (_, policies, expected) => {
  expect(outcome(policies)).toBe(expected);
});

test('pods of another namespace are admitted by the namespace’s labels only', () => {
  const far = end('order', 'bank', 'b');
  expect(outcome([guards([rule(pods(selector({ app: 'order' })))])], far)).toBe('denied');
  expect(outcome([guards([rule(pods(null, selector({ team: 'b' })))])], far)).toBe('admitted');
  expect(outcome([guards([rule(pods(null, selector({ team: 'c' })))])], far)).toBe('denied');
  const unread = end('order', 'bank', null);
  expect(outcome([guards([rule(pods(null, selector({ team: 'b' })))])], unread)).toBe('maybe');
  expect(outcome([guards([rule(pods(null, selector()))])], unread)).toBe('admitted');
});

test('a caller that is not known is neither cleared nor blamed', () => {
  expect(outcome([guards([rule(pods(selector({ app: 'order' })))])], null)).toBe('maybe');
});

test('of a caller whose pods were not found, what it may call depends', () => {
  const unread = { ...end('order'), pods: [] };
  const keepsIn = (of: LabelSelector, ...egress: PolicyRule[]) =>
    guards(null, { name: `out-${egress.length}`, selects: of, egress });
  const order = selector({ app: 'order' });
  expect(outcome([keepsIn(order)], unread)).toBe('maybe');
  expect(outcome([keepsIn(order, rule(pods(selector({ app: 'payment' }))))], unread)).toBe('admitted');
  expect(outcome([keepsIn(order), keepsIn(order, rule())], unread)).toBe('maybe');
  expect(outcome([keepsIn(selector())], unread)).toBe('denied');
  expect(outcome([keepsIn(selector()), keepsIn(order, rule())], unread)).toBe('maybe');
  expect(outcome([keepsIn(order)], { ...unread, namespace: 'bank' })).toBe('unruled');
});

test('where only some instances are guarded, it depends', () => {
  const both = { ...payment, pods: [labels({ app: 'payment' }), labels({ app: 'other' })] };
  expect(outcome([guards([])], end('order'), both)).toBe('maybe');
});

test('the policy that stops it is named, with its direction', () => {
  const { by } = judgeNetwork([guards([])], end('order'), payment);
  expect(by).toMatchObject([{ policy: { name: 'guards' }, direction: 'ingress', admits: 'no' }]);
});
