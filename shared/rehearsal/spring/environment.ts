import type { HandedOut } from './configServer.ts';
import { type Answered, type Endpoint, springError } from './server.ts';

/** An instance's environment with what was overridden in its memory, and what it had of the Config Server when it last asked. */
export interface SimulatedEnvironment {
  readonly endpoint: Endpoint;
  readonly overrides: Map<string, string>;
  /** Shows stars instead of values, as Spring Boot does unless it is told otherwise. */
  masks: boolean;
  /** Whether overrides can be written; they cannot unless Spring is told so. */
  writable: boolean;
  /** What its beans use of a property: they take it at a refresh. */
  used(key: string): string | null;
}

type Value = string | number | boolean;

export function simulateEnvironment({
  profiles = [],
  own,
  handedOut = () => [],
  refreshed = () => undefined,
}: {
  readonly profiles?: readonly string[];
  /** Properties of its own, below overrides and above what the Config Server gives. */
  readonly own: Readonly<Record<string, Value>>;
  readonly handedOut?: () => readonly HandedOut[];
  /** Called at each refresh. */
  readonly refreshed?: () => void;
}): SimulatedEnvironment {
  const overrides = new Map<string, string>();
  const settings: Pick<SimulatedEnvironment, 'masks' | 'writable'> = { masks: false, writable: true };
  let fetched = handedOut();
  let used = effective();

  function sources(): { name: string; properties: ReadonlyMap<string, Value>; origin: string | null }[] {
    return [
      ...(overrides.size > 0 ? [{ name: 'manager', properties: overrides, origin: null }] : []),
      {
        name: 'spring.application.json',
        properties: new Map(Object.entries(own)),
        origin: 'System Environment Property "SPRING_APPLICATION_JSON"',
      },
      ...fetched.map(({ name, source }) => ({
        name: `configserver:${name}`,
        properties: source,
        origin: `Config Server ${name}:1:1`,
      })),
    ];
  }

  function effective(): Map<string, string> {
    return new Map(
      sources()
        .reverse()
        .flatMap(({ properties }) => [...properties].map(([key, value]) => [key, String(value)] as const)),
    );
  }

  const shown = (value: Value): Value => (settings.masks ? '******' : value);
  const active = { activeProfiles: profiles, defaultProfiles: ['default'] };

  function whole(): Answered {
    const propertySources = sources().map(({ name, properties, origin }) => ({
      name,
      properties: Object.fromEntries(
        [...properties].map(([key, value]) => [
          key,
          { value: shown(value), ...(origin === null ? {} : { origin }) },
        ]),
      ),
    }));
    return { status: 200, body: { ...active, propertySources } };
  }

  function one(key: string): Answered {
    const all = sources();
    const first = all.find(({ properties }) => properties.has(key));
    const value = first?.properties.get(key);
    if (first === undefined || value === undefined) return { status: 404 };
    return {
      status: 200,
      body: {
        ...active,
        property: { source: first.name, value: shown(value) },
        propertySources: all.map(({ name, properties, origin }) => {
          const found = properties.get(key);
          return found === undefined
            ? { name }
            : { name, property: { value: shown(found), ...(origin === null ? {} : { origin }) } };
        }),
      },
    };
  }

  function refresh(): Answered {
    const before = new Map(fetched.flatMap(({ source }) => [...source]));
    fetched = handedOut();
    const after = new Map(fetched.flatMap(({ source }) => [...source]));
    used = effective();
    refreshed();
    const keys = new Set([...before.keys(), ...after.keys()]);
    return { status: 200, body: [...keys].filter((key) => before.get(key) !== after.get(key)) };
  }

  const endpoint: Endpoint = ({ method, path, body }) => {
    if (path === '/actuator/refresh' && method === 'POST') return refresh();
    if (path === '/actuator/env' && method === 'GET') return whole();
    const key = /^\/actuator\/env\/(.+)$/.exec(path)?.[1];
    if (key !== undefined && method === 'GET') return one(key);
    if (path !== '/actuator/env') return undefined;
    if (!settings.writable) return springError(405, 'Method Not Allowed', path);
    if (method === 'DELETE') {
      const dropped = Object.fromEntries(overrides);
      overrides.clear();
      return { status: 200, body: dropped };
    }
    const { name, value } = JSON.parse(body) as { name?: string; value?: string };
    if (name === undefined || value === undefined) return springError(400, 'Bad Request', path);
    overrides.set(name, value);
    return { status: 200, body: { [name]: value } };
  };

  return Object.assign(settings, { endpoint, overrides, used: (key: string) => used.get(key) ?? null });
}
