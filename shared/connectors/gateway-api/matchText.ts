import { listAt, textAt } from '../kube/objects.ts';

/** Which requests take a rule, in words. Several conditions of one entry all hold; of several entries one suffices. */
export function sayMatches(kind: string, matches: readonly unknown[]): string {
  if (matches.length === 0) return 'all requests';
  const told = matches.slice(0, 4).map((match) => (kind === 'GRPCRoute' ? sayGrpc(match) : sayHttp(match)));
  if (told.includes('all requests')) return 'all requests';
  const more = matches.length > 4 ? `, or ${matches.length - 4} more` : '';
  return `${told.join(', or ')}${more}`;
}

const joined = (parts: readonly (string | null)[]): string =>
  parts
    .filter((part) => part !== null)
    .join(' and ')
    .slice(0, 200) || 'all requests';

const sayHttp = (match: unknown): string =>
  joined([
    sayPath(textAt(match, 'path', 'type') ?? 'PathPrefix', textAt(match, 'path', 'value') ?? '/'),
    textAt(match, 'method') === null ? null : `method is ${textAt(match, 'method')}`,
    ...sayNamed('header', listAt(match, 'headers')),
    ...sayNamed('query', listAt(match, 'queryParams')),
  ]);

function sayGrpc(match: unknown): string {
  const service = textAt(match, 'method', 'service');
  const method = textAt(match, 'method', 'method');
  const verb = textAt(match, 'method', 'type') === 'RegularExpression' ? 'matches' : 'is';
  return joined([
    service === null ? null : `gRPC service ${verb} ${service}`,
    method === null ? null : `gRPC method ${verb} ${method}`,
    ...sayNamed('header', listAt(match, 'headers')),
  ]);
}

function sayPath(type: string, value: string): string | null {
  switch (type) {
    case 'Exact':
      return `path is ${value}`;
    case 'RegularExpression':
      return `path matches ${value}`;
    default:
      return value === '/' ? null : `path begins with ${value}`;
  }
}

const sayNamed = (what: string, conditions: readonly unknown[]): string[] =>
  conditions.map((one) => {
    const verb = textAt(one, 'type') === 'RegularExpression' ? 'matches' : 'is';
    return `${what} ${textAt(one, 'name') ?? ''} ${verb} ${textAt(one, 'value') ?? ''}`;
  });
