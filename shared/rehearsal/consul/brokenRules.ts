import { isHttp, listIn, protocolOf, textIn } from './entryRules.ts';
import type { ConsulState, Entry, Fields } from './state.ts';

/** The rule that a write breaks, in Consul's words; null where it breaks none. */
export function brokenBy(state: ConsulState, content: Fields): string | null {
  const kind = textIn(content, 'Kind');
  const name = textIn(content, 'Name');
  if (name === '') return 'Name is required';
  const long = Object.entries((content['Meta'] ?? {}) as Fields).find(
    ([, value]) => typeof value === 'string' && Buffer.byteLength(value) > 512,
  );
  if (long !== undefined)
    return one(`Meta value for key ${JSON.stringify(long[0])} exceeds maximum length 512`);
  const own = ownRules[kind]?.(content) ?? null;
  if (own !== null) return own;
  if (kind === 'service-splitter' || kind === 'service-router') {
    const protocol = protocolOf(state, name);
    if (!isHttp(protocol))
      return `discovery chain ${JSON.stringify(name)} uses a protocol ${JSON.stringify(protocol)} that does not permit advanced routing or splitting behavior`;
  }
  return undeclared(state, { kind, name, content });
}

/** What removing an entry would break. */
export const brokenWithout = (state: ConsulState, kind: string, name: string): string | null =>
  kind === 'service-resolver' ? undeclared(state, { kind, name, content: undefined }) : null;

/** As Go's multierror writes a single error. */
const one = (error: string): string => `1 error occurred:\n\t* ${error}\n\n`;

const ownRules: Readonly<Record<string, (content: Fields) => string | null>> = {
  'service-splitter': (content) => {
    const splits = listIn(content, 'Splits');
    if (splits.length === 0) return 'no splits configured';
    const sum = splits.reduce((all, { Weight }) => all + Number(Weight ?? 0), 0);
    return Math.abs(sum - 100) >= 0.001
      ? `the sum of all split weights must be 100, not ${sum.toFixed(6)}`
      : null;
  },
  'service-resolver': (content) => {
    const subsets = (content['Subsets'] ?? {}) as Fields;
    const chosen = textIn(content, 'DefaultSubset');
    if (chosen !== '' && !(chosen in subsets))
      return `DefaultSubset ${JSON.stringify(chosen)} is not a valid subset`;
    for (const [subset, given] of Object.entries((content['Failover'] ?? {}) as Fields)) {
      const where = `Bad Failover[${JSON.stringify(subset)}]`;
      if (subset !== '*' && !(subset in subsets)) return `${where}: not a valid subset subset`;
      if (Object.keys(given as Fields).length === 0)
        return `${where}: one of Service, ServiceSubset, Namespace, Targets, SamenessGroup, or Datacenters is required`;
    }
    return null;
  },
  'service-router': (content) => {
    for (const [index, route] of listIn(content, 'Routes').entries()) {
      const http = ((route['Match'] as Fields | undefined)?.['HTTP'] ?? {}) as Fields;
      const paths = ['PathExact', 'PathPrefix', 'PathRegex'].filter((field) => textIn(http, field) !== '');
      if (paths.length > 1)
        return `Route[${index}] should only contain at most one of PathExact, PathPrefix, or PathRegex`;
      for (const field of ['PathExact', 'PathPrefix']) {
        const path = textIn(http, field);
        if (path !== '' && !path.startsWith('/'))
          return `Route[${index}] ${field} doesn't start with '/': ${JSON.stringify(path)}`;
      }
      for (const [at, header] of listIn(http, 'Header').entries()) {
        const texts = ['Exact', 'Prefix', 'Suffix', 'Regex'].filter((field) => textIn(header, field) !== '');
        if (texts.length + (header['Present'] === true ? 1 : 0) !== 1)
          return `Route[${index}] Header[${at}] should only contain one of Present, Exact, Prefix, Suffix, or Regex`;
      }
    }
    return null;
  },
  'service-defaults': (content) => {
    const protocol = textIn(content, 'Protocol');
    if (protocol !== '' && protocol !== 'tcp' && !isHttp(protocol))
      return one(`invalid value for protocol: ${protocol}`);
    for (const upstream of listIn(content['UpstreamConfig'] as Fields | undefined, 'Overrides')) {
      const name = textIn(upstream, 'Name');
      const within = `error in upstream override for ${name}:`;
      if (name === '') return one(`${within}: Name is required`);
      const limits = (upstream['Limits'] ?? {}) as Fields;
      const negative = Object.entries(limitWords).find(([field]) => Number(limits[field] ?? 0) < 0);
      if (negative !== undefined) return one(`${within}: ${one(`${negative[1]} cannot be negative`)}`);
    }
    return null;
  },
  'service-intentions': (content) => {
    const sources = listIn(content, 'Sources');
    if (sources.length === 0) return 'At least one source is required';
    const seen = new Set<string>();
    for (const [index, source] of sources.entries()) {
      const name = textIn(source, 'Name');
      const permitted = listIn(source, 'Permissions').length > 0;
      if (!permitted && !['allow', 'deny'].includes(textIn(source, 'Action')))
        return `Sources[${index}].Action must be set to 'allow' or 'deny'`;
      const whole = `${name} ${textIn(source, 'Peer')}`;
      if (seen.has(whole)) return `Sources[${index}] defines ${JSON.stringify(name)} more than once`;
      seen.add(whole);
    }
    return null;
  },
};

const limitWords: Readonly<Record<string, string>> = {
  MaxConnections: 'max connections',
  MaxPendingRequests: 'max pending requests',
  MaxConcurrentRequests: 'max concurrent requests',
};

/** A subset that some entry would name and no resolver declare, once this one is as given; undefined is gone. */
function undeclared(
  state: ConsulState,
  given: Pick<Entry, 'kind' | 'name'> & { readonly content: Fields | undefined },
): string | null {
  const all = (kind: string): Pick<Entry, 'name' | 'content'>[] => {
    const others = state.entries(kind).filter((entry) => kind !== given.kind || entry.name !== given.name);
    const { name, content } = given;
    return kind !== given.kind || content === undefined ? others : [...others, { name, content }];
  };
  const resolvers = new Map(all('service-resolver').map(({ name, content }) => [name, content]));
  const named = [
    ...all('service-splitter').flatMap(({ name, content }) =>
      listIn(content, 'Splits').map((split) => ({ name, to: split })),
    ),
    ...all('service-router').flatMap(({ name, content }) =>
      listIn(content, 'Routes').map((route) => ({ name, to: (route['Destination'] ?? {}) as Fields })),
    ),
  ];
  for (const { name, to } of named) {
    const subset = textIn(to, 'ServiceSubset');
    const service = textIn(to, 'Service') || name;
    if (subset !== '' && !(subset in ((resolvers.get(service)?.['Subsets'] ?? {}) as Fields)))
      return `service ${JSON.stringify(service)} does not have a subset named ${JSON.stringify(subset)}`;
  }
  return null;
}
