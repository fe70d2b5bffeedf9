import type { Meters } from './meters.ts';
import { type Answered, type Endpoint, springError } from './server.ts';

interface Part {
  readonly name: string;
  readonly args: Readonly<Record<string, string>>;
}

/** A route as a gateway stores it. */
export interface StoredRoute {
  readonly id: string;
  readonly uri: string;
  readonly order: number;
  readonly predicates: readonly Part[];
  readonly filters: readonly Part[];
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly enabled: boolean;
}

interface Loaded {
  readonly route: StoredRoute;
  readonly weight: { readonly group: string; readonly weight: number } | null;
}

/** One running Spring Cloud Gateway: routes of its file, routes laid over them in memory, and the table that it serves. */
export interface SimulatedGateway {
  readonly endpoint: Endpoint;
  /** How far its actuator lets it be changed. */
  access: 'unrestricted' | 'read-only' | 'none';
  /** `keepsTable`: every refresh answers 200 and loads nothing. `losesRefresh`: refresh fails. A number: so many writes are stored before the next fail. */
  fault: 'keepsTable' | 'losesRefresh' | number | null;
  /** As it happens at each heartbeat of Eureka's client: what is stored is loaded. */
  heartbeat(): void;
  /** What is stored in memory, by id. */
  readonly memory: Map<string, StoredRoute>;
  /** Where it sends a call of this path; null where no route takes it, and it answers 404. */
  send(path: string, headers?: Readonly<Record<string, string>>): string | null;
  /** The same for many, that were answered so: how many went where. */
  sendMany(path: string, calls: number, status: number): ReadonlyMap<string, number>;
}

const named = (name: string, ...args: readonly string[]): Part => ({
  name,
  args: Object.fromEntries(args.map((arg, position) => [`_genkey_${position}`, arg])),
});

/** As a file writes it: `Path=/pay/**`, `Weight=payment, 80`. */
export const fileRoute = (
  id: string,
  uri: string,
  path: string,
  group: string,
  weight: number,
): StoredRoute => ({
  id,
  uri,
  order: 0,
  predicates: [named('Path', path), named('Weight', group, String(weight))],
  filters: [],
  metadata: {},
  enabled: true,
});

/** Of many calls so many are followed one by one; each stands for its share of all. */
const mostFollowed = 24;

const predicateNames = ['Path', 'Weight', 'Header', 'Cookie', 'Method', 'Host', 'Query'];

export function createGateway({
  file,
  meters,
  fraction,
  now = Date.now,
}: {
  readonly file: readonly StoredRoute[];
  readonly meters: Meters;
  /** 0 to 1, for which route gets a call. */
  readonly fraction: () => number;
  readonly now?: () => number;
}): SimulatedGateway {
  const memory = new Map<string, StoredRoute>();
  const settings: Pick<SimulatedGateway, 'access' | 'fault'> = { access: 'unrestricted', fault: null };
  const stored = (): StoredRoute[] => [...file, ...memory.values()];
  let table = load(stored()) ?? [];

  /** One route that is not bound, and the table before it stays. */
  function refresh(): void {
    if (settings.fault !== 'keepsTable') table = load(stored()) ?? table;
  }

  const endpoint: Endpoint = ({ method, path, body }) => {
    if (!path.startsWith('/actuator/gateway')) return undefined;
    if (settings.access === 'none') return springError(404, 'Not Found', path);
    if (path === '/actuator/gateway/routedefinitions') return { status: 200, body: stored() };
    if (path === '/actuator/gateway/routes' && method === 'GET')
      return { status: 200, body: table.map(shown) };
    if (path === '/actuator/gateway/refresh') {
      if (settings.access === 'read-only') return springError(404, 'Not Found', path);
      if (method !== 'POST') return springError(405, 'Method Not Allowed', path);
      if (settings.fault === 'losesRefresh') return springError(500, 'Internal Server Error', path);
      refresh();
      return { status: 200 };
    }
    const id = /^\/actuator\/gateway\/routes\/(.+)$/s.exec(path)?.[1];
    if (id === undefined) return springError(404, 'Not Found', path);
    return settings.access === 'read-only' && method !== 'GET'
      ? springError(405, 'Method Not Allowed', path)
      : change(method, id, body, path);
  };

  function change(method: string, id: string, body: string, path: string): Answered {
    if (method === 'DELETE') return memory.delete(id) ? { status: 200 } : { status: 404 };
    if (method !== 'POST') return springError(405, 'Method Not Allowed', path);
    if (typeof settings.fault === 'number') {
      if (settings.fault === 0) return springError(500, 'Internal Server Error', path);
      settings.fault -= 1;
    }
    const route = parsed(id, body);
    if (route === null) return springError(400, 'Bad Request', path);
    memory.set(id, route);
    // It answers with the route's own address, which it cannot write for such an id; the route is stored.
    return /[ %]/.test(id) ? springError(500, 'Internal Server Error', path) : { status: 201 };
  }

  /** Whose turn it is. */
  function routeFor(path: string, headers: Readonly<Record<string, string>>): StoredRoute | null {
    const matching = table.filter(({ route }) => takes(route, path, headers));
    const groups = new Map<string, string>();
    for (const { weight } of table)
      if (weight !== null && !groups.has(weight.group))
        groups.set(weight.group, chosenIn(table, weight.group, fraction()));
    const taken = matching.find(
      ({ route, weight }) => weight === null || groups.get(weight.group) === route.id,
    );
    return taken?.route ?? null;
  }

  function note({ id, uri }: StoredRoute, calls: number, status: number): void {
    const seconds = 0.005;
    const tags = {
      httpMethod: 'GET',
      httpStatusCode: String(status),
      outcome: status >= 500 ? 'SERVER_ERROR' : status >= 400 ? 'CLIENT_ERROR' : 'SUCCESSFUL',
      routeId: id,
      routeUri: uri,
      status: status === 200 ? 'OK' : String(status),
    };
    const taken = { calls, totalSeconds: calls * seconds, maxSeconds: seconds };
    meters.time('spring.cloud.gateway.requests', tags, taken, now());
  }

  function sendMany(
    path: string,
    calls: number,
    status: number,
    headers: Readonly<Record<string, string>> = {},
  ): ReadonlyMap<string, number> {
    const sent = new Map<string, number>();
    const followed = Math.min(calls, mostFollowed);
    for (let i = 0; i < followed; i += 1) {
      const route = routeFor(path, headers);
      if (route === null) break;
      const share = Math.floor(calls / followed) + (i < calls % followed ? 1 : 0);
      note(route, share, status);
      sent.set(route.uri, (sent.get(route.uri) ?? 0) + share);
    }
    return sent;
  }

  return Object.assign(settings, {
    endpoint,
    memory,
    heartbeat: refresh,
    send: (path: string, headers: Readonly<Record<string, string>> = {}) =>
      [...sendMany(path, 1, 200, headers).keys()][0] ?? null,
    sendMany,
  });
}

/** The table of what is stored; null where one of the routes cannot be bound. */
function load(stored: readonly StoredRoute[]): readonly Loaded[] | null {
  const loaded: Loaded[] = [];
  for (const route of stored) {
    const args = route.predicates.find(({ name }) => name === 'Weight')?.args;
    const group = args?.['weight.group'] ?? args?.['_genkey_0'];
    const weight = evaluated(args?.['weight.weight'] ?? args?.['_genkey_1'] ?? '');
    if (args !== undefined && (group === undefined || !/^\d+$/.test(weight))) return null;
    loaded.push({ route, weight: group === undefined ? null : { group, weight: Number(weight) } });
  }
  return loaded.sort((a, b) => a.route.order - b.route.order);
}

/** Spring evaluates what stands in `#{}`, here as far as two numbers are added. */
const evaluated = (value: string): string =>
  value.replace(/^#\{(\d+)\+(\d+)\}$/, (_, a, b) => String(Number(a) + Number(b)));

/** Of routes with the same id the last one's weight counts. */
function chosenIn(table: readonly Loaded[], group: string, at: number): string {
  const weights = new Map<string, number>();
  for (const { route, weight } of table) if (weight?.group === group) weights.set(route.id, weight.weight);
  const total = [...weights.values()].reduce((sum, weight) => sum + weight, 0);
  let left = at * total;
  for (const [id, weight] of weights) {
    left -= weight;
    if (left < 0) return id;
  }
  return '';
}

function takes(
  { predicates }: StoredRoute,
  path: string,
  headers: Readonly<Record<string, string>>,
): boolean {
  return predicates.every(({ name, args }) => {
    const [first = '', second = ''] = Object.values(args);
    const asked = new RegExp(`^(?:${second})$`);
    if (name === 'Path') return path.startsWith(first.replace('/**', '/'));
    if (name === 'Header') return asked.test(headers[first] ?? '\n');
    if (name !== 'Cookie') return true;
    const cookies = (headers['cookie'] ?? '').split('; ').map((one) => one.split('='));
    return cookies.some(([cookie, value = '']) => cookie === first && asked.test(value));
  });
}

function parsed(id: string, body: string): StoredRoute | null {
  try {
    const {
      uri = '',
      order = 0,
      predicates = [],
      filters = [],
      metadata = {},
      enabled = true,
    } = JSON.parse(body) as Partial<StoredRoute>;
    if (predicates.some(({ name }) => !predicateNames.includes(name))) return null;
    return { id, uri, order, predicates, filters, metadata, enabled };
  } catch {
    return null;
  }
}

const shown = ({ route, weight }: Loaded): object => {
  const arg = (name: string, at: number): string =>
    Object.values(route.predicates.find((one) => one.name === name)?.args ?? {})[at] ?? '';
  const has = (name: string): boolean => route.predicates.some((one) => one.name === name);
  const others = [
    ...(has('Header') ? [`Header: ${arg('Header', 0)} regexp=${arg('Header', 1)}`] : []),
    ...(has('Cookie') ? [`Cookie: name=${arg('Cookie', 0)} regexp=${arg('Cookie', 1)}`] : []),
    ...(weight === null ? [] : [`Weight: ${weight.group} ${weight.weight}`]),
  ];
  const path = has('Path') ? arg('Path', 0) : '/**';
  const first = `(RouteDefinitionRouteLocator$$Lambda$1480/0x00007f55bf78e640 && Paths: [${path}], match trailing slash: true)`;
  return {
    predicate: others.reduce((all, one) => `(${all} && ${one})`, first),
    ...(Object.keys(route.metadata).length === 0 ? {} : { metadata: route.metadata }),
    route_id: route.id,
    filters: [],
    uri: route.uri,
    order: route.order,
  };
};
