import { describe, expect, test } from 'vitest';
import type { GraphService } from '../model/graph.ts';
import { Verdict } from '../model/inspect.ts';
import { defaultHealthThresholds } from '../model/settings.ts';
import type { CallSignals, Mark, ServiceSignals, Signals } from '../model/signals.ts';
import type { Split } from '../model/weights.ts';
import { onsetOf, verdictOf, type VerdictInput } from './verdict.ts';

const figures = (requestsPerSecond: number | null, errorRatio: number | null): Signals => ({
  requestsPerSecond,
  failedPerSecond: requestsPerSecond === null || errorRatio === null ? null : requestsPerSecond * errorRatio,
  errorRatio,
  p50Ms: null,
  p90Ms: null,
  p99Ms: null,
});
const service = (id: string): GraphService => ({
  id,
  connectionId: 'c',
  kind: 'service',
  name: id,
  namespace: 'shop',
  owner: null,
  hosts: [],
  versions: [],
  readyInstances: 2,
  desiredInstances: 2,
  recentRestarts: 0,
  createdAt: null,
});
const call = (callerId: string, calleeId: string) => ({
  id: `${callerId}→${calleeId}`,
  callerId,
  calleeId,
  protocols: ['http' as const],
  asynchronous: false,
});
const failingCall = (rate: number, ratio: number): CallSignals => ({
  ...figures(rate, ratio),
  health: 'failing',
  flags: {},
  neverArrivedRatio: null,
  forbiddenRatio: null,
});
const signals: ServiceSignals = {
  ...figures(212, 0.041),
  failedPerSecond: 8.7,
  health: 'failing',
  reasons: ['4.1 % of calls fail, 8.7 a second'],
  versions: { v1: figures(148, 0.003), v2: figures(64, 0.129) },
};
const minute = 60_000;
const onsetAt = 20 * minute;
const mark = (at: number, title: string, serviceId: string | null = 'payment'): Mark => ({
  at,
  kind: 'operation',
  title,
  serviceId,
  operationId: 'o',
});
const split = {
  id: 's',
  connectionId: 'c',
  readOnly: null,
  ownership: null,
  destinations: ['v1', 'v2'].map((version, index) => ({
    index,
    host: 'payment',
    subset: version,
    port: null,
    title: version,
    version,
    weight: index === 0 ? 70 : 30,
    readyInstances: 2,
    problem: null,
  })),
} as unknown as Split; // The parts of a split that a verdict looks at.

const input = (more: Partial<VerdictInput> = {}): VerdictInput => ({
  service: service('payment'),
  signals,
  windowSeconds: 60,
  thresholds: defaultHealthThresholds,
  services: ['order', 'payment', 'bank', 'ledger'].map(service),
  calls: [],
  callSignals: new Map(),
  serviceSignals: new Map(),
  onsetAt,
  marks: [mark(onsetAt - 20_000, 'Shift payment: v2 10 → 30')],
  splits: [split],
  source: 'Prometheus',
  formatTime: () => '14:09',
  ...more,
});

describe('a verdict', () => {
  test('says how much fails since when, what changed just before, and which version', () => {
    const verdict = verdictOf(input());
    expect(verdict.headline).toBe('Failing 4.1 % of calls since 14:09, 8.7 a second');
    expect(verdict.sentences).toEqual([
      { text: 'Began 20 s after “Shift payment: v2 10 → 30”.', evidence: 'journal' },
      { text: 'v2 fails 12.9 %, v1 0.3 %.', evidence: 'Prometheus' },
    ]);
  });

  test('offers to send the failing version to nothing while another is healthy', () => {
    expect(verdictOf(input()).suggestions).toEqual([
      { title: 'Send v2 to 0 %', connectionId: 'c', splitId: 's', weights: [100, 0] },
    ]);
    const both = { ...signals, versions: { v1: figures(148, 0.2), v2: figures(64, 0.129) } };
    expect(verdictOf(input({ signals: both })).suggestions).toEqual([]);
    const owned = { ...split, readOnly: 'a rollout decides' };
    expect(verdictOf(input({ splits: [owned] })).suggestions).toEqual([]);
  });

  test('blames no version for what is counted for none, and does not offer to send it to nothing', () => {
    const overflowing = { ...signals, ...figures(212, 0.33), versions: signals.versions };
    const verdict = verdictOf(input({ signals: overflowing }));
    expect(verdict.suggestions).toEqual([]);
    expect(verdict.sentences.map(({ text }) => text)).toContain(
      'v2 fails 12.9 %, v1 0.3 %. Most of what fails is counted for no version.',
    );
  });

  test('offers it in hundredths where the peer has them, and the sum stays', () => {
    const [v1, v2] = split.destinations;
    const destinations = [
      { ...v1, weight: 12.5 },
      { ...v2, weight: 50 },
      { ...v1, version: 'v0', title: 'v0', weight: 37.5 },
    ] as Split['destinations'];
    const verdict = verdictOf(input({ splits: [{ ...split, destinations }] }));
    expect(Verdict.parse(verdict).suggestions[0]?.weights).toEqual([62.5, 0, 37.5]);
  });

  test('follows failing calls to where they begin', () => {
    const calls = [call('payment', 'bank'), call('payment', 'ledger')];
    const callSignals = new Map([
      ['payment→bank', failingCall(77, 0.21)],
      ['payment→ledger', { ...failingCall(200, 0), health: 'healthy' as const }],
    ]);
    const verdict = verdictOf(input({ calls, callSignals }));
    expect(verdict.causeId).toBe('bank');
    expect(verdict.sentences.at(-1)?.text).toBe(
      'Its failing calls lead to bank: of the calls from payment to bank, 21 % fail.',
    );
  });

  test('is said to be on purpose where the call is tripped, by whom and until when', () => {
    const calls = [call('payment', 'bank')];
    const callSignals = new Map([['payment→bank', failingCall(40, 0.21)]]);
    const trip = { calleeId: 'bank', callerName: 'payment', until: 0, by: 'ana' };
    const said = (tripped: NonNullable<VerdictInput['tripped']>) =>
      verdictOf(input({ calls, callSignals, tripped })).sentences.at(-1)?.text;
    const formatted = input().formatTime(0);
    expect(said([trip])).toBe(`That is on purpose: calls to bank are tripped until ${formatted}, by ana.`);
    expect(said([{ ...trip, callerName: 'order' }])).toMatch(/^Its failing calls lead to bank/);
  });

  test('walks a circle of calls once, and does not blame a callee that loses little', () => {
    const calls = [call('payment', 'bank'), call('bank', 'payment')];
    const circle = new Map(calls.map((one) => [one.id, failingCall(100, 0.5)]));
    expect(verdictOf(input({ calls, callSignals: circle })).causeId).toBe('bank');
    const little = new Map([['payment→bank', failingCall(10, 0.05)]]);
    expect(verdictOf(input({ calls, callSignals: little })).causeId).toBeNull();
  });

  test('says nothing of changes that were long before or after', () => {
    const marks = [mark(onsetAt - 11 * minute, 'early'), mark(onsetAt + minute, 'late')];
    expect(
      verdictOf(input({ marks }))
        .sentences.map((one) => one.text)
        .join(),
    ).not.toMatch(/early|late/);
  });

  test('is calm, unknown or about instances where that is so', () => {
    const calm = { ...signals, ...figures(212, 0), health: 'healthy' as const, reasons: [] };
    expect(verdictOf(input({ signals: calm })).headline).toBe('Healthy: 212 rps, none fails');
    expect(verdictOf(input({ signals: null }))).toMatchObject({ health: 'unknown', suggestions: [] });
    const empty = { ...signals, ...figures(null, null), reasons: ['0 of 3 ready'], versions: {} };
    expect(verdictOf(input({ signals: empty, onsetAt: null })).headline).toBe('Failing: 0 of 3 ready');
  });
});

describe('an onset', () => {
  const at = (values: (number | null)[]) => onsetOf({ from: 0, stepSeconds: 10, values }, 0.01);
  test('is where the ratio went over for the last time', () => {
    expect(at([0, 0.5, 0, 0, 0, 0.1, 0.1, 0.1])).toBe(50_000);
  });
  test('is not moved by a single better moment or a gap', () => {
    expect(at([0, 0, 0.1, 0, 0.1, null, 0.1])).toBe(20_000);
  });
  test('is not known while nothing is wrong, or where it began before the first point', () => {
    expect(at([0, 0, 0])).toBeNull();
    expect(at([0.1, 0.1, 0.1])).toBeNull();
    expect(at([null, null])).toBeNull();
  });
});
