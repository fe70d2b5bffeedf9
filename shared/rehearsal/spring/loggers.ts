import { type Answered, type Endpoint, springError } from './server.ts';

const levels = ['OFF', 'ERROR', 'WARN', 'INFO', 'DEBUG', 'TRACE'];

/** Loggers of one process, by name with the level of its own; null has that of the one above. */
export interface SimulatedLoggers {
  readonly endpoint: Endpoint;
  readonly levels: Map<string, string | null>;
}

export function simulateLoggers(given: Readonly<Record<string, string | null>>): SimulatedLoggers {
  const own = new Map<string, string | null>([['ROOT', 'INFO'], ...Object.entries(given)]);

  function effective(name: string): string {
    for (let at = name; at !== ''; at = at.split('.').slice(0, -1).join('.')) {
      const level = own.get(at) ?? null;
      if (level !== null) return level;
    }
    return own.get('ROOT') ?? 'INFO';
  }

  function shown(name: string) {
    const level = own.get(name) ?? null;
    return { ...(level === null ? {} : { configuredLevel: level }), effectiveLevel: effective(name) };
  }

  function set(name: string, body: string, path: string): Answered {
    const { configuredLevel } = JSON.parse(body) as { configuredLevel?: string | null };
    if (configuredLevel != null && !levels.includes(configuredLevel))
      return springError(400, 'Bad Request', path);
    // The logging system has nothing to fall back on there, and says so badly.
    if (configuredLevel == null && name === 'ROOT') return springError(500, 'Internal Server Error', path);
    own.set(name, configuredLevel ?? null);
    return { status: 204 };
  }

  return {
    levels: own,
    endpoint({ method, path, body }) {
      if (path === '/actuator/loggers' && method === 'GET')
        return {
          status: 200,
          body: {
            levels,
            loggers: Object.fromEntries([...own.keys()].map((name) => [name, shown(name)])),
            groups: {},
          },
        };
      const name = /^\/actuator\/loggers\/(.+)$/.exec(path)?.[1];
      if (name === undefined) return undefined;
      return method === 'GET' ? { status: 200, body: shown(name) } : set(name, body, path);
    },
  };
}
