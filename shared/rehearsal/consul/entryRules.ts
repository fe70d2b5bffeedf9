import { durationMs } from './durations.ts';
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

const overrideFields = ['Name', 'Namespace', 'Partition', 'Peer', 'EnvoyListenerJSON', 'EnvoyClusterJSON', 'Protocol', 'ConnectTimeoutMs', 'Limits', 'PassiveHealthCheck', 'MeshGateway', 'BalanceOutboundConnections']; // prettier-ignore

export const isKind = (kind: string): boolean => kind in fieldsOf;

export const listIn = (content: Fields | undefined, field: string): readonly Fields[] =>
  Array.isArray(content?.[field]) ? (content[field] as Fields[]) : [];

/** The texts of a list; whatever else is in it is left out. */
export const textsIn = (content: Fields | undefined, field: string): string[] =>
  Array.isArray(content?.[field]) ? content[field].filter((one) => typeof one === 'string') : [];

/** Empty where there is none. */
export const textIn = (content: Fields | undefined, field: string): string =>
  typeof content?.[field] === 'string' ? content[field] : '';

/** What Consul answers to an entry that it cannot read; null where it can. */
export function misreadOf(content: Fields): string | null {
  const kind = textIn(content, 'Kind');
  const known = fieldsOf[kind];
  if (known === undefined) return `Request decoding failed: invalid config entry kind: ${kind}`;
  const common = ['Kind', 'Name', 'Meta', 'Namespace', 'Partition', 'CreateIndex', 'ModifyIndex', 'Hash'];
  const odd = [
    ...Object.keys(content).filter((key) => !known.includes(key) && !common.includes(key)),
    ...listIn(content['UpstreamConfig'] as Fields | undefined, 'Overrides').flatMap((override, at) =>
      Object.keys(override)
        .filter((key) => !overrideFields.includes(key))
        .map((key) => `UpstreamConfig.Overrides[${at}].${key}`),
    ),
  ];
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
      return { ...filled, ...given, ...upstreamsOf(given) };
    case 'service-router':
      return { Routes: null, ...given };
    case 'service-intentions': {
      const Sources = listIn(given, 'Sources')
        .map((source) => ({
          ...source,
          Precedence: precedenceOf(textIn(source, 'Name'), textIn(given, 'Name')),
          Type: 'consul',
        }))
        .sort((a, b) => b.Precedence - a.Precedence);
      return { ...given, Sources };
    }
    default:
      return given;
  }
}

/** What a caller sets for its upstreams, with durations in nanoseconds. */
function upstreamsOf(given: Fields): Fields {
  const config = given['UpstreamConfig'] as Fields | undefined;
  if (config === undefined) return {};
  const filled = (upstream: Fields): Fields => {
    const check = upstream['PassiveHealthCheck'] as Fields | undefined;
    const durations = ['Interval', 'BaseEjectionTime'].flatMap((name) => {
      const ms = durationMs(check?.[name]);
      return ms === null ? [] : [[name, ms * 1e6] as const];
    });
    return {
      Peer: '',
      MeshGateway: {},
      ...upstream,
      ...(check === undefined ? {} : { PassiveHealthCheck: { ...check, ...Object.fromEntries(durations) } }),
    };
  };
  const { Defaults } = config;
  return {
    UpstreamConfig: {
      ...config,
      ...('Overrides' in config ? { Overrides: listIn(config, 'Overrides').map(filled) } : {}),
      ...(typeof Defaults === 'object' && Defaults !== null ? { Defaults: filled(Defaults as Fields) } : {}),
    },
  };
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
