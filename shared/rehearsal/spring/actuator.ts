import { type Answered, type Answerer, type Endpoint, serve, type Served, springError } from './server.ts';

type State = 'CLOSED' | 'OPEN' | 'HALF_OPEN' | 'FORCED_OPEN' | 'DISABLED' | 'METRICS_ONLY';

/** One instance's actuator in memory, with the breakers of its process. */
export interface SimulatedActuator extends Served {
  readonly breakers: Map<string, { state: State; threshold: number }>;
  /** How it misbehaves, if it does. */
  fault: 'fails' | 'hangs' | 'redirects' | 'readOnly' | 'forgets' | null;
  /** What its discovery client counts, by application; null shows no such component. */
  clientView: Record<string, number> | null;
  status: 'UP' | 'DOWN';
}

const verbs: Readonly<Record<string, State>> = {
  CLOSE: 'CLOSED',
  FORCE_OPEN: 'FORCED_OPEN',
  DISABLE: 'DISABLED',
};

/** With breakers of these names, and `endpoints` beside those for breakers and health. */
export async function simulateActuator(
  names: readonly string[],
  endpoints: readonly Endpoint[] = [],
): Promise<SimulatedActuator> {
  const breakers: SimulatedActuator['breakers'] = new Map(
    names.map((name) => [name, { state: 'CLOSED', threshold: 50 }]),
  );
  const settings: Pick<SimulatedActuator, 'fault' | 'clientView' | 'status'> = {
    fault: null,
    clientView: null,
    status: 'UP',
  };

  const answer: Answerer = (request) => {
    const { method, path, body } = request;
    if (settings.fault === 'hangs') return null;
    if (settings.fault === 'fails') return springError(500, 'Internal Server Error', path);
    if (settings.fault === 'redirects')
      return { status: 302, headers: { location: 'http://127.0.0.1:1/elsewhere' } };
    if (path === '/actuator/health') return health();
    if (path === '/actuator/circuitbreakerevents') return { status: 200, body: { circuitBreakerEvents: [] } };
    for (const endpoint of endpoints) {
      const answered = endpoint(request);
      if (answered !== undefined) return answered;
    }
    const name = /^\/actuator\/circuitbreakers(?:\/(.+))?$/.exec(path);
    if (name === null || names.length === 0) return springError(404, 'Not Found', path);
    if (method === 'GET')
      return { status: 200, body: { circuitBreakers: Object.fromEntries([...breakers].map(shown)) } };
    if (settings.fault === 'readOnly') return springError(404, 'Not Found', path);
    return set(name[1] ?? '', body, path);
  };

  function set(name: string, body: string, path: string): Answered {
    const state = verbs[String((JSON.parse(body) as { updateState?: unknown }).updateState)];
    if (state === undefined) return springError(400, 'Bad Request', path);
    // The process restarted between the reading and the write, and has not made its breaker yet.
    if (settings.fault === 'forgets') breakers.delete(name);
    // A name that is not there is made, with the thresholds of all that have none of their own.
    const breaker = breakers.get(name) ?? { state, threshold: 80 };
    breakers.set(name, { ...breaker, state });
    return {
      status: 200,
      body: {
        circuitBreakerName: name,
        currentState: state,
        message: `${name} state has been changed successfully`,
      },
    };
  }

  function health(): Answered {
    const eureka = { details: { applications: settings.clientView }, status: 'UP' };
    const components = {
      db: {
        status: settings.status,
        details: settings.status === 'UP' ? {} : { error: 'connection refused' },
      },
      ...(settings.clientView === null
        ? {}
        : { discoveryComposite: { status: 'UP', components: { eureka } } }),
    };
    return { status: settings.status === 'UP' ? 200 : 503, body: { status: settings.status, components } };
  }

  const served = await serve(answer);
  return Object.assign(settings, {
    port: served.port,
    asked: served.asked,
    breakers,
    [Symbol.asyncDispose]: () => served[Symbol.asyncDispose](),
  });
}

const shown = ([name, { state, threshold }]: [string, { state: State; threshold: number }]): [
  string,
  object,
] => [
  name,
  {
    bufferedCalls: 0,
    failedCalls: 0,
    failureRate: '-1.0%',
    failureRateThreshold: `${threshold.toFixed(1)}%`,
    notPermittedCalls: 0,
    slowCallRate: '-1.0%',
    slowCallRateThreshold: '100.0%',
    slowCalls: 0,
    slowFailedCalls: 0,
    state,
  },
];
