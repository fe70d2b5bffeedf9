import type { ConsulState, Entry, Fields } from './state.ts';

/** Kinds of config entries that this data centre takes, with the fields that each may have beside Kind, Name and Meta. */
const fieldsOf: Readonly<Record<string, readonly string[]>> = {
  'proxy-defaults': ['Config', 'Mode', 'TransparentProxy', 'MeshGateway', 'Expose', 'AccessLogs', 'EnvoyExtensions', 'FailoverPolicy', 'PrioritizeByLocality', 'MutualTLSMode'],
  'service-defaults': ['Protocol', 'Mode', 'TransparentProxy', 'MeshGateway', 'Expose', 'ExternalSNI', 'UpstreamConfig', 'Destination', 'MaxInboundConnections', 'LocalConnectTimeoutMs', 'LocalRequestTimeoutMs', 'BalanceInboundConnections', 'RateLimits', 'EnvoyExtensions', 'MutualTLSMode'],
  'service-resolver': ['ConnectTimeout', 'RequestTimeout', 'Subsets', 'DefaultSubset', 'Redirect', 'Failover', 'LoadBalancer', 'PrioritizeByLocality'],
  'service-splitter': ['Splits'],
  'service-router': ['Routes'],
  'service-intentions': ['Sources', 'JWT'],
}; // prettier-ignore

export const isKind = (kind: string): boolean => kind in fieldsOf;

export const listIn = (content: Fields | undefined, field: string): readonly Fields[] =>
  Array.isArray(content?.[field]) ? (content[field] as Fields[]) : [];

const textIn = (content: Fields | undefined, field: string): string =>
  typeof content?.[field] === 'string' ? content[field] : '';

/** What Consul answers to an entry that it cannot read; null where it can. */
export function misreadOf(content: Fields): string | null {
  const kind = textIn(content, 'Kind');
  const known = fieldsOf[kind];
  if (known === undefined) return `Request decoding failed: invalid config entry kind: ${kind}`;
  const common = ['Kind', 'Name', 'Meta', 'Namespace', 'Partition', 'CreateIndex', 'ModifyIndex', 'Hash'];
  const odd = Object.keys(content).filter((key) => !known.includes(key) && !common.includes(key));
  if (odd.length === 0) return null;
  const errors = odd.map((key) => `\t* invalid config key ${JSON.stringify(key)}\n`).join('');
  return `Request decoding failed: ${odd.length} error${odd.length === 1 ? '' : 's'} occurred:\n${errors}\n`;
}

/** The entry as Consul keeps it: with what it fills in itself. */
export function normalised(content: Fields): Fields {
  const { CreateIndex: _c, ModifyIndex: _m, Hash: _h, ...given } = content;
  const filled = { TransparentProxy: {}, MeshGateway: {}, Expose: {} };
  switch (given['Kind']) {
    case 'proxy-defaults':
      return { ...filled, AccessLogs: {}, ...given };
    case 'service-defaults':
      return { ...filled, ...given };
    case 'service-intentions': {
      const Sources = listIn(given, 'Sources').map((source) => ({
        ...source,
        Precedence: precedenceOf(textIn(source, 'Name'), textIn(given, 'Name')),
        Type: 'consul',
      }));
      return { ...given, Sources };
    }
    default:
      return given;
  }
}

const precedenceOf = (source: string, destination: string): number =>
  9 - (source === '*' ? 1 : 0) - (destination === '*' ? 3 : 0);

/** What a service speaks; without a protocol of HTTP there is nothing to split or route by. */
export function protocolOf(state: ConsulState, service: string): string {
  const own = textIn(state.entry('service-defaults', service)?.content, 'Protocol');
  if (own !== '') return own;
  const all = state.entry('proxy-defaults', 'global')?.content['Config'];
  return textIn(all as Fields | undefined, 'protocol') || 'tcp';
}

export const isHttp = (protocol: string): boolean => ['http', 'http2', 'grpc'].includes(protocol);

/** The rule that a write breaks, in Consul's words; null where it breaks none. */
export function brokenBy(state: ConsulState, content: Fields): string | null {
  const kind = textIn(content, 'Kind');
  const name = textIn(content, 'Name');
  if (name === '') return 'Name is required';
  if (kind === 'service-splitter') {
    const splits = listIn(content, 'Splits');
    if (splits.length === 0) return 'no splits configured';
    const sum = splits.reduce((all, { Weight }) => all + Number(Weight ?? 0), 0);
    if (Math.abs(sum - 100) >= 0.001)
      return `the sum of all split weights must be 100, not ${sum.toFixed(6)}`;
  }
  if (kind === 'service-splitter' || kind === 'service-router') {
    const protocol = protocolOf(state, name);
    if (!isHttp(protocol))
      return `discovery chain ${JSON.stringify(name)} uses a protocol ${JSON.stringify(protocol)} that does not permit advanced routing or splitting behavior`;
  }
  const resolverOf = (service: string): Fields | undefined =>
    kind === 'service-resolver' && service === name
      ? content
      : state.entry('service-resolver', service)?.content;
  const splitters = [
    ...state.entries('service-splitter').filter((one) => kind !== 'service-splitter' || one.name !== name),
    ...(kind === 'service-splitter' ? [{ name, content }] : []),
  ];
  return undeclared(splitters, resolverOf);
}

/** What removing an entry would break. */
export function brokenWithout(state: ConsulState, kind: string, name: string): string | null {
  if (kind !== 'service-resolver') return null;
  return undeclared(state.entries('service-splitter'), (service) =>
    service === name ? undefined : state.entry('service-resolver', service)?.content,
  );
}

function undeclared(
  splitters: readonly Pick<Entry, 'name' | 'content'>[],
  resolverOf: (service: string) => Fields | undefined,
): string | null {
  for (const splitter of splitters) {
    for (const split of listIn(splitter.content, 'Splits')) {
      const subset = textIn(split, 'ServiceSubset');
      if (subset === '') continue;
      const service = textIn(split, 'Service') || splitter.name;
      const subsets = resolverOf(service)?.['Subsets'] ?? {};
      if (!(subset in (subsets as Fields)))
        return `service ${JSON.stringify(service)} does not have a subset named ${JSON.stringify(subset)}`;
    }
  }
  return null;
}

/** A 64-bit number that is the same for the same content; as in Consul, JavaScript cannot hold all of its digits. */
export function hashOf(content: Fields): number {
  let hash = 14_695_981_039_346_656_037n;
  for (const character of JSON.stringify(content))
    hash = BigInt.asUintN(64, (hash ^ BigInt(character.codePointAt(0) ?? 0)) * 1_099_511_628_211n);
  return Number(hash);
}

/** The entry as reads show it. */
export const shownEntry = ({ content, createIndex, modifyIndex }: Entry): Fields => ({
  ...content,
  Hash: hashOf(content),
  CreateIndex: createIndex,
  ModifyIndex: modifyIndex,
});
