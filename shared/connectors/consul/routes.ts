import { type Content, listOf } from './entryWrites/content.ts';

/** One route of a service-router, in the order in which proxies try them: the first that fits takes the request. */
export interface RouterRoute {
  readonly index: number;
  readonly raw: Content;
  /** What it asks of a request; empty where it takes every one. */
  readonly http: Content;
  readonly destination: Content;
}

export function routesIn(content: Content): RouterRoute[] {
  return listOf(content['Routes']).map((raw, index) => {
    const http = { ...mapAt(mapAt(raw, 'Match'), 'HTTP') };
    // Every path begins with it.
    if (http['PathPrefix'] === '/') delete http['PathPrefix'];
    const asked = Object.entries(http).filter(
      ([, value]) =>
        value !== '' && value !== null && value !== false && !(Array.isArray(value) && value.length === 0),
    );
    return { index, raw, http: Object.fromEntries(asked), destination: mapAt(raw, 'Destination') };
  });
}

export const takesAll = ({ http }: RouterRoute): boolean => Object.keys(http).length === 0;

/** Where a route sends its requests; the service's own splitter and resolver take over where no subset is named. */
export function targetOf(
  { destination }: RouterRoute,
  service: string,
): { readonly service: string; readonly subset: string | null } {
  return {
    service: textAt(destination, 'Service')?.toLowerCase() ?? service,
    subset: textAt(destination, 'ServiceSubset'),
  };
}

export function mapAt(content: Content, key: string): Content {
  const value = content[key];
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Content) : {};
}

/** Null where there is no text, or an empty one. */
export function textAt(content: Content, key: string): string | null {
  const value = content[key];
  return typeof value === 'string' && value !== '' ? value : null;
}

/** Which requests take a route, in words. */
export function sayRoute({ http }: RouterRoute): string {
  const parts = Object.entries(http).flatMap(([key, value]) => {
    switch (key) {
      case 'PathExact':
        return `path is ${String(value)}`;
      case 'PathPrefix':
        return `path begins with ${String(value)}`;
      case 'PathRegex':
        return `path matches ${String(value)}`;
      case 'CaseInsensitive':
        return 'whatever the case of its letters';
      case 'Methods':
        return `method is ${(value as readonly unknown[]).map(String).join(' or ')}`;
      case 'Header':
        return listOf(value).map((one) => sayCondition('header', one));
      case 'QueryParam':
        return listOf(value).map((one) => sayCondition('query', one));
      default:
        return `${key} is asked for`;
    }
  });
  return parts.length === 0 ? 'all requests' : parts.join(' and ').slice(0, 200);
}

function sayCondition(what: string, condition: Content): string {
  const name = `${what} ${textAt(condition, 'Name') ?? ''}`;
  const not = condition['Invert'] === true ? 'not ' : '';
  const words = { Exact: 'is', Prefix: 'begins with', Suffix: 'ends with', Regex: 'matches' } as const;
  for (const [key, word] of Object.entries(words)) {
    const value = textAt(condition, key);
    if (value !== null) return `${not}${name} ${word} ${value}`;
  }
  return `${not}${name} is present`;
}
