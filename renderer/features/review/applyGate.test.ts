import { describe, expect, test } from 'vitest';
import type { ConnectionState } from '../../../shared/model/connection.ts';
import type { Guard } from '../../../shared/model/change.ts';
import type { Plan } from '../../../shared/model/plan.ts';
import { frictionOf, hindranceOf } from './applyGate.ts';

const connection: ConnectionState = {
  id: 'c1',
  connector: 'kubernetes',
  title: 'shop-prod',
  environment: 'production',
  state: 'open',
  locked: false,
  rehearsal: false,
  server: 'https://10.0.0.1',
  peer: null,
  user: 'ana',
  error: null,
  warnings: [],
  sources: [],
  asks: null,
  cautions: [],
  permissions: [],
  namespaces: null,
};

const planWith = (guards: readonly Guard[]): Plan => ({
  id: 'p1',
  operation: {
    kind: 'setWeights',
    splitId: 's',
    connectionId: 'c1',
    weights: [95, 5],
    seen: { revision: '7', weights: [70, 30] },
  },
  title: 'Shift payment: v1 70 → 95, v2 30 → 5',
  serviceId: 'c1/shop/payment',
  serviceName: 'payment',
  connection: { id: 'c1', title: 'shop-prod', environment: 'production', server: 'https://10.0.0.1' },
  actor: 'ana',
  target: 'VirtualService shop/payment',
  changes: [],
  guards: [...guards],
  forecast: [],
  expectation: {
    kind: 'shares',
    splitId: 's',
    host: 'payment',
    gateways: ['mesh'],
    namespace: 'shop',
    ambiguous: null,
    destinations: [],
  },
  rungs: [],
  direction: 'neutral',
  threeWay: null,
  affected: [],
  holdSeconds: null,
  copies: { command: '', curl: '', patch: '', strategicMerge: null, kustomize: null },
  undoOf: null,
  createdAt: 0,
  expiresAt: 600_000,
});

const nothingDone = { ticked: new Set<string>(), typedName: '' };
const guard = (verdict: Guard['verdict']): Guard => ({
  id: verdict,
  verdict,
  title: `guard ${verdict}`,
  detail: null,
});

describe('what stands in the way of Apply', () => {
  test('nothing does when all guards pass on an open, unlocked connection', () => {
    expect(hindranceOf(planWith([guard('pass')]), connection, nothingDone, 1)).toBeNull();
  });

  test('a connection closed while the dialog is open ends the plan', () => {
    const plan = planWith([guard('pass')]);
    expect(hindranceOf(plan, null, nothingDone, 1)?.text).toContain('was closed. Nothing was applied');
    expect(hindranceOf(plan, { ...connection, state: 'closed' }, nothingDone, 1)?.remedy).toBeNull();
  });

  test('a plan is over at its deadline to the millisecond, and can be made again', () => {
    const plan = planWith([]);
    expect(hindranceOf(plan, connection, nothingDone, 599_999)).toBeNull();
    expect(hindranceOf(plan, connection, nothingDone, 600_000)?.remedy).toBe('replan');
  });

  test('a blocking guard is said before the lock: unlocking would not help', () => {
    const found = hindranceOf(planWith([guard('block')]), { ...connection, locked: true }, nothingDone, 1);
    expect(found?.text).toBe('Blocked: guard block.');
  });

  test('a locked connection can be reviewed, not applied to', () => {
    expect(hindranceOf(planWith([]), { ...connection, locked: true }, nothingDone, 1)?.remedy).toBe('unlock');
  });

  test('each guard that asks for a tick wants its own', () => {
    const plan = planWith([guard('tick'), { ...guard('tick'), id: 'other', title: 'other guard' }]);
    expect(hindranceOf(plan, connection, { ticked: new Set(['tick']), typedName: '' }, 1)?.text).toBe(
      'Tick what you accept: other guard.',
    );
    expect(
      hindranceOf(plan, connection, { ticked: new Set(['tick', 'other']), typedName: '' }, 1),
    ).toBeNull();
  });

  test('the name must match byte for byte', () => {
    const plan = planWith([guard('typeName')]);
    for (const typedName of ['', 'Payment', 'payment ', 'p\u0430yment']) {
      expect(hindranceOf(plan, connection, { ticked: new Set(), typedName }, 1)?.text).toBe(
        'Type payment to go on.',
      );
    }
    expect(hindranceOf(plan, connection, { ticked: new Set(), typedName: 'payment' }, 1)).toBeNull();
  });

  test('friction is uneven: away from harm is one confirmation, also in production', () => {
    expect(frictionOf({ ...planWith([]), direction: 'awayFromHarm' })).toContain('also in production');
    expect(frictionOf({ ...planWith([]), direction: 'towardsHarm' })).toContain(
      'asks for the service’s name',
    );
  });
});
