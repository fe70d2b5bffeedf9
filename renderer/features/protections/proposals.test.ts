import { describe, expect, it } from 'vitest';
import type { ProtectionField, ProtectionForm } from '../../../shared/model/protection.ts';
import { changedValues, draftProblem, fieldProblem, isTrapSprung, shownValue } from './formDraft.ts';
import { proposalFor, proposedLimit, proposedTimeoutMs } from './proposals.ts';

const field = (key: string, type: ProtectionField['type'], over: Partial<ProtectionField> = {}) => ({
  key,
  title: key.split('.').at(-1) ?? key,
  help: '',
  type,
  unit: null,
  value: null,
  whenUnset: 'no limit',
  trap: null,
  ...over,
});
const form = (
  id: string,
  fields: readonly ProtectionField[],
  readOnly: string | null = null,
): ProtectionForm => ({
  id,
  title: id,
  document: null,
  revision: '1',
  sections: [{ title: 'all', fields: [...fields] }],
  yaml: '',
  readOnly,
});
const rule = form('rule', [
  field('trafficPolicy.connectionPool.tcp.maxConnections', 'integer'),
  field('trafficPolicy.connectionPool.http.http2MaxRequests', 'integer'),
  field('trafficPolicy.outlierDetection.consecutive5xxErrors', 'integer'),
  field('trafficPolicy.outlierDetection.baseEjectionTime', 'duration', { value: '1m' }),
]);
const route = form('route', [field('http.0.timeout', 'duration')]);
const figures = { requestsPerSecond: 212, p99Ms: 870 };

describe('proposed values', () => {
  it.each([
    [10, 100],
    [49, 100],
    [60, 150],
    [870, 2_000],
    [1_250, 2_500],
    [4_900, 10_000],
  ])('a p99 of %d ms has a time-out of %d ms proposed', (p99Ms, timeoutMs) =>
    expect(proposedTimeoutMs(p99Ms)).toBe(timeoutMs),
  );

  it('a proposed time-out is never below twice the p99', () => {
    for (let p99Ms = 1; p99Ms < 20_000; p99Ms += 7)
      expect(proposedTimeoutMs(p99Ms)).toBeGreaterThanOrEqual(2 * p99Ms);
  });

  it('fields of a service-defaults and a service-router are found by Consul’s names', () => {
    const call = form('call', [
      field('Limits.MaxConnections', 'integer'),
      field('Limits.MaxConcurrentRequests', 'integer'),
      field('PassiveHealthCheck.MaxFailures', 'integer'),
      field('PassiveHealthCheck.Interval', 'duration'),
    ]);
    const routes = form('routes', [field('RequestTimeout', 'duration'), field('NumRetries', 'integer')]);
    expect(proposalFor('timeout', figures, [call, routes])).toMatchObject({
      draft: { RequestTimeout: '2s' },
    });
    const limit = proposalFor('limit', figures, [call, routes])?.draft ?? {};
    expect(Object.keys(limit)).toEqual(['Limits.MaxConcurrentRequests']);
    expect(proposalFor('ejection', figures, [call, routes])).toMatchObject({
      draft: { 'PassiveHealthCheck.MaxFailures': '5', 'PassiveHealthCheck.Interval': '10s' },
    });
  });

  it('a limit is four times the calls under way by Little’s law, and at least ten', () => {
    expect(proposedLimit({ requestsPerSecond: 200, p99Ms: 500 })).toBe(400);
    expect(proposedLimit({ requestsPerSecond: 1, p99Ms: 20 })).toBe(10);
    expect(proposedLimit({ requestsPerSecond: null, p99Ms: 20 })).toBeNull();
  });

  it('each goes to the form that has its field, the request limit before the connection limit', () => {
    expect(proposalFor('timeout', figures, [rule, route])).toMatchObject({
      formId: 'route',
      draft: { 'http.0.timeout': '2s' },
    });
    expect(proposalFor('limit', figures, [rule, route])?.draft).toEqual({
      'trafficPolicy.connectionPool.http.http2MaxRequests': '738',
    });
  });

  it('ejection is proposed with what is not set yet', () => {
    expect(proposalFor('ejection', figures, [rule])?.draft).toEqual({
      'trafficPolicy.outlierDetection.consecutive5xxErrors': '5',
    });
  });

  it('without figures the form is opened and nothing is made up', () => {
    const none = { requestsPerSecond: null, p99Ms: null };
    expect(proposalFor('timeout', none, [route])).toMatchObject({ formId: 'route', draft: {} });
    expect(
      proposalFor('timeout', figures, [form('route', route.sections[0]?.fields ?? [], 'owned')]),
    ).toBeNull();
  });
});

describe('a form of protections', () => {
  const limit = field('limit', 'integer', { value: 100, trap: '0 means unlimited' });
  const timeout = field('timeout', 'duration', { value: '2s' });
  const both = form('f', [limit, timeout]);

  it('sends only what changed, and null for what is emptied', () => {
    expect(changedValues(both, { limit: '50' })).toEqual({ limit: 50 });
    expect(changedValues(both, { limit: '100', timeout: ' 2s ' })).toEqual({});
    expect(changedValues(both, { timeout: '' })).toEqual({ timeout: null });
    expect(shownValue(limit, {})).toBe('100');
  });

  it('refuses what no peer would take, in words that say what would do', () => {
    expect(fieldProblem(limit, '1.5')).toMatch(/whole number/);
    expect(fieldProblem(timeout, '2')).toMatch(/unit/);
    expect(fieldProblem(timeout, '1m30s')).toBeNull();
    expect(fieldProblem(field('share', 'percent'), '101')).toMatch(/0 to 100/);
    expect(draftProblem(both, { timeout: 'soon' })).toBe(
      'timeout: A duration with its unit: 2s, 250ms, 1m30s.',
    );
  });

  it('says a trap at once when a zero springs it', () => {
    expect(isTrapSprung(limit, '0')).toBe(true);
    expect(isTrapSprung(limit, '10')).toBe(false);
    expect(isTrapSprung({ ...limit, trap: null }, '0')).toBe(false);
    expect(isTrapSprung({ ...timeout, trap: '0s means none' }, '0s')).toBe(true);
  });
});
