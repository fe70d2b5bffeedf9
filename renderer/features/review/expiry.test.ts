import { expect, test } from 'vitest';
import type { Guard } from '../../../shared/model/change.ts';
import type { Plan } from '../../../shared/model/plan.ts';
import { mayExpire, secondsOf } from './expiry.ts';

const guard = (id: string, verdict: Guard['verdict']): Guard => ({ id, verdict, title: id, detail: null });
const asked = { kind: 'plan', title: '', operation: {} as Plan['operation'] } as const;
const plan = (more: Partial<Plan>): Plan =>
  ({
    guards: [guard('ownership', 'tick')],
    undoOf: null,
    holdSeconds: null,
    changes: [],
    ...more,
  }) as unknown as Plan;

test('a change of what a repository owns may be kept for a while only', () => {
  expect(mayExpire(asked, plan({}))).toBe(true);
  expect(mayExpire(asked, plan({ guards: [guard('ownership', 'pass')] }))).toBe(false);
});

test('a trip has its own deadline, a way back has none, and a secret cannot be taken back', () => {
  expect(mayExpire(asked, plan({ holdSeconds: 300 }))).toBe(false);
  expect(mayExpire(asked, plan({ undoOf: 'op' }))).toBe(false);
  expect(mayExpire(asked, plan({ changes: [{ withheld: true } as Plan['changes'][number]] }))).toBe(false);
});

test('what is kept until someone changes it has no deadline', () => {
  expect([secondsOf('never'), secondsOf('1h')]).toEqual([null, 3_600]);
});
