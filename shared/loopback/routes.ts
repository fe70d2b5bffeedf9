import { pathOf } from './requestGuard.ts';

/** What a client may ask for over plain HTTP. Whatever is not in this table is refused. */
export interface Route {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'DELETE';
  readonly path: string;
  /** `open` routes hold nothing but the program's own text; all others need a session. */
  readonly access: 'open' | 'session';
  readonly action: 'page' | 'openSession' | 'checkSession' | 'endSession' | 'socket';
}

/** The whole of the server's surface beside the static files; every procedure runs inside `/rpc`. */
export const routes: readonly Route[] = [
  { method: 'GET', path: '/', access: 'open', action: 'page' },
  { method: 'HEAD', path: '/', access: 'open', action: 'page' },
  { method: 'POST', path: '/session', access: 'open', action: 'openSession' },
  { method: 'GET', path: '/session', access: 'session', action: 'checkSession' },
  { method: 'DELETE', path: '/session', access: 'session', action: 'endSession' },
  { method: 'GET', path: '/rpc', access: 'session', action: 'socket' },
];

/** The route of a request, or null where there is none. */
export function routeOf(method: string, url: string): Route | null {
  const path = pathOf(url);
  return routes.find((route) => route.method === method && route.path === path) ?? null;
}
