import { describe, expect, it } from 'vitest';
import { createTestFleet, divided, subsets, type TestFleet } from './testFleet.ts';

const sent = { reporter: 'source', source_workload: 'front' };
const arrived = { reporter: 'destination', source_workload: 'front' };

/** The fleet under this route of `back`, once proxies have it. */
function routed(
  http: Readonly<Record<string, unknown>>,
  options: Parameters<typeof createTestFleet>[0] = {},
): TestFleet {
  const fleet = createTestFleet(options);
  fleet.rule({ subsets });
  fleet.route(http);
  fleet.pass(1);
  fleet.mark();
  return fleet;
}

const percentage = (value: number): object => ({ percentage: { value } });

describe('an injected fault', () => {
  it('is answered by the caller’s proxy: flag FI, nothing reaches the callee, and the caller fails', () => {
    const fleet = routed(divided(100, 0, { fault: { abort: { ...percentage(100), httpStatus: 503 } } }));
    fleet.pass(10);
    const total = fleet.count(sent);
    expect(total).toBeGreaterThan(800);
    expect(
      fleet.count({
        ...sent,
        response_code: '503',
        response_flags: 'FI',
        destination_service_name: 'back',
        destination_workload: 'unknown',
      }),
    ).toBe(total);
    expect(fleet.count(arrived)).toBe(0);
    expect(
      fleet.count({ reporter: 'destination', destination_workload: 'front', response_code: '502' }),
    ).toBe(total);
  });

  it('hits the share that the document says', () => {
    const fleet = routed(divided(100, 0, { fault: { abort: { ...percentage(30), httpStatus: 400 } } }));
    fleet.pass(20);
    const injected = fleet.count({ ...sent, response_flags: 'FI', response_code: '400' });
    expect(injected / fleet.count(sent)).toBeCloseTo(0.3, 1);
    expect(fleet.count(arrived)).toBe(fleet.count(sent) - injected);
    // A refusal is as useless to the caller as a failure.
    expect(
      fleet.count({ reporter: 'destination', destination_workload: 'front', response_code: '502' }),
    ).toBe(injected);
  });

  it('hits nothing where no percentage is said', () => {
    const fleet = routed(
      divided(100, 0, { fault: { abort: { httpStatus: 503 }, delay: { fixedDelay: '5s' } } }),
    );
    fleet.pass(10);
    expect(fleet.count({ ...sent, response_code: '200', response_flags: '-' })).toBe(fleet.count(sent));
  });

  it('gives a gRPC caller the status that was asked for, or the one that stands for the HTTP status', () => {
    const unavailable = routed(
      divided(100, 0, { fault: { abort: { ...percentage(100), grpcStatus: 'RESOURCE_EXHAUSTED' } } }),
      { protocol: 'grpc' },
    );
    unavailable.pass(5);
    const injected = { ...sent, response_flags: 'FI', response_code: '200' };
    expect(unavailable.count({ ...injected, grpc_response_status: '8' })).toBe(unavailable.count(sent));
    const mapped = routed(divided(100, 0, { fault: { abort: { ...percentage(100), httpStatus: 503 } } }), {
      protocol: 'grpc',
    });
    mapped.pass(5);
    expect(mapped.count({ ...injected, grpc_response_status: '14' })).toBe(mapped.count(sent));
    expect(mapped.count(sent)).toBeGreaterThan(400);
  });

  it('of a gRPC status is given to an HTTP caller as the code that stands for it', () => {
    const fleet = routed(
      divided(100, 0, { fault: { abort: { ...percentage(100), grpcStatus: 'UNAVAILABLE' } } }),
    );
    fleet.pass(5);
    expect(fleet.count({ ...sent, response_code: '503', response_flags: 'FI' })).toBe(fleet.count(sent));
  });

  it('of delay makes calls slow and says so with DI', () => {
    const fleet = routed(divided(100, 0, { fault: { delay: { ...percentage(50), fixedDelay: '2s' } } }));
    fleet.pass(20);
    const slow = fleet.count({ ...sent, response_flags: 'DI', response_code: '200' });
    expect(slow / fleet.count(sent)).toBeCloseTo(0.5, 1);
    const rows = fleet.traffic.counters
      .requests()
      .filter(({ labels }) => labels['reporter'] === 'source' && labels['response_flags'] === 'DI');
    for (const { sumMs, count } of rows) expect(sumMs / count).toBeGreaterThan(2_000);
    expect(rows.length).toBeGreaterThan(0);
    expect(fleet.count({ ...arrived, response_flags: '-' })).toBe(fleet.count(sent));
  });

  it('of both kinds carries both flags', () => {
    const fault = {
      abort: { ...percentage(100), httpStatus: 503 },
      delay: { ...percentage(100), fixedDelay: '1s' },
    };
    const fleet = routed(divided(100, 0, { fault }));
    fleet.pass(5);
    expect(fleet.count({ ...sent, response_flags: 'DI,FI' })).toBe(fleet.count(sent));
  });

  it('switches off time-outs and retries of its whole route, even at one in a thousand', () => {
    const guarded = { timeout: '0.2s', retries: { attempts: 3, retryOn: '5xx' } };
    const slow = { back: { latency: { medianMs: 400, p99Ms: 800 }, errorRatio: 0.2 } };
    const fault = { abort: { ...percentage(0.1), httpStatus: 503 } };
    const fleet = routed(divided(100, 0, { ...guarded, fault }), slow);
    fleet.pass(20);
    expect(fleet.count({ ...sent, response_flags: 'UT' })).toBe(0);
    const tries = fleet.count(arrived);
    expect(tries).toBe(fleet.count(sent) - fleet.count({ ...sent, response_flags: 'FI' }));
    fleet.route(divided(100, 0, guarded));
    fleet.pass(1);
    fleet.mark();
    fleet.pass(10);
    expect(fleet.count({ ...sent, response_flags: 'UT' })).toBeGreaterThan(500);
  });
});

describe('an answer of the proxy’s own', () => {
  it('takes the place of the callee', () => {
    const fleet = routed({ directResponse: { status: 429, body: { string: 'later' } } });
    fleet.pass(5);
    expect(fleet.count({ ...sent, response_code: '429', response_flags: '-' })).toBe(fleet.count(sent));
    expect(fleet.count(sent)).toBeGreaterThan(400);
    expect(fleet.count(arrived)).toBe(0);
  });

  it('that is good leaves callers well', () => {
    const fleet = routed({ directResponse: { status: 200 } });
    fleet.pass(5);
    expect(
      fleet.count({ reporter: 'destination', destination_workload: 'front', response_code: '200' }),
    ).toBe(fleet.count(sent));
  });

  it('is a redirect where the route says so, 301 unless it says which', () => {
    const fleet = routed({ redirect: { authority: 'elsewhere.example.com' } });
    fleet.pass(5);
    expect(fleet.count({ ...sent, response_code: '301' })).toBe(fleet.count(sent));
    fleet.route({ redirect: { authority: 'elsewhere.example.com', redirectCode: 307 } });
    fleet.pass(1);
    fleet.mark();
    fleet.pass(5);
    expect(fleet.count({ ...sent, response_code: '307' })).toBe(fleet.count(sent));
    expect(fleet.count(arrived)).toBe(0);
  });
});

describe('a time-out and retries', () => {
  it('of zero is none', () => {
    const fleet = routed(divided(100, 0, { timeout: '0s', retries: { attempts: 0 } }));
    fleet.pass(5);
    expect(fleet.count({ ...sent, response_code: '200' })).toBe(fleet.count(sent));
  });

  it('end with URX when the last retry fails too', () => {
    const fleet = routed(divided(100, 0, { retries: { attempts: 2, retryOn: '5xx' } }), {
      back: { errorRatio: 1 },
    });
    fleet.pass(5);
    expect(fleet.count({ ...sent, response_code: '500', response_flags: 'URX' })).toBe(fleet.count(sent));
    expect(fleet.count({ ...arrived, response_flags: '-' })).toBe(3 * fleet.count(sent));
  });

  it('per try are tried again, and end as a time-out out of retries', () => {
    const fleet = routed(
      divided(100, 0, { timeout: '10s', retries: { attempts: 1, perTryTimeout: '100ms', retryOn: '5xx' } }),
      { back: { latency: { medianMs: 500, p99Ms: 600 } } },
    );
    fleet.pass(5);
    expect(fleet.count({ ...sent, response_code: '504', response_flags: 'UT,URX' })).toBe(fleet.count(sent));
    expect(fleet.count({ ...arrived, response_code: '0', response_flags: 'DC' })).toBe(2 * fleet.count(sent));
  });

  it('do not happen where `retries` names no attempts', () => {
    const fleet = routed(divided(100, 0, { retries: {} }), { back: { errorRatio: 1 } });
    fleet.pass(5);
    expect(fleet.count(arrived)).toBe(fleet.count(sent));
  });
});
