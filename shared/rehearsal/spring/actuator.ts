import { type Breaker, type BreakerEvent, type BreakerState, createBreaker, usualRules } from './breaker.ts';
import { createMeters, type Meters, outcomeOf } from './meters.ts';
import { type Answered, type Answerer, type Endpoint, serve, type Served, springError } from './server.ts';

/** One instance's actuator in memory, with the breakers of its process. */
export interface SimulatedActuator extends Served {
  readonly breakers: Map<string, Breaker>;
  /** How it misbehaves, if it does. */
  fault: 'fails' | 'hangs' | 'redirects' | 'readOnly' | 'forgets' | null;
  /** What its discovery client counts, by application; null shows no such component. */
  clientView: Record<string, number> | null;
  status: 'UP' | 'DOWN';
}

/** What the process behind an actuator has of its own. */
export interface ActuatorProcess {
  readonly breakers?: Map<string, Breaker>;
  readonly meters?: Meters;
  readonly now?: () => number;
  /** Called before anything is told, so that it is told as it is now. */
  readonly settle?: () => void;
  /** The only `Authorization` that is let in; anybody where nothing is said. */
  readonly authorization?: string;
}

const verbs: Readonly<Record<string, BreakerState>> = {
  CLOSE: 'CLOSED',
  FORCE_OPEN: 'FORCED_OPEN',
  DISABLE: 'DISABLED',
};

/** With breakers of these names, and `endpoints` beside those for breakers, health and metrics. */
export async function simulateActuator(
  names: readonly string[],
  endpoints: readonly Endpoint[] = [],
  { now = Date.now, settle, authorization, ...process }: ActuatorProcess = {},
): Promise<SimulatedActuator> {
  const breakers =
    process.breakers ?? new Map(names.map((name): [string, Breaker] => [name, createBreaker(usualRules)]));
  const hasBreakers = breakers.size > 0;
  const meters = process.meters ?? createMeters(now);
  const settings: Pick<SimulatedActuator, 'fault' | 'clientView' | 'status'> = {
    fault: null,
    clientView: null,
    status: 'UP',
  };

  const answer: Answerer = (request) => {
    const { path, headers } = request;
    if (settings.fault === 'hangs') return null;
    if (settings.fault === 'fails') return springError(500, 'Internal Server Error', path);
    if (settings.fault === 'redirects')
      return { status: 302, headers: { location: 'http://127.0.0.1:1/elsewhere' } };
    if (authorization !== undefined && headers.authorization !== authorization)
      return springError(401, 'Unauthorized', path);
    settle?.();
    const answered = answerOf(request);
    noteAsked(request.method, path, answered.status);
    return answered;
  };

  function answerOf(request: Parameters<Answerer>[0]): Answered {
    const { method, path, body } = request;
    if (path === '/actuator/health') return health();
    if (path === '/actuator/circuitbreakerevents')
      return { status: 200, body: { circuitBreakerEvents: [...breakers].flatMap(eventsShown) } };
    for (const endpoint of [...endpoints, meters.endpoint]) {
      const answered = endpoint(request);
      if (answered !== undefined) return answered;
    }
    const name = /^\/actuator\/circuitbreakers(?:\/(.+))?$/.exec(path);
    if (name === null || !hasBreakers) return springError(404, 'Not Found', path);
    if (method === 'GET')
      return { status: 200, body: { circuitBreakers: Object.fromEntries([...breakers].map(shown)) } };
    if (settings.fault === 'readOnly') return springError(404, 'Not Found', path);
    return set(name[1] ?? '', body, path);
  }

  function set(name: string, body: string, path: string): Answered {
    const state = verbs[String((JSON.parse(body) as { updateState?: unknown }).updateState)];
    if (state === undefined) return springError(400, 'Bad Request', path);
    // The process restarted between the reading and the write, and has not made its breaker yet.
    if (settings.fault === 'forgets') breakers.delete(name);
    // A name that is not there is made, with the thresholds of all that have none of their own.
    const breaker = breakers.get(name) ?? createBreaker({ ...usualRules, threshold: 80 });
    breakers.set(name, breaker);
    breaker.set(state, now());
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
    const eureka = {
      description: 'Remote status from Eureka server',
      details: { applications: settings.clientView },
      status: 'UP',
    };
    const components = {
      ...(hasBreakers ? { circuitBreakers: breakersHealth(breakers) } : {}),
      db: {
        status: settings.status,
        details: settings.status === 'UP' ? {} : { error: 'connection refused' },
      },
      ...(settings.clientView === null
        ? {}
        : { discoveryComposite: { status: 'UP', components: { eureka } } }),
      livenessState: { status: 'UP' },
      ping: { status: 'UP' },
      readinessState: { status: 'UP' },
    };
    return {
      status: settings.status === 'UP' ? 200 : 503,
      body: { components, groups: ['liveness', 'readiness'], status: settings.status },
    };
  }

  /** Whoever asks an actuator is counted like everybody else. */
  function noteAsked(method: string, path: string, status: number): void {
    const uri = path.replace(/^(\/actuator\/circuitbreakers)\/.+$/, '$1/{name}');
    meters.time(
      'http.server.requests',
      { exception: 'none', method, error: 'none', uri, outcome: outcomeOf(status), status: String(status) },
      { calls: 1, totalSeconds: 0.002, maxSeconds: 0.002 },
      now(),
    );
  }

  const served = await serve(answer);
  return Object.assign(settings, {
    port: served.port,
    asked: served.asked,
    breakers,
    [Symbol.asyncDispose]: () => served[Symbol.asyncDispose](),
  });
}

const percent = (value: number): string => `${value.toFixed(1)}%`;

function shown([name, breaker]: [string, Breaker]): [string, object] {
  const { bufferedCalls, failedCalls, failureRate, notPermittedCalls } = breaker.figures();
  return [
    name,
    {
      bufferedCalls,
      failedCalls,
      failureRate: percent(failureRate),
      failureRateThreshold: percent(breaker.threshold),
      notPermittedCalls,
      slowCallRate: percent(failureRate < 0 ? -1 : 0),
      slowCallRateThreshold: '100.0%',
      slowCalls: 0,
      slowFailedCalls: 0,
      state: breaker.state,
    },
  ];
}

const eventsShown = ([circuitBreakerName, { events }]: [string, Breaker]): object[] =>
  events.map(({ type, at, durationMs, error, transition }: BreakerEvent) => ({
    circuitBreakerName,
    creationTime: `${new Date(at).toISOString()}[Etc/UTC]`,
    durationInMs: durationMs,
    errorMessage: error,
    stateTransition: transition,
    type,
  }));

/** Its states never make the whole anything but UP, as it is unless somebody says otherwise. */
function breakersHealth(breakers: ReadonlyMap<string, Breaker>): object {
  const statuses: Readonly<Record<BreakerState, string>> = {
    CLOSED: 'UP',
    OPEN: 'CIRCUIT_OPEN',
    HALF_OPEN: 'CIRCUIT_HALF_OPEN',
    FORCED_OPEN: 'UNKNOWN',
    DISABLED: 'UNKNOWN',
    METRICS_ONLY: 'UNKNOWN',
  };
  const details = Object.fromEntries(
    [...breakers].map((one) => [one[0], { details: shown(one)[1], status: statuses[one[1].state] }]),
  );
  const isUp = [...breakers.values()].every(({ state }) => state === 'CLOSED');
  return { details, status: isUp ? 'UP' : 'UNKNOWN' };
}
