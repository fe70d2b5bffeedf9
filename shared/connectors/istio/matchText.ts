import { at, listAt, mapAt, numberAt, textAt } from '../kube/objects.ts';

/** Which requests take a route, in words. Several conditions of one entry all hold; of several entries one suffices. */
export function sayMatch(match: readonly unknown[]): string {
  if (match.length === 0) return 'all requests';
  const told = match.slice(0, 4).map(sayOne);
  if (told.includes('all requests')) return 'all requests';
  const more = match.length > 4 ? `, or ${match.length - 4} more` : '';
  return `${told.join(', or ')}${more}`;
}

function sayOne(match: unknown): string {
  const parts = [
    say('path', at(match, 'uri')),
    say('method', at(match, 'method')),
    say('authority', at(match, 'authority')),
    say('scheme', at(match, 'scheme')),
    ...sayMap('header', at(match, 'headers')),
    ...sayMap('query', at(match, 'queryParams')),
    ...sayMap('without header', at(match, 'withoutHeaders')),
    numberAt(match, 'port') === null ? null : `port ${numberAt(match, 'port')}`,
    ...listAt(match, 'sniHosts').map((host) => `server name ${String(host)}`),
    sayLabels(match),
    textAt(match, 'sourceNamespace') === null ? null : `callers in ${textAt(match, 'sourceNamespace')}`,
  ].filter((part) => part !== null);
  return parts.length === 0 ? 'all requests' : parts.join(' and ').slice(0, 200);
}

function say(what: string, condition: unknown): string | null {
  const exact = textAt(condition, 'exact');
  if (exact !== null) return `${what} is ${exact}`;
  const prefix = textAt(condition, 'prefix');
  if (prefix !== null) return prefix === '/' && what === 'path' ? null : `${what} begins with ${prefix}`;
  const regex = textAt(condition, 'regex');
  if (regex !== null) return `${what} matches ${regex}`;
  return condition === undefined ? null : `${what} is present`;
}

const sayMap = (what: string, conditions: unknown): (string | null)[] =>
  typeof conditions === 'object' && conditions !== null
    ? Object.entries(conditions).map(([name, condition]) => say(`${what} ${name}`, condition))
    : [];

function sayLabels(match: unknown): string | null {
  const labels = mapAt(match, 'sourceLabels');
  return labels.size === 0
    ? null
    : `callers labelled ${[...labels].map(([key, value]) => `${key}=${value}`).join(', ')}`;
}
