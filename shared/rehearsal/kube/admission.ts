import { isRecord } from './jsonPatch.ts';
import { failure, internalError, Refusal } from './status.ts';
import type { KubeInput } from './store.ts';

/** How the mesh's validating webhook behaves: it answers, its server is gone (writes fail), or it is not installed. */
export type Webhook = 'answering' | 'unreachable' | 'absent';

type Fields = Readonly<Record<string, unknown>>;

/** Refuses what Istio's webhook refuses, in its words. */
export function admit(object: KubeInput, webhook: Webhook): void {
  if (webhook === 'absent' || !object.apiVersion.includes('istio.io/')) return;
  if (webhook === 'unreachable') {
    // failurePolicy Fail: without istiod nothing of the mesh can be written.
    throw internalError(
      'failed calling webhook "validation.istio.io": failed to call webhook: Post "https://istiod.istio-system.svc:443/validate?timeout=10s": dial tcp: connect: connection refused',
    );
  }
  const spec = fieldsOf(object['spec']);
  const faults = [...(validators[object.kind]?.(spec) ?? [])];
  if (faults.length === 0) return;
  const told =
    faults.length === 1 ? faults[0] : `${faults.length} errors occurred:\n\t* ${faults.join('\n\t* ')}\n\n`;
  // The webhook's refusal has a message only: no reason and no details.
  throw new Refusal(
    failure(
      400,
      undefined,
      `admission webhook "validation.istio.io" denied the request: configuration is invalid: ${told}`,
    ),
  );
}

const validators: Readonly<Record<string, (spec: Fields) => Iterable<string>>> = {
  VirtualService: virtualServiceFaults,
  DestinationRule: destinationRuleFaults,
};

function* virtualServiceFaults(spec: Fields): Iterable<string> {
  if (listOf(spec['hosts']).length === 0 && listOf(spec['gateways']).length > 0) {
    yield 'virtual service must have at least one host';
  }
  const routes = [...listOf(spec['http']), ...listOf(spec['tcp']), ...listOf(spec['tls'])];
  if (routes.length === 0) yield 'http, tcp or tls must be provided in virtual service';
  for (const http of listOf(spec['http']).map(fieldsOf)) {
    const route = listOf(http['route']).map(fieldsOf);
    const answers = ['redirect', 'directResponse', 'delegate'].some((field) => http[field] !== undefined);
    if (route.length === 0 && !answers) yield 'HTTP route, redirect or direct_response is required';
    yield* weightFaults(route);
    yield* faultFaults(fieldsOf(http['fault']));
    for (const { destination } of route) {
      if (typeof fieldsOf(destination)['host'] !== 'string') yield 'destination must have a host';
    }
  }
  for (const stream of [...listOf(spec['tcp']), ...listOf(spec['tls'])].map(fieldsOf)) {
    yield* weightFaults(listOf(stream['route']).map(fieldsOf));
  }
}

// No rule about 100: weights are relative, only their sum must not be zero when there is a choice.
function* weightFaults(route: readonly Fields[]): Iterable<string> {
  const weights = route.map(({ weight }) => (typeof weight === 'number' ? weight : 0));
  for (const weight of weights) if (weight < 0) yield `weight ${weight} < 0`;
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (route.length > 1 && total === 0) yield 'total destination weight = 0';
}

function* faultFaults(fault: Fields): Iterable<string> {
  for (const part of [fieldsOf(fault['abort']), fieldsOf(fault['delay'])]) {
    const value = fieldsOf(part['percentage'])['value'];
    if (typeof value === 'number' && value !== 0 && (value < 0.0001 || value > 100)) {
      yield `percentage ${value} is neither 0.0, nor in range [0.0001, 100.0]`;
    }
  }
  const status = fieldsOf(fault['abort'])['httpStatus'];
  if (typeof status === 'number' && (status < 200 || status > 599)) {
    yield `HTTP status ${status} is not in range 200-599`;
  }
}

function* destinationRuleFaults(spec: Fields): Iterable<string> {
  const subsets = listOf(spec['subsets']).map(fieldsOf);
  const seen = new Set<unknown>();
  for (const { name } of subsets) {
    if (name === undefined || name === '') yield 'subset name is missing';
    if (seen.has(name)) yield `duplicate subset names: ${String(name)}`;
    seen.add(name);
  }
  for (const policy of [spec, ...subsets].map((part) => fieldsOf(part['trafficPolicy'])))
    yield* policyFaults(policy);
}

const limits: readonly (readonly [string, string, string])[] = [
  ['tcp', 'maxConnections', 'max connections must be non-negative'],
  ['http', 'http1MaxPendingRequests', 'http1 max pending requests must be non-negative'],
  ['http', 'http2MaxRequests', 'http2 max requests must be non-negative'],
  ['http', 'maxRequestsPerConnection', 'max requests per connection must be non-negative'],
  ['http', 'maxRetries', 'max retries must be non-negative'],
];

function* policyFaults(policy: Fields): Iterable<string> {
  const pool = fieldsOf(policy['connectionPool']);
  for (const [part, field, told] of limits) {
    const value = fieldsOf(pool[part])[field];
    if (typeof value === 'number' && value < 0) yield told;
  }
  const { maxEjectionPercent } = fieldsOf(policy['outlierDetection']);
  if (typeof maxEjectionPercent === 'number' && (maxEjectionPercent < 0 || maxEjectionPercent > 100)) {
    yield 'max ejection percent must be in range 0..100';
  }
}

const fieldsOf = (value: unknown): Fields => (isRecord(value) ? value : {});
const listOf = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? (value as readonly unknown[]) : [];
