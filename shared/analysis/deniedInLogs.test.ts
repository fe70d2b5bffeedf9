import { expect, test } from 'vitest';
import { deniedInLogs } from './deniedInLogs.ts';

const line = (details: string, status = 403): string =>
  `[2026-11-23T00:51:07.123Z] "GET /pay HTTP/1.1" ${status} - ${details} - "-" 0 19 0 - "-" "curl/8" "id" "payment" "-" inbound|8080||`;

test('the policy is told that refused, how often and from when to when', () => {
  const denied = line('rbac_access_denied_matched_policy[ns[shop]-policy[no-orders]-rule[0]]');
  const { isLogged, denials } = deniedInLogs([
    { at: 2, text: denied },
    { at: 1, text: denied },
    { at: 3, text: line('rbac_access_denied_matched_policy[none]') },
    { at: 4, text: line('via_upstream', 200) },
  ]);
  expect(isLogged).toBe(true);
  expect(denials).toEqual([
    { policy: 'shop/no-orders', count: 2, firstAt: 1, lastAt: 2 },
    { policy: null, count: 1, firstAt: 3, lastAt: 3 },
  ]);
});

test('a 403 of the application names no policy', () => {
  expect(deniedInLogs([{ at: 1, text: line('via_upstream') }])).toEqual({ isLogged: true, denials: [] });
});

test('a log in JSON is read too', () => {
  const text = JSON.stringify({
    response_code: 403,
    response_code_details: 'rbac_access_denied_matched_policy[ns[shop]-policy[a.b-c]-rule[12]]',
  });
  expect(deniedInLogs([{ at: null, text }]).denials).toEqual([
    { policy: 'shop/a.b-c', count: 1, firstAt: null, lastAt: null },
  ]);
});

test('a log of details alone is an access log where it names a refusal', () => {
  const text = 'rbac_access_denied_matched_policy[none]';
  expect(deniedInLogs([{ at: 1, text }])).toEqual({
    isLogged: true,
    denials: [{ policy: null, count: 1, firstAt: 1, lastAt: 1 }],
  });
});

test('a proxy that writes of itself only keeps no access log', () => {
  const text = 'info\txdsproxy\tconnected to upstream XDS server: istiod.istio-system.svc:15012';
  expect(deniedInLogs([{ at: 1, text }])).toEqual({ isLogged: false, denials: [] });
});
