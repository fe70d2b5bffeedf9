import { isRecord } from './jsonPatch.ts';

type Fields = Readonly<Record<string, unknown>>;

/** What Istio's webhook says against a VirtualService, in its words. */
export function* virtualServiceFaults(spec: Fields): Iterable<string> {
  const [hosts, gateways] = [listOf(spec['hosts']), listOf(spec['gateways'])];
  if (hosts.length === 0) {
    if (gateways.length > 0) yield 'delegate virtual service must have no gateways specified';
    if (listOf(spec['tls']).length > 0) yield 'delegate virtual service must have no tls route specified';
    if (listOf(spec['tcp']).length > 0) yield 'delegate virtual service must have no tcp route specified';
  }
  const inMesh = gateways.length === 0 || gateways.includes('mesh');
  if (inMesh && hosts.includes('*')) {
    yield 'wildcard host * is not allowed for virtual services bound to the mesh gateway';
  }
  for (const [index, host] of hosts.entries()) {
    if (hosts.includes(host, index + 1))
      yield `duplicate hosts in virtual service: ${String(host)} & ${String(host)}`;
  }
  const routes = [...listOf(spec['http']), ...listOf(spec['tcp']), ...listOf(spec['tls'])];
  if (routes.length === 0) yield 'http, tcp or tls must be provided in virtual service';
  for (const http of listOf(spec['http']).map(fieldsOf)) yield* httpFaults(http);
  for (const stream of [...listOf(spec['tcp']), ...listOf(spec['tls'])].map(fieldsOf)) {
    yield* weightFaults(listOf(stream['route']).map(fieldsOf));
  }
}

function* httpFaults(http: Fields): Iterable<string> {
  const route = listOf(http['route']).map(fieldsOf);
  yield* conflictsOf(http, route.length > 0);
  for (const match of listOf(http['match']).map(fieldsOf)) yield* matchFaults(match);
  yield* faultFaults(http['fault']);
  for (const mirrored of [http['mirrorPercentage'], ...listOf(http['mirrors']).map(percentageOf)]) {
    yield* mirrorFaults(fieldsOf(mirrored)['value'], mirrored === http['mirrorPercentage']);
  }
  if (isRecord(http['redirect'])) yield* redirectFaults(http['redirect']);
  if (isRecord(http['directResponse'])) yield* statusFaults(http['directResponse']['status']);
  yield* retryFaults(fieldsOf(http['retries']));
  yield* weightFaults(route);
  for (const { destination } of route) yield* destinationFaults(fieldsOf(destination));
}

function* conflictsOf(http: Fields, routed: boolean): Iterable<string> {
  const has = (field: string): boolean => http[field] !== undefined;
  if (has('delegate')) {
    const name = typeof http['name'] === 'string' ? http['name'] : '';
    if (has('redirect')) yield `root HTTP route ${name} must not specify redirect`;
    if (has('route')) yield `root HTTP route ${name} must not specify route`;
    return;
  }
  if (has('redirect')) {
    if (routed) yield 'HTTP route cannot contain both route and redirect';
    if (has('fault')) yield 'HTTP route cannot contain both fault and redirect';
    if (has('rewrite')) yield 'HTTP route rule cannot contain both rewrite and redirect';
    if (has('directResponse')) yield 'HTTP route rule cannot contain both direct_response and redirect';
  } else if (has('directResponse')) {
    if (routed) yield 'HTTP route cannot contain both route and direct_response';
    if (has('fault')) yield 'HTTP route cannot contain both fault and direct_response';
    if (has('rewrite')) yield 'HTTP route rule cannot contain both rewrite and direct_response';
  } else if (!routed) yield 'HTTP route, redirect or direct_response is required';
  if (has('mirror') && listOf(http['mirrors']).length > 0)
    yield 'HTTP route cannot contain both mirror and mirrors';
}

function* matchFaults(match: Fields): Iterable<string> {
  for (const field of ['uri', 'scheme', 'method', 'authority']) {
    yield* textMatchFaults(match[field], field, field === 'uri');
  }
  for (const field of ['headers', 'withoutHeaders', 'queryParams']) {
    for (const condition of Object.values(fieldsOf(match[field])))
      yield* textMatchFaults(condition, field, false);
  }
}

function* textMatchFaults(given: unknown, where: string, mayBeEmpty: boolean): Iterable<string> {
  const { prefix, regex } = fieldsOf(given);
  if (prefix === '' && !mayBeEmpty) yield `"${where}": prefix string match should not be empty`;
  if (regex === '') yield `"${where}": regex string match should not be empty`;
  // Without it, `*` asks for a header's absence; with it, it is no pattern.
  if (typeof regex !== 'string' || regex === '' || (regex === '*' && where === 'withoutHeaders')) return;
  if (regex.length > 1024) yield `"${where}": regex is too large, max length allowed is 1024`;
  else if (!isPattern(regex)) {
    yield `"${where}": error parsing regexp: ${JSON.stringify(regex)}; Istio uses RE2 style regex-based match (https://github.com/google/re2/wiki/Syntax)`;
  }
}

function isPattern(regex: string): boolean {
  try {
    // Not the same language, but what people write is the same in both.
    return new RegExp(regex.replace(/^\(\?[a-z]+\)/, '')) !== null;
  } catch {
    return false;
  }
}

/** No rule about 100: weights are relative, only their sum must not be zero when there is a choice. */
function* weightFaults(route: readonly Fields[]): Iterable<string> {
  const weights = route.map(({ weight }) => (typeof weight === 'number' ? weight : 0));
  for (const weight of weights) if (weight < 0) yield `weight ${weight} < 0`;
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (route.length > 1 && total === 0) yield 'total destination weight = 0';
}

function* destinationFaults({ host, subset, port }: Fields): Iterable<string> {
  if (host === '*') yield 'invalid destination host *';
  if (host === '') yield 'empty domain name not allowed';
  if (typeof subset === 'string' && subset !== '' && !isLabel(subset))
    yield `subset name is invalid: ${subset}`;
  const { number } = fieldsOf(port);
  if (port !== undefined && (typeof number !== 'number' || number < 1 || number > 65_535)) {
    yield `port number ${typeof number === 'number' ? number : 0} must be in the range 1..65535`;
  }
}

function* faultFaults(given: unknown): Iterable<string> {
  if (!isRecord(given)) return;
  const { abort, delay } = given;
  if (abort === undefined && delay === undefined)
    yield 'HTTP fault injection must have an abort and/or a delay';
  for (const part of [abort, delay].map(fieldsOf)) {
    const { value } = fieldsOf(part['percentage']);
    if (typeof value === 'number' && value !== 0 && (value < 0.0001 || value > 100)) {
      yield `percentage ${value} is neither 0.0, nor in range [0.0001, 100.0]`;
    }
  }
  const { httpStatus, grpcStatus, http2Error } = fieldsOf(abort);
  if (httpStatus !== undefined) yield* statusFaults(httpStatus);
  if (http2Error !== undefined) yield 'HTTP/2 abort fault injection not supported yet';
  if (typeof grpcStatus === 'string' && !grpcStatuses.has(grpcStatus)) {
    yield `gRPC status "${grpcStatus}" is not supported. See https://github.com/grpc/grpc/blob/master/doc/statuscodes.md for a list of supported codes, for example 'NOT_FOUND'`;
  }
  if (fieldsOf(delay)['exponentialDelay'] !== undefined) yield 'exponentialDelay not supported yet';
}

// 600 slips through the webhook's own comparison.
function* statusFaults(status: unknown): Iterable<string> {
  if (typeof status === 'number' && (status < 200 || status > 600)) {
    yield `HTTP status ${status} is not in range 200-599`;
  }
}

function* mirrorFaults(value: unknown, single: boolean): Iterable<string> {
  if (typeof value !== 'number') return;
  const name = single ? 'mirror_percentage' : 'mirror percentage';
  if (value > 100) yield `${name} must have a max value of 100 (it has ${value.toFixed(6)})`;
  if (value < 0) yield `${name} must have a min value of 0 (it has ${value.toFixed(6)})`;
}

function* redirectFaults(redirect: Fields): Iterable<string> {
  const { redirectCode } = redirect;
  if (
    !['uri', 'prefixRewrite', 'authority', 'port', 'derivePort', 'scheme'].some((field) => field in redirect)
  ) {
    yield 'redirect must specify URI, authority, scheme, or port';
  } else if (
    typeof redirectCode === 'number' &&
    redirectCode !== 0 &&
    (redirectCode < 300 || redirectCode > 399)
  ) {
    yield `${redirectCode} is not a valid redirect code, must be 3xx`;
  }
}

function* retryFaults(retries: Fields): Iterable<string> {
  const attempts = typeof retries['attempts'] === 'number' ? retries['attempts'] : 0;
  const { retryOn, perTryTimeout, retryRemoteLocalities } = retries;
  if (attempts < 0) yield 'attempts cannot be negative';
  const configured = perTryTimeout !== undefined || (retryOn !== undefined && retryOn !== '');
  if (attempts === 0 && (configured || retryRemoteLocalities !== undefined)) {
    yield 'http retry policy configured when attempts are set to 0 (disabled)';
  }
  if (typeof retryOn !== 'string' || retryOn === '') return;
  for (const policy of retryOn.split(',')) {
    if (!retryPolicies.has(policy) && !/^[1-5]\d\d$/.test(policy)) {
      yield `${JSON.stringify(policy)} is not a valid retryOn policy`;
    }
  }
}

/** What Istio's webhook says against a DestinationRule, in its words. */
export function* destinationRuleFaults(spec: Fields): Iterable<string> {
  const subsets = listOf(spec['subsets']).map(fieldsOf);
  const seen = new Set<unknown>();
  for (const { name } of subsets) {
    if (typeof name !== 'string' || name === '') yield 'subset name cannot be empty';
    else if (seen.has(name)) yield `duplicate subset names: ${name}`;
    else if (!isLabel(name)) yield `subset name is invalid: ${name}`;
    seen.add(name);
  }
  for (const policy of [spec, ...subsets].map((part) => fieldsOf(part['trafficPolicy'])))
    yield* policyFaults(policy);
}

const limits: readonly (readonly [string, string, string])[] = [
  ['http', 'http1MaxPendingRequests', 'http1 max pending requests must be non-negative'],
  ['http', 'http2MaxRequests', 'http2 max requests must be non-negative'],
  ['http', 'maxRequestsPerConnection', 'max requests per connection must be non-negative'],
  ['http', 'maxRetries', 'max retries must be non-negative'],
  ['http', 'maxConcurrentStreams', 'max concurrent streams must be non-negative'],
  ['tcp', 'maxConnections', 'max connections must be non-negative'],
];

function* policyFaults(policy: Fields): Iterable<string> {
  const { connectionPool, outlierDetection } = policy;
  const detection = fieldsOf(outlierDetection);
  const origin = detection['consecutiveLocalOriginFailures'];
  if (detection['splitExternalLocalOriginErrors'] !== true && typeof origin === 'number' && origin > 0) {
    yield 'outlier detection consecutive local origin failures is specified, but split external local origin errors is set to false';
  }
  for (const percent of [detection['maxEjectionPercent'], detection['minHealthPercent']]) {
    if (typeof percent === 'number' && (percent < 0 || percent > 100)) {
      yield `percentage ${percent} is not in range 0..100`;
    }
  }
  const pool = fieldsOf(connectionPool);
  if (isRecord(connectionPool) && pool['http'] === undefined && pool['tcp'] === undefined) {
    yield 'connection pool must have at least one field';
  }
  for (const [part, field, told] of limits) {
    const value = fieldsOf(pool[part])[field];
    if (typeof value === 'number' && value < 0) yield told;
  }
}

const grpcStatuses: ReadonlySet<string> = new Set([
  'OK', 'CANCELLED', 'UNKNOWN', 'INVALID_ARGUMENT', 'DEADLINE_EXCEEDED', 'NOT_FOUND', 'ALREADY_EXISTS',
  'PERMISSION_DENIED', 'RESOURCE_EXHAUSTED', 'FAILED_PRECONDITION', 'ABORTED', 'OUT_OF_RANGE', 'UNIMPLEMENTED',
  'INTERNAL', 'UNAVAILABLE', 'DATA_LOSS', 'UNAUTHENTICATED',
]); // prettier-ignore

const retryPolicies: ReadonlySet<string> = new Set([
  '5xx', 'gateway-error', 'reset', 'reset-before-request', 'connect-failure', 'retriable-4xx', 'refused-stream',
  'retriable-status-codes', 'retriable-headers', 'envoy-ratelimited', 'http3-post-connect-failure',
  'cancelled', 'deadline-exceeded', 'internal', 'resource-exhausted', 'unavailable',
]); // prettier-ignore

const isLabel = (name: string): boolean => /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(name) && name.length <= 63;
const percentageOf = (mirror: unknown): unknown => fieldsOf(mirror)['percentage'];
const fieldsOf = (value: unknown): Fields => (isRecord(value) ? value : {});
const listOf = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? (value as readonly unknown[]) : [];
